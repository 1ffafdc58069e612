/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resize as Pillow's BILINEAR does, bit for bit: a triangle filter that widens when the picture
 * shrinks, rows first and then columns, each rounded to 8 bits from 22-bit fixed point. (Pillow 13.0
 * takes columns first where that is less work, and so differs by one level in places.)
 */
#ifndef TAGSIGHT_IMAGE_RESAMPLE_H
#define TAGSIGHT_IMAGE_RESAMPLE_H

#include "lib/base/err.h"
#include "lib/image/image.h"

/* Resize into an empty struct. Width and height are above 0. Fails only when memory is out. */
int image_resize(struct image *out, const struct image *image, int width, int height,
		 struct err *err);

/* As torchvision's Resize(side): the shorter side becomes `side`, the longer keeps the ratio,
 * rounded down. */
int image_resize_shorter(struct image *out, const struct image *image, int side, struct err *err);

/* As torchvision's CenterCrop(side) of a picture that is not smaller: the offset (width - side) / 2
 * rounds half to even. */
int image_crop_centre(struct image *out, const struct image *image, int side, struct err *err);

#endif
