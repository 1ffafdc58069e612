/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/theme.h"

#include <strings.h>

static const struct {
	attr_t attributes;
	short color; /* -1: the terminal's own */
} looks[STYLES] = {
	[STYLE_TEXT] = { A_NORMAL, -1 },
	[STYLE_TITLE] = { A_REVERSE, -1 },
	[STYLE_DIM] = { A_DIM, -1 },
	[STYLE_SELECTED] = { A_REVERSE, -1 },
	[STYLE_CURSOR] = { A_REVERSE | A_BOLD, -1 },
	[STYLE_MARKED] = { A_REVERSE | A_UNDERLINE, -1 },
	[STYLE_DIFFERENCE] = { A_BOLD, COLOR_RED },
	[STYLE_ERROR] = { A_BOLD, COLOR_RED },
	[STYLE_WARNING] = { A_BOLD, COLOR_YELLOW },
	[STYLE_PERSON] = { A_NORMAL, COLOR_CYAN },
	[STYLE_LOCATION] = { A_NORMAL, COLOR_GREEN },
	[STYLE_ORGANIZATION] = { A_NORMAL, COLOR_YELLOW },
	[STYLE_OTHER_TYPE] = { A_NORMAL, COLOR_MAGENTA },
};

void theme_init(struct theme *theme, bool color)
{
	theme->color = color && has_colors() && start_color() == OK && use_default_colors() == OK;
	for (int style = 0; style < STYLES; style++) {
		theme->attributes[style] = looks[style].attributes;
		theme->pairs[style] = 0;
		if (!theme->color || looks[style].color < 0)
			continue;
		theme->pairs[style] = (short)(style + 1);
		init_pair(theme->pairs[style], looks[style].color, -1);
	}
}

void theme_set(const struct theme *theme, enum style style)
{
	attr_set(theme->attributes[style], theme->pairs[style], NULL);
}

enum style theme_type(const char *type)
{
	if (strncasecmp(type, "PER", 3) == 0 || strncasecmp(type, "PEO", 3) == 0)
		return STYLE_PERSON;
	if (strncasecmp(type, "LOC", 3) == 0 || strncasecmp(type, "GPE", 3) == 0)
		return STYLE_LOCATION;
	if (strncasecmp(type, "ORG", 3) == 0)
		return STYLE_ORGANIZATION;
	return STYLE_OTHER_TYPE;
}
