/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/graphics_priv.h"

#include "lib/base/base64.h"
#include "lib/base/utf8.h"
#include "lib/image/encode.h"

#include <chafa.h>
#include <stdlib.h>

#define KITTY_CHUNK 4096 /* bytes that one sequence may carry */
#define JPEG_QUALITY 85

/* The picture as a file, in base64. */
static void add_file(struct buf *text, const struct image *image, bool jpeg)
{
	struct err ignored = ERR_INIT;
	char *bytes = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&bytes, &length);
	int rc;

	if (!stream)
		return;
	rc = jpeg ? image_write_jpeg(image, JPEG_QUALITY, stream, &ignored) :
		    image_write_png(image, stream, &ignored);
	if (fclose(stream) == 0 && rc == 0)
		base64_add(text, bytes, length);
	free(bytes);
}

void encode_kitty(struct buf *out, const struct graphics_place *place, int id)
{
	struct buf text = BUF_INIT;

	add_file(&text, place->image, false);
	for (size_t at = 0; at < text.length; at += KITTY_CHUNK) {
		size_t left = text.length - at, length = left < KITTY_CHUNK ? left : KITTY_CHUNK;

		buf_add_string(out, "\033_G");
		if (at == 0)
			buf_add_format(out, "a=T,f=100,i=%d,c=%d,r=%d,C=1,q=2,", id, place->area.columns,
				       place->area.rows);
		buf_add_format(out, "m=%d;", left > length);
		buf_add(out, text.data + at, length);
		buf_add_string(out, "\033\\");
	}
	buf_release(&text);
}

void encode_iterm(struct buf *out, const struct graphics_place *place)
{
	buf_add_format(out, "\033]1337;File=inline=1;width=%d;height=%d;preserveAspectRatio=0;doNotMoveCursor=1:",
		       place->area.columns, place->area.rows);
	add_file(out, place->image, true);
	buf_add_char(out, '\a');
}

static ChafaCanvas *draw(ChafaCanvasConfig *config, const struct graphics_place *place)
{
	const struct image *image = place->image;
	ChafaCanvas *canvas;

	chafa_canvas_config_set_geometry(config, place->area.columns, place->area.rows);
	canvas = chafa_canvas_new(config);
	chafa_canvas_config_unref(config);
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, image->rgb, image->width, image->height,
				     image->width * 3);
	return canvas;
}

void encode_sixel(struct buf *out, const struct graphics *graphics, const struct graphics_place *place)
{
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	ChafaTermInfo *terminal = chafa_term_db_get_fallback_info(chafa_term_db_get_default());
	ChafaCanvas *canvas;
	GString *text;

	chafa_canvas_config_set_cell_geometry(config, graphics->cell_width, graphics->cell_height);
	chafa_canvas_config_set_pixel_mode(config, CHAFA_PIXEL_MODE_SIXELS);
	canvas = draw(config, place);
	text = chafa_canvas_print(canvas, terminal);
	buf_add(out, text->str, text->len);
	g_string_free(text, TRUE);
	chafa_canvas_unref(canvas);
	chafa_term_info_unref(terminal);
}

static ChafaCanvasConfig *direct_config(void)
{
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	ChafaSymbolMap *symbols = chafa_symbol_map_new();

	chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_HALF |
						      CHAFA_SYMBOL_TAG_QUAD);
	chafa_canvas_config_set_canvas_mode(config, CHAFA_CANVAS_MODE_TRUECOLOR);
	chafa_canvas_config_set_symbol_map(config, symbols);
	chafa_symbol_map_unref(symbols);
	return config;
}

static void add_color(struct buf *out, int what, gint color)
{
	buf_add_format(out, "\033[%d;2;%d;%d;%dm", what, color >> 16 & 255, color >> 8 & 255, color & 255);
}

/* One row of cells; a run of the same colours names them once. */
static void add_row(struct buf *out, ChafaCanvas *canvas, const struct picture_area *area, int row)
{
	gint front = -1, back = -1;
	bool moved = true;

	for (int column = 0; column < area->columns; column++) {
		gunichar symbol = chafa_canvas_get_char_at(canvas, column, row);
		gint colors[2];
		char bytes[4];

		if (!is_picture_cell(area->y + row, area->x + column)) {
			moved = true;
			continue;
		}
		if (moved)
			buf_add_format(out, "\033[%d;%dH", area->y + row + 1, area->x + column + 1);
		moved = false;
		chafa_canvas_get_colors_at(canvas, column, row, &colors[0], &colors[1]);
		if (colors[0] >= 0 && colors[0] != front)
			add_color(out, 38, front = colors[0]);
		if (colors[1] >= 0 && colors[1] != back)
			add_color(out, 48, back = colors[1]);
		buf_add(out, bytes, utf8_encode(symbol, bytes));
	}
}

void encode_direct(struct buf *out, const struct graphics_place *place)
{
	ChafaCanvas *canvas = draw(direct_config(), place);

	buf_add_string(out, "\033[0m");
	for (int row = 0; row < place->area.rows; row++)
		add_row(out, canvas, &place->area, row);
	buf_add_string(out, "\033[0m");
	chafa_canvas_unref(canvas);
}
