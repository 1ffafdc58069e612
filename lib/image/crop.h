/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cut a rectangle out of a picture; turn one about.
 *
 *	struct image_rect rect = image_rect_around(&image, box.x0, box.y0, box.x1, box.y1);
 *	if (image_crop(&crop, &image, rect, &err) < 0) ...
 */
#ifndef TAGSIGHT_IMAGE_CROP_H
#define TAGSIGHT_IMAGE_CROP_H

#include "lib/base/err.h"
#include "lib/image/image.h"

/* Pixels; x1 and y1 exclusive. */
struct image_rect {
	int x0, y0, x1, y1;
};

/* The whole pixels that a box touches (rounded outward), clamped to the picture. A box that is
 * empty, outside or not a number gives the whole picture: a loader needs a crop that exists. */
struct image_rect image_rect_around(const struct image *image, float x0, float y0, float x1,
				    float y1);

/* Copy a rectangle, which lies inside `image` and is not empty, into an empty struct. Fails only
 * when memory is out. */
int image_crop(struct image *out, const struct image *image, struct image_rect rect,
	       struct err *err);

/* Left for right, in place. */
void image_mirror(struct image *image);

#endif
