/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/picture.h"

#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/image/turn.h"
#include "tui/glyphs.h"

#include <chafa.h>
#include <stdlib.h>
#include <string.h>

#define FAULT_COLUMNS 20 /* that a missing picture takes */
#define CELL_RATIO 0.5f /* width to height of a terminal's cell */

static void set_fault(struct picture *picture, const char *text)
{
	struct buf fault = BUF_INIT;

	buf_add_format(&fault, "no picture: %s: %s", file_base_name(picture->path), text);
	picture->fault = buf_detach(&fault);
}

void picture_load(struct picture *picture, const struct split *split, const char *id)
{
	char *path = split_image_path(split, id);
	struct err err = ERR_INIT;

	if (path && picture->path && strcmp(path, picture->path) == 0) {
		free(path);
		return;
	}
	picture_release(picture);
	picture->path = path;
	if (!path)
		return;
	if (!file_exists(path))
		set_fault(picture, "the file is missing");
	else if (image_decode_upright(&picture->image, path, &err) < 0)
		set_fault(picture, err.text);
}

void picture_release(struct picture *picture)
{
	image_release(&picture->image);
	free(picture->path);
	free(picture->fault);
	memset(picture, 0, sizeof(*picture));
}

static ChafaCanvasMode canvas_mode(const struct theme *theme)
{
	if (!theme->color)
		return CHAFA_CANVAS_MODE_FGBG;
	return COLORS >= 256 ? CHAFA_CANVAS_MODE_INDEXED_240 : CHAFA_CANVAS_MODE_INDEXED_8;
}

static ChafaCanvas *new_canvas(const struct theme *theme, int columns, int rows)
{
	ChafaSymbolMap *symbols = chafa_symbol_map_new();
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	ChafaCanvas *canvas;

	if (MB_CUR_MAX == 1)
		chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_ASCII);
	else if (theme->color)
		chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_SPACE |
						      CHAFA_SYMBOL_TAG_HALF |
						      CHAFA_SYMBOL_TAG_QUAD);
	else
		chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_SPACE |
						      CHAFA_SYMBOL_TAG_BLOCK |
						      CHAFA_SYMBOL_TAG_STIPPLE |
						      CHAFA_SYMBOL_TAG_QUAD);
	chafa_canvas_config_set_geometry(config, columns, rows);
	chafa_canvas_config_set_canvas_mode(config, canvas_mode(theme));
	chafa_canvas_config_set_symbol_map(config, symbols);
	chafa_canvas_config_set_color_space(config, CHAFA_COLOR_SPACE_DIN99D);
	if (!theme->color)
		chafa_canvas_config_set_dither_mode(config, CHAFA_DITHER_MODE_ORDERED);
	canvas = chafa_canvas_new(config);
	chafa_canvas_config_unref(config);
	chafa_symbol_map_unref(symbols);
	return canvas;
}

static void draw_cell(ChafaCanvas *canvas, const struct theme *theme, int y, int x, int row,
		      int column)
{
	char bytes[4];
	size_t length = utf8_encode(chafa_canvas_get_char_at(canvas, column, row), bytes);
	gint front, back;

	if (theme->color) {
		int pair;

		chafa_canvas_get_raw_colors_at(canvas, column, row, &front, &back);
		pair = alloc_pair(front, back);
		attr_set(A_NORMAL, 0, pair >= 0 ? &pair : NULL);
	}
	mvaddnstr(y + row, x + column, bytes, (int)length);
}

void picture_size(const struct picture *picture, int *rows, int *columns)
{
	gint width = *columns, height = *rows;

	if (!picture->image.rgb) {
		*columns = *columns < FAULT_COLUMNS ? *columns : FAULT_COLUMNS;
		return;
	}
	chafa_calc_canvas_geometry(picture->image.width, picture->image.height, &width, &height,
				   CELL_RATIO, TRUE, FALSE);
	*columns = width < 1 ? 1 : width;
	*rows = height < 1 ? 1 : height;
}

/* Colour the pixels [x0, x1) of rows [y0, y1), as far as the picture goes. */
static void fill(struct image *image, long x0, long y0, long x1, long y1, const unsigned char *rgb)
{
	for (long y = y0 < 0 ? 0 : y0; y < y1 && y < image->height; y++)
		for (long x = x0 < 0 ? 0 : x0; x < x1 && x < image->width; x++)
			memcpy(image->rgb + ((size_t)y * (size_t)image->width + (size_t)x) * 3, rgb,
			       3);
}

/* A pixel position from a number of a file. */
static long pixel(float value, int limit)
{
	return value > 0 ? value < (float)limit ? (long)value : limit : 0;
}

/* Frame a box with lines of `line` pixels. */
static void frame(struct image *image, const struct box *box, long line, const unsigned char *rgb)
{
	long x0 = pixel(box->x0, image->width), x1 = pixel(box->x1, image->width);
	long y0 = pixel(box->y0, image->height), y1 = pixel(box->y1, image->height);

	fill(image, x0, y0, x1, y0 + line, rgb);
	fill(image, x0, y1 - line, x1, y1, rgb);
	fill(image, x0, y0, x0 + line, y1, rgb);
	fill(image, x1 - line, y0, x1, y1, rgb);
}

/* A copy of the picture with frames on it; empty when memory is out. */
static struct image framed(const struct image *image, int columns, const struct picture_box *boxes,
			   const char *word)
{
	static const unsigned char plain[] = { 0, 160, 255 }, bright[] = { 255, 230, 0 };
	struct image copy = IMAGE_INIT;
	struct err ignored = ERR_INIT;
	long line = image->width / columns / 2 + 1;

	if (image_alloc(&copy, image->width, image->height, &ignored) < 0)
		return copy;
	memcpy(copy.rgb, image->rgb, (size_t)image->width * (size_t)image->height * 3);
	for (const struct picture_box *b = boxes; b; b = b->next)
		if (!box_is_about(b, word))
			frame(&copy, &b->box, line, plain);
	for (const struct picture_box *b = boxes; b; b = b->next)
		if (box_is_about(b, word))
			frame(&copy, &b->box, line, bright);
	return copy;
}

static void draw_image(const struct image *image, const struct theme *theme,
		       const struct picture_area *area)
{
	ChafaCanvas *canvas = new_canvas(theme, area->columns, area->rows);

	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, image->rgb, image->width,
				     image->height, image->width * 3);
	for (int row = 0; row < area->rows; row++)
		for (int column = 0; column < area->columns; column++)
			draw_cell(canvas, theme, area->y, area->x, row, column);
	theme_set(theme, STYLE_TEXT);
	chafa_canvas_unref(canvas);
}

void picture_draw(const struct picture *picture, const struct theme *theme,
		  const struct picture_area *area, const struct picture_box *boxes,
		  const char *word)
{
	struct image copy = IMAGE_INIT;

	if (!picture->image.rgb) {
		glyphs_draw_folded(area->y, area->x, area->rows, area->columns,
				   picture->fault ? picture->fault : "no picture");
		return;
	}
	if (boxes)
		copy = framed(&picture->image, area->columns, boxes, word);
	draw_image(copy.rgb ? &copy : &picture->image, theme, area);
	image_release(&copy);
}
