/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/picture_print.h"

#include <chafa.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CELL_RATIO 0.5f /* width to height of a terminal's cell */
#define CELL_WIDTH 10   /* pixels, where the terminal does not tell */
#define CELL_HEIGHT 20

static ChafaPixelMode pixel_mode(ChafaTermInfo *terminal)
{
	if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1))
		return CHAFA_PIXEL_MODE_KITTY;
	if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_SIXELS))
		return CHAFA_PIXEL_MODE_SIXELS;
	return CHAFA_PIXEL_MODE_SYMBOLS;
}

static ChafaCanvasMode canvas_mode(ChafaTermInfo *terminal)
{
	if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_SET_COLOR_FGBG_DIRECT))
		return CHAFA_CANVAS_MODE_TRUECOLOR;
	return chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_SET_COLOR_FGBG_256) ?
		       CHAFA_CANVAS_MODE_INDEXED_240 :
		       CHAFA_CANVAS_MODE_INDEXED_8;
}

static ChafaCanvas *new_canvas(ChafaTermInfo *terminal, int columns, int rows)
{
	ChafaSymbolMap *symbols = chafa_symbol_map_new();
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	ChafaCanvas *canvas;

	chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_HALF |
						      CHAFA_SYMBOL_TAG_QUAD);
	chafa_canvas_config_set_geometry(config, columns, rows);
	chafa_canvas_config_set_cell_geometry(config, CELL_WIDTH, CELL_HEIGHT);
	chafa_canvas_config_set_pixel_mode(config, pixel_mode(terminal));
	chafa_canvas_config_set_canvas_mode(config, canvas_mode(terminal));
	chafa_canvas_config_set_symbol_map(config, symbols);
	canvas = chafa_canvas_new(config);
	chafa_canvas_config_unref(config);
	chafa_symbol_map_unref(symbols);
	return canvas;
}

void picture_print(FILE *out, const struct image *image, int columns, int rows)
{
	gchar **environment = g_get_environ();
	ChafaTermInfo *terminal = chafa_term_db_detect(chafa_term_db_get_default(), environment);
	ChafaCanvas *canvas;
	GString *text;

	chafa_calc_canvas_geometry(image->width, image->height, &columns, &rows, CELL_RATIO, FALSE, FALSE);
	canvas = new_canvas(terminal, columns, rows);
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, image->rgb, image->width, image->height,
				     image->width * 3);
	text = chafa_canvas_print(canvas, terminal);
	fwrite(text->str, 1, text->len, out);
	fputc('\n', out);
	g_string_free(text, TRUE);
	chafa_canvas_unref(canvas);
	chafa_term_info_unref(terminal);
	g_strfreev(environment);
}

void picture_print_room(FILE *out, int *columns, int *rows)
{
	struct winsize size;

	*columns = 80;
	*rows = 24;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		*columns = size.ws_col;
		*rows = size.ws_row;
	}
}
