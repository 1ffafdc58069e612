/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of boxes by the lines of curses, for a terminal of two colours, where those among the symbols of
 * a picture are lost.
 */
#include "tui/picture.h"

#include <stdlib.h>

struct line_set {
	const char *across, *down, *corners[4]; /* upper left and right, lower left and right */
};

/* The lines of a box that stands out are double; ASCII has other signs. */
static const struct line_set sets[2][2] = {
	{ { "-", "|", { "+", "+", "+", "+" } }, { "=", "#", { "#", "#", "#", "#" } } },
	{ { "─", "│", { "┌", "┐", "└", "┘" } }, { "═", "║", { "╔", "╗", "╚", "╝" } } },
};

static void put(const struct picture_area *area, int y, int x, const char *sign)
{
	if (y >= 0 && y < area->rows && x >= 0 && x < area->columns)
		mvaddstr(area->y + y, area->x + x, sign);
}

static int last_cell(int end, int cell, int first)
{
	int last = (end + cell - 1) / cell - 1;

	return last > first ? last : first;
}

/* The cell that a side is in; one beyond the screen is beyond it in cells too. */
static int cell_of(int at, int cell)
{
	return at < 0 ? -1 : at / cell;
}

static void draw_box(const struct picture_area *area, struct image_rect place, const struct graphics *graphics,
		     const struct line_set *set)
{
	int x0 = cell_of(place.x0, graphics->cell_width), y0 = cell_of(place.y0, graphics->cell_height);
	int x1 = last_cell(place.x1, graphics->cell_width, x0), y1 = last_cell(place.y1, graphics->cell_height, y0);

	for (int x = x0 + 1; x < x1 && x < area->columns; x++) {
		put(area, y0, x, set->across);
		put(area, y1, x, set->across);
	}
	for (int y = y0 + 1; y < y1 && y < area->rows; y++) {
		put(area, y, x0, set->down);
		put(area, y, x1, set->down);
	}
	put(area, y1, x1, set->corners[3]);
	put(area, y1, x0, set->corners[2]);
	put(area, y0, x1, set->corners[1]);
	put(area, y0, x0, set->corners[0]);
}

void picture_draw_frames(const struct graphics *graphics, const struct picture_look *look,
			 const struct picture_area *area)
{
	int width = area->columns * graphics->cell_width, height = area->rows * graphics->cell_height;

	for (int bright = 0; bright <= 1; bright++)
		for (const struct picture_box *b = look->boxes; b; b = b->next)
			if (picture_stands_out(look, b) == (bool)bright)
				draw_box(area, picture_box_place(&b->box, look->view, width, height),
					 graphics, &sets[MB_CUR_MAX > 1][bright]);
}
