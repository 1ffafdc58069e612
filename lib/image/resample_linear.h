/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resize as OpenCV's INTER_LINEAR does with 8-bit pictures, bit for bit: between the two nearest pixels of
 * each side, however far the picture shrinks, with weights of 11 bits.
 */
#ifndef TAGSIGHT_IMAGE_RESAMPLE_LINEAR_H
#define TAGSIGHT_IMAGE_RESAMPLE_LINEAR_H

#include "lib/base/err.h"
#include "lib/image/image.h"

/* Resize into an empty struct. Width and height are above 0. Fails only when memory is out. */
int image_resize_linear(struct image *out, const struct image *image, int width, int height,
			struct err *err);

#endif
