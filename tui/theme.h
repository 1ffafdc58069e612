/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of a screen look like. Everything is also told apart without colour: by reverse
 * video, bold, underline, or a sign.
 */
#ifndef TAGSIGHT_TUI_THEME_H
#define TAGSIGHT_TUI_THEME_H

#include <curses.h>
#include <stdbool.h>

enum style {
	STYLE_TEXT,
	STYLE_TITLE,
	STYLE_DIM,
	STYLE_SELECTED,
	STYLE_CURSOR,
	STYLE_MARKED,
	STYLE_DIFFERENCE,
	STYLE_ERROR,
	STYLE_WARNING,
	STYLE_PERSON,
	STYLE_LOCATION,
	STYLE_ORGANIZATION,
	STYLE_OTHER_TYPE,
	STYLES
};

struct theme {
	bool color;
	attr_t attributes[STYLES];
	short pairs[STYLES];
};

/* Call after initscr(); `color` is what the user allows, the terminal must be able to as well. */
void theme_init(struct theme *theme, bool color);

/* Draw what follows in this style. */
void theme_set(const struct theme *theme, enum style style);

/* The style of an entity type, whatever its spelling. */
enum style theme_type(const char *type);

#endif
