/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/theme.h"

#include <strings.h>

/* Of 256 colours those that read well on white and on black, at a contrast above 4; of eight, yellow and
 * white are left out, which vanish on a light background. -1: the terminal's own. */
static const struct {
	attr_t attributes;
	short few, many;
} looks[STYLES] = {
	[STYLE_TEXT] = { A_NORMAL, -1, -1 },
	[STYLE_TITLE] = { A_REVERSE, -1, -1 },
	[STYLE_DIM] = { A_DIM, -1, -1 },
	[STYLE_SELECTED] = { A_REVERSE, -1, -1 },
	[STYLE_CURSOR] = { A_REVERSE | A_BOLD, -1, -1 },
	[STYLE_MARKED] = { A_REVERSE | A_UNDERLINE, -1, -1 },
	[STYLE_DIFFERENCE] = { A_BOLD, COLOR_RED, 161 },
	[STYLE_ERROR] = { A_BOLD, COLOR_RED, 161 },
	[STYLE_WARNING] = { A_BOLD, -1, 130 },
	[STYLE_PERSON] = { A_NORMAL, COLOR_CYAN, 31 },
	[STYLE_LOCATION] = { A_NORMAL, COLOR_GREEN, 28 },
	[STYLE_ORGANIZATION] = { A_NORMAL, -1, 130 },
	[STYLE_OTHER_TYPE] = { A_NORMAL, COLOR_MAGENTA, 133 },
};

void theme_init(struct theme *theme, bool color)
{
	theme->color = color && has_colors() && start_color() == OK && use_default_colors() == OK;
	for (int style = 0; style < STYLES; style++) {
		short number = COLORS >= 256 ? looks[style].many : looks[style].few;

		theme->attributes[style] = looks[style].attributes;
		theme->pairs[style] = 0;
		if (!theme->color || number < 0)
			continue;
		theme->pairs[style] = (short)(style + 1);
		init_pair(theme->pairs[style], number, -1);
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
