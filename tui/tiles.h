/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The crops of a picture's boxes side by side: in one row that follows the selected one, or in as many as
 * make them largest.
 */
#ifndef TAGSIGHT_TUI_TILES_H
#define TAGSIGHT_TUI_TILES_H

#include "tui/picture.h"

#include <stddef.h>

struct tiles {
	int across, down;
	int columns, rows; /* cells of a tile, a free one at the right and at the bottom of each included */
	size_t first, n;   /* boxes that are shown */
};

/* Arrange `n` tiles, of which `selected` has to be seen, in a room whose picture is of no account. The row
 * of a strip is as high as the room. */
void tiles_arrange(struct tiles *tiles, size_t n, size_t selected, const struct zoom_room *room, bool strip);

/* The part of the picture that a box shows, and where it is in the drawing as tile `i` of those shown:
 * in the upper left corner, as large as fits. */
struct image_rect tiles_crop(const struct picture *picture, const struct picture_box *box);
struct image_rect tiles_crop_place(const struct tiles *tiles, const struct graphics *graphics,
				   struct image_rect crop, size_t i);

/* Make the tiles no higher than the highest crop of those shown. */
void tiles_trim(struct tiles *tiles, const struct picture *picture, const struct graphics *graphics,
		const struct picture_box *boxes);

/* Draw the crops of the boxes; the selected one is framed. */
void tiles_compose(const struct tiles *tiles, const struct picture *picture, struct graphics *graphics,
		   const struct picture_look *look, struct drawing *drawing);

#endif
