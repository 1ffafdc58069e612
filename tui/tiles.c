/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/tiles.h"

#include "lib/image/draw.h"

#include <string.h>

#define LEAST_COLUMNS 6 /* of a tile, with its free one */
#define LEAST_ROWS 4

static void arrange_strip(struct tiles *tiles, size_t n, size_t selected, const struct zoom_room *room)
{
	tiles->down = 1;
	tiles->rows = room->rows;
	tiles->columns = room->rows * room->cell_height / room->cell_width + 1;
	if (tiles->columns > room->columns)
		tiles->columns = room->columns;
	tiles->across = room->columns / tiles->columns;
	if (selected >= (size_t)tiles->across)
		tiles->first = selected - (size_t)tiles->across + 1;
	tiles->n = n - tiles->first;
	if (tiles->n > (size_t)tiles->across)
		tiles->n = (size_t)tiles->across;
	else
		tiles->across = (int)tiles->n;
}

/* Pixels of the shorter side of a tile where `across` stand side by side. */
static int side(size_t n, int across, const struct zoom_room *room)
{
	int down = (int)((n + (size_t)across - 1) / (size_t)across);
	int width = room->columns / across * room->cell_width;
	int height = room->rows / down * room->cell_height;

	return width < height ? width : height;
}

static void arrange_grid(struct tiles *tiles, size_t n, size_t selected, const struct zoom_room *room)
{
	int most = room->columns / LEAST_COLUMNS, most_down = room->rows / LEAST_ROWS;
	size_t page;

	most = most > 0 ? most : 1;
	most_down = most_down > 0 ? most_down : 1;
	tiles->across = 1;
	for (int across = 2; across <= most && (size_t)across <= n; across++)
		if (side(n, across, room) > side(n, tiles->across, room))
			tiles->across = across;
	tiles->down = (int)((n + (size_t)tiles->across - 1) / (size_t)tiles->across);
	if (tiles->down > most_down) {
		tiles->across = most;
		tiles->down = most_down;
	}
	page = (size_t)tiles->across * (size_t)tiles->down;
	tiles->first = selected / page * page;
	tiles->n = n - tiles->first < page ? n - tiles->first : page;
	tiles->columns = room->columns / tiles->across;
	tiles->rows = room->rows / tiles->down;
}

void tiles_arrange(struct tiles *tiles, size_t n, size_t selected, const struct zoom_room *room, bool strip)
{
	memset(tiles, 0, sizeof(*tiles));
	if (strip)
		arrange_strip(tiles, n, selected, room);
	else
		arrange_grid(tiles, n, selected, room);
}

static void paste(struct image *onto, const struct image *image, int x, int y)
{
	for (int row = 0; row < image->height && y + row < onto->height; row++)
		memcpy(onto->rgb + ((size_t)(y + row) * (size_t)onto->width + (size_t)x) * 3,
		       image->rgb + (size_t)row * (size_t)image->width * 3, (size_t)image->width * 3);
}

/* Where a tile is in the drawing. */
static struct image_rect tile_place(const struct tiles *tiles, const struct graphics *graphics, size_t i)
{
	int x = (int)(i % (size_t)tiles->across) * tiles->columns * graphics->cell_width;
	int y = (int)(i / (size_t)tiles->across) * tiles->rows * graphics->cell_height;
	int columns = tiles->columns > 1 ? tiles->columns - 1 : 1;
	int rows = tiles->rows > 2 && tiles->down > 1 ? tiles->rows - 1 : tiles->rows;

	return (struct image_rect){ x, y, x + columns * graphics->cell_width,
				    y + rows * graphics->cell_height };
}

/* Whole cells where symbols fill them. */
static int side_of_crop(float pixels, int cell, bool whole)
{
	int side = (int)pixels;

	if (whole)
		side = (int)(pixels / (float)cell + 0.5f) * cell;
	return side > 0 ? side : whole ? cell : 1;
}

struct image_rect tiles_crop_place(const struct tiles *tiles, const struct graphics *graphics,
				   struct image_rect crop, size_t i)
{
	struct image_rect tile = tile_place(tiles, graphics, i);
	float width = (float)(crop.x1 - crop.x0), height = (float)(crop.y1 - crop.y0);
	float across = (float)(tile.x1 - tile.x0) / width, down = (float)(tile.y1 - tile.y0) / height;
	float scale = across < down ? across : down;
	bool whole = !graphics_has_pixels(graphics);

	return (struct image_rect){ tile.x0, tile.y0,
				    tile.x0 + side_of_crop(width * scale, graphics->cell_width, whole),
				    tile.y0 + side_of_crop(height * scale, graphics->cell_height, whole) };
}

struct image_rect tiles_crop(const struct picture *picture, const struct picture_box *box)
{
	return image_rect_around(&picture->image, box->box.x0, box->box.y0, box->box.x1, box->box.y1);
}

void tiles_trim(struct tiles *tiles, const struct picture *picture, const struct graphics *graphics,
		const struct picture_box *boxes)
{
	const struct picture_box *box = boxes_nth(boxes, tiles->first);
	int most = 0, rows, cell = graphics->cell_height;

	for (size_t i = 0; box && i < tiles->n; i++, box = box->next) {
		struct image_rect place = tiles_crop_place(tiles, graphics, tiles_crop(picture, box), i);

		if (place.y1 - place.y0 > most)
			most = place.y1 - place.y0;
	}
	rows = (most + cell - 1) / cell + (tiles->down > 1);
	if (rows > 0 && rows < tiles->rows)
		tiles->rows = rows;
}

static void draw_tiles(const struct tiles *tiles, const struct picture *picture,
		       const struct graphics *graphics, const struct picture_look *look, struct image *onto)
{
	const struct picture_box *box = boxes_nth(look->boxes, tiles->first);

	for (size_t i = 0; box && i < tiles->n; i++, box = box->next) {
		bool selected = box == look->selected;
		struct image_rect rect = tiles_crop(picture, box);
		struct image_rect place = tiles_crop_place(tiles, graphics, rect, i);
		struct image crop = IMAGE_INIT;
		struct image_rect whole;

		if (picture_cut(&picture->image, rect, place.x1 - place.x0, place.y1 - place.y0, &crop) < 0)
			return;
		whole = (struct image_rect){ 0, 0, crop.width, crop.height };
		if (selected)
			draw_frame(&crop, whole, picture_line(graphics), picture_bright);
		if (look->font)
			picture_draw_label(&crop, whole, box, tiles->first + i + 1, selected, look->font);
		paste(onto, &crop, place.x0, place.y0);
		image_release(&crop);	}
}

void tiles_compose(const struct tiles *tiles, const struct picture *picture, struct graphics *graphics,
		   const struct picture_look *look, struct drawing *drawing)
{
	struct buf made_of = BUF_INIT;

	buf_add_format(&made_of, "%s\ntiles %d %d %zu %p %p %d", picture->path, tiles->across, tiles->down,
		       tiles->first, (const void *)look->boxes, (const void *)look->selected,
		       look->font != NULL);
	if (drawing_begin(drawing, graphics, tiles->columns * tiles->across, tiles->rows * tiles->down,
			  made_of.data))
		draw_tiles(tiles, picture, graphics, look, &drawing->image);
	buf_release(&made_of);
}
