/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/graphics_priv.h"

#include <stdlib.h>
#include <string.h>

#define KITTY_ID 7741 /* of the first picture; others of the terminal have ids of their own */

bool graphics_has_pixels(const struct graphics *graphics)
{
	return graphics->way >= GRAPHICS_KITTY;
}

bool drawing_begin(struct drawing *drawing, struct graphics *graphics, int columns, int rows,
		   const char *made_of)
{
	int width = columns * graphics->cell_width, height = rows * graphics->cell_height;
	struct err ignored = ERR_INIT;

	if (drawing->image.rgb && drawing->image.width == width && drawing->image.height == height &&
	    strcmp(drawing->made_of.data, made_of) == 0)
		return false;
	image_release(&drawing->image);
	free(drawing->cells);
	drawing->cells = NULL;
	buf_clear(&drawing->made_of);
	buf_add_string(&drawing->made_of, made_of);
	drawing->version = ++graphics->versions;
	return image_alloc(&drawing->image, width, height, &ignored) == 0;
}

void drawing_release(struct drawing *drawing)
{
	image_release(&drawing->image);
	free(drawing->cells);
	buf_release(&drawing->made_of);
}

void graphics_begin(struct graphics *graphics)
{
	/* Another size of letters makes another size of the screen. */
	if (graphics_has_pixels(graphics) && (graphics->rows != LINES || graphics->columns != COLS))
		terminal_measure(&graphics->cell_width, &graphics->cell_height);
	graphics->n_wanted = 0;
}

void graphics_place(struct graphics *graphics, const struct theme *theme,
		    struct drawing *drawing, const struct picture_area *area)
{
	if (!drawing->image.rgb || graphics->way == GRAPHICS_NONE)
		return;
	if (graphics->way == GRAPHICS_CURSES) {
		symbols_draw(theme, drawing, area);
		return;
	}
	if (graphics->n_wanted == GRAPHICS_PLACES)
		return;
	/* Plain blanks could be cleared to the end of the line, and the picture with them. */
	for (int row = 0; row < area->rows; row++)
		mvhline(area->y + row, area->x, ' ' | A_BOLD, area->columns);
	graphics->wanted[graphics->n_wanted++] =
		(struct graphics_place){ *area, drawing->version, 0, &drawing->image };
}

static bool is_same_area(const struct picture_area *a, const struct picture_area *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_same(const struct graphics_place *a, const struct graphics_place *b)
{
	return a->version == b->version && a->text == b->text && is_same_area(&a->area, &b->area);
}

static bool is_shown(const struct graphics *graphics, int place)
{
	return place < graphics->n_shown && is_same(&graphics->wanted[place], &graphics->shown[place]);
}

static bool all_are_shown(const struct graphics *graphics)
{
	for (int i = 0; i < graphics->n_wanted; i++)
		if (!is_shown(graphics, i))
			return false;
	return graphics->n_wanted == graphics->n_shown;
}

bool is_picture_cell(int y, int x)
{
	return (mvinch(y, x) & (A_CHARTEXT | A_BOLD | A_REVERSE)) == (' ' | A_BOLD);
}

/* A number for which cells of the area have text. */
static uint64_t text_over(const struct picture_area *area)
{
	uint64_t hash = 14695981039346656037u;

	for (int row = 0; row < area->rows; row++)
		for (int column = 0; column < area->columns; column++)
			hash = (hash ^ is_picture_cell(area->y + row, area->x + column)) *
			       1099511628211u;
	return hash;
}

/* Whether another picture comes to lie where one is; else cells written anew take its pixels off. */
static bool is_covered(const struct graphics *graphics, const struct picture_area *area)
{
	for (int i = 0; i < graphics->n_wanted; i++)
		if (is_same_area(&graphics->wanted[i].area, area))
			return true;
	return false;
}

void graphics_before_refresh(struct graphics *graphics)
{
	for (int i = 0; graphics->way == GRAPHICS_DIRECT && i < graphics->n_wanted; i++)
		graphics->wanted[i].text = text_over(&graphics->wanted[i].area);
	/* A screen that is cleared has lost its pictures. */
	if (is_cleared(curscr) || is_cleared(stdscr) || graphics->rows != LINES ||
	    graphics->columns != COLS) {
		for (int i = 0; i < graphics->n_shown; i++)
			graphics->shown[i].version = 0;
		graphics->rows = LINES;
		graphics->columns = COLS;
	}
	if (graphics->way == GRAPHICS_KITTY || all_are_shown(graphics))
		return;
	for (int i = 0; i < graphics->n_shown; i++)
		if (!is_covered(graphics, &graphics->shown[i].area))
			wredrawln(stdscr, graphics->shown[i].area.y, graphics->shown[i].area.rows);
	graphics->n_shown = 0;
}

static void add_place(const struct graphics *graphics, struct buf *out, int place)
{
	const struct graphics_place *wanted = &graphics->wanted[place];

	buf_add_format(out, "\033[%d;%dH", wanted->area.y + 1, wanted->area.x + 1);
	if (graphics->way == GRAPHICS_KITTY)
		encode_kitty(out, wanted, KITTY_ID + place);
	else if (graphics->way == GRAPHICS_SIXEL)
		encode_sixel(out, graphics, wanted);
	else if (graphics->way == GRAPHICS_ITERM)
		encode_iterm(out, wanted);
	else
		encode_direct(out, wanted);
}

static void add_deletion(struct buf *out, int place)
{
	buf_add_format(out, "\033_Ga=d,d=I,i=%d,q=2\033\\", KITTY_ID + place);
}

void graphics_after_refresh(struct graphics *graphics, FILE *terminal)
{
	struct buf out = BUF_INIT;

	for (int i = 0; graphics->way == GRAPHICS_KITTY && i < graphics->n_shown; i++)
		if (i >= graphics->n_wanted || !is_shown(graphics, i))
			add_deletion(&out, i);
	for (int i = 0; i < graphics->n_wanted; i++)
		if (!is_shown(graphics, i))
			add_place(graphics, &out, i);
	memcpy(graphics->shown, graphics->wanted, sizeof(graphics->shown));
	graphics->n_shown = graphics->n_wanted;
	if (out.length && !out.failed) {
		/* Curses must find the cursor and its attributes where it left them. */
		fputs("\0337", terminal);
		fwrite(out.data, 1, out.length, terminal);
		fputs("\0338", terminal);
		fflush(terminal);
	}
	buf_release(&out);
}

void graphics_end(struct graphics *graphics, FILE *terminal)
{
	graphics_begin(graphics);
	graphics_after_refresh(graphics, terminal);
}
