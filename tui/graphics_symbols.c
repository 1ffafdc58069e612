/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/graphics_priv.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <chafa.h>
#include <stdlib.h>

static ChafaCanvasMode canvas_mode(const struct theme *theme)
{
	if (!theme->color)
		return CHAFA_CANVAS_MODE_FGBG;
	if (COLORS >= 256)
		return CHAFA_CANVAS_MODE_INDEXED_240;
	return COLORS >= 16 ? CHAFA_CANVAS_MODE_INDEXED_16 : CHAFA_CANVAS_MODE_INDEXED_8;
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
	/* Few colours have to be chosen as the eye sees them; of many, the nearest are near enough. */
	chafa_canvas_config_set_color_space(config, COLORS >= 256 ? CHAFA_COLOR_SPACE_RGB :
								    CHAFA_COLOR_SPACE_DIN99D);
	if (!theme->color)
		chafa_canvas_config_set_dither_mode(config, CHAFA_DITHER_MODE_ORDERED);
	canvas = chafa_canvas_new(config);
	chafa_canvas_config_unref(config);
	chafa_symbol_map_unref(symbols);
	return canvas;
}

struct symbol_cell {
	char bytes[4];
	short length, front, back;
};

static void take_cells(struct symbol_cell *cells, ChafaCanvas *canvas, const struct picture_area *area)
{
	for (int row = 0; row < area->rows; row++)
		for (int column = 0; column < area->columns; column++, cells++) {
			gunichar symbol = chafa_canvas_get_char_at(canvas, column, row);
			gint front, back;

			chafa_canvas_get_raw_colors_at(canvas, column, row, &front, &back);
			cells->length = (short)utf8_encode(symbol, cells->bytes);
			cells->front = (short)front;
			cells->back = (short)back;
		}
}

static struct symbol_cell *make_cells(const struct theme *theme, const struct image *image,
				      const struct picture_area *area)
{
	struct symbol_cell *cells =
		checked_calloc((size_t)area->rows * (size_t)area->columns, sizeof(*cells));
	ChafaCanvas *canvas;

	if (!cells)
		return NULL;
	canvas = new_canvas(theme, area->columns, area->rows);
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, image->rgb, image->width, image->height,
				     image->width * 3);
	take_cells(cells, canvas, area);
	chafa_canvas_unref(canvas);
	return cells;
}

void symbols_draw(const struct theme *theme, struct drawing *drawing, const struct picture_area *area)
{
	const struct symbol_cell *cell;

	if (!drawing->cells)
		drawing->cells = make_cells(theme, &drawing->image, area);
	cell = drawing->cells;
	for (int row = 0; cell && row < area->rows; row++)
		for (int column = 0; column < area->columns; column++, cell++) {
			int pair = theme->color ? alloc_pair(cell->front, cell->back) : -1;

			attr_set(A_NORMAL, 0, pair >= 0 ? &pair : NULL);
			mvaddnstr(area->y + row, area->x + column, cell->bytes, cell->length);
		}
	theme_set(theme, STYLE_TEXT);
}
