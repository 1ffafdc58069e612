/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/zoom.h"

static float clamp(float value, float least, float most)
{
	if (!(value > least))
		return least;
	return value < most ? value : most;
}

static void keep_inside(struct zoom *zoom)
{
	zoom->x = clamp(zoom->x, zoom->share_x / 2, 1 - zoom->share_x / 2);
	zoom->y = clamp(zoom->y, zoom->share_y / 2, 1 - zoom->share_y / 2);
}

void zoom_by(struct zoom *zoom, float factor)
{
	zoom->factor = clamp(zoom->factor * factor, 1, ZOOM_MOST);
}

void zoom_pan(struct zoom *zoom, float x, float y)
{
	zoom->x += x * zoom->share_x;
	zoom->y += y * zoom->share_y;
	keep_inside(zoom);
}

void zoom_centre(struct zoom *zoom, const struct zoom_room *room, float x, float y)
{
	zoom->x = clamp(x / (float)room->width, 0, 1);
	zoom->y = clamp(y / (float)room->height, 0, 1);
	keep_inside(zoom);
}

/* The pixels that are seen of a side, from *first on. */
static int see(float seen, int side, float centre, int *first)
{
	int length = seen < (float)side ? (int)(seen + 0.5f) : side;

	if (length < 1)
		length = 1;
	*first = (int)(centre * (float)side - (float)length / 2);
	if (*first > side - length)
		*first = side - length;
	if (*first < 0)
		*first = 0;
	return length;
}

static int cells(float pixels, int cell, int most)
{
	return (int)clamp(pixels / (float)cell + 0.5f, 1, (float)most);
}

void zoom_look(struct zoom *zoom, const struct zoom_room *room, struct zoom_view *view)
{
	float width = (float)(room->columns * room->cell_width);
	float height = (float)(room->rows * room->cell_height);
	float across = width / (float)room->width, down = height / (float)room->height;
	float scale = (across < down ? across : down) * zoom->factor;
	int x, y, seen_x, seen_y;

	zoom->share_x = clamp(width / scale / (float)room->width, 0, 1);
	zoom->share_y = clamp(height / scale / (float)room->height, 0, 1);
	keep_inside(zoom);
	seen_x = see(width / scale, room->width, zoom->x, &x);
	seen_y = see(height / scale, room->height, zoom->y, &y);
	view->rect = (struct image_rect){ x, y, x + seen_x, y + seen_y };
	view->columns = cells((float)seen_x * scale, room->cell_width, room->columns);
	view->rows = cells((float)seen_y * scale, room->cell_height, room->rows);
}
