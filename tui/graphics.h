/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures on the terminal by its own means: the pixels of kitty, sixel or iTerm, else symbols in true
 * colour, else symbols that curses draws. Curses knows nothing of the first four: it keeps blanks where
 * they are, which are filled after its refresh, and only when something has changed there.
 *
 *	graphics_init(&graphics, "auto", true);    before newterm()
 *	graphics_begin(&graphics);                 each time the screen is drawn anew,
 *	graphics_place(&graphics, ...);            what is wanted on it,
 *	graphics_before_refresh(&graphics);
 *	refresh();
 *	graphics_after_refresh(&graphics, stdout);
 */
#ifndef TAGSIGHT_TUI_GRAPHICS_H
#define TAGSIGHT_TUI_GRAPHICS_H

#include "lib/base/buf.h"
#include "lib/image/image.h"
#include "tui/theme.h"

#include <stdint.h>
#include <stdio.h>

enum graphics_way {
	GRAPHICS_NONE,
	GRAPHICS_CURSES, /* symbols in the colours of curses */
	GRAPHICS_DIRECT, /* symbols in true colour */
	GRAPHICS_KITTY,
	GRAPHICS_SIXEL,
	GRAPHICS_ITERM
};

#define GRAPHICS_PLACES 2 /* pictures on one screen */

/* Where on the screen, in cells. */
struct picture_area {
	int y, x, rows, columns;
};

/* A picture made for a place. */
struct drawing {
	struct image image;
	struct buf made_of; /* says what it shows: the same again needs no drawing */
	uint64_t version;   /* another one for each change */
	struct symbol_cell *cells; /* [rows, columns] the image in symbols of curses; NULL: not made yet */
};

#define DRAWING_INIT { IMAGE_INIT, BUF_INIT, 0, NULL }

struct graphics_place {
	struct picture_area area;
	uint64_t version;
	uint64_t text;             /* a number for the text over it */
	const struct image *image; /* valid until after the refresh */
};

struct graphics {
	enum graphics_way way;
	int cell_width, cell_height; /* pixels that a drawing has for a cell */
	uint64_t versions;           /* given out */
	struct graphics_place wanted[GRAPHICS_PLACES], shown[GRAPHICS_PLACES];
	int n_wanted, n_shown;
	int rows, columns;           /* of the screen that `shown` is on */
};

/* Choose a way: `pictures` is one of PICTURES_NAMES (tui.h). What the environment does not tell of the terminal
 * is asked of it, unless it is tmux or screen, which pass no pixels on. */
void graphics_init(struct graphics *graphics, const char *pictures, bool color);

/* Whether pictures come as pixels, on which text has to be drawn as pixels too. */
bool graphics_has_pixels(const struct graphics *graphics);

/* Make the drawing one of columns by rows cells, black, for what `made_of` describes. False when it is
 * that already, or memory is out (the image is then empty). */
bool drawing_begin(struct drawing *drawing, struct graphics *graphics, int columns, int rows,
		   const char *made_of);
void drawing_release(struct drawing *drawing);

void graphics_begin(struct graphics *graphics);

/* Put the drawing, which has the size of the area, on the screen. Text drawn over it afterwards is
 * kept, except on pixels. */
void graphics_place(struct graphics *graphics, const struct theme *theme,
		    struct drawing *drawing, const struct picture_area *area);
void graphics_before_refresh(struct graphics *graphics);
void graphics_after_refresh(struct graphics *graphics, FILE *terminal);

/* Take all off; before endwin(). */
void graphics_end(struct graphics *graphics, FILE *terminal);

#endif
