/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/picture.h"

#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/image/decode.h"
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
	else if (image_decode_file(&picture->image, path, NULL, NULL, &err) < 0)
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

void picture_draw(const struct picture *picture, const struct theme *theme, int y, int x, int rows,
		  int columns)
{
	ChafaCanvas *canvas;

	if (!picture->image.rgb) {
		glyphs_draw_folded(y, x, rows, columns,
				   picture->fault ? picture->fault : "no picture");
		return;
	}
	canvas = new_canvas(theme, columns, rows);
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, picture->image.rgb,
				     picture->image.width, picture->image.height,
				     picture->image.width * 3);
	for (int row = 0; row < rows; row++)
		for (int column = 0; column < columns; column++)
			draw_cell(canvas, theme, y, x, row, column);
	theme_set(theme, STYLE_TEXT);
	chafa_canvas_unref(canvas);
}
