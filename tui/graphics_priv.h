/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of graphics: what a terminal can do, and pictures in its languages.
 */
#ifndef TAGSIGHT_TUI_GRAPHICS_PRIV_H
#define TAGSIGHT_TUI_GRAPHICS_PRIV_H

#include "tui/graphics.h"

/* What the terminal answered, before curses has it. 0: nothing. */
struct terminal_answer {
	bool sixel;
	int cell_width, cell_height; /* pixels */
};

/* Pixels of a cell, from the terminal's driver; false when it does not know. */
bool terminal_measure(int *cell_width, int *cell_height);

/* Ask the terminal what it can do and how large its cells are. Waits a second at most: a late answer
 * would be taken for keys. */
void terminal_ask(struct terminal_answer *answer);

/* Read an answer out of what the terminal sent; true when it is whole. */
bool terminal_answer_read(struct terminal_answer *answer, const char *bytes, size_t length);

/* Whether curses keeps this cell for a picture, and no text is over it. */
bool is_picture_cell(int y, int x);

/* Append the picture as escape sequences that draw it at the cursor, without moving anything else.
 * `id` names it for kitty. */
void encode_kitty(struct buf *out, const struct graphics_place *place, int id);
void encode_sixel(struct buf *out, const struct graphics *graphics, const struct graphics_place *place);
void encode_iterm(struct buf *out, const struct graphics_place *place);

/* Append its cells as symbols in true colour, with where they are, except those that curses has put text
 * in. */
void encode_direct(struct buf *out, const struct graphics_place *place);

/* Draw the picture as symbols of curses, which are kept with it. */
void symbols_draw(const struct theme *theme, struct drawing *drawing, const struct picture_area *area);

#endif
