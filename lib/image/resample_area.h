/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resize as OpenCV's INTER_AREA does on 8-bit pictures, bit for bit. Where no side grows, an output pixel is
 * the mean of the area that it covers: in whole numbers where both ratios are whole, else in float32 over
 * rows of weighted sums. Where a side grows, it is a bilinear variant of its own in 11-bit fixed point, whose
 * pixels stay flat between the edges of the input's.
 */
#ifndef TAGSIGHT_IMAGE_RESAMPLE_AREA_H
#define TAGSIGHT_IMAGE_RESAMPLE_AREA_H

#include "lib/base/err.h"
#include "lib/image/image.h"

/* Resize into an empty struct. Width and height are above 0. Fails only when memory is out. */
int image_resize_area(struct image *out, const struct image *image, int width, int height,
		      struct err *err);

#endif
