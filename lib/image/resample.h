/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resize as Pillow does, bit for bit, with its BILINEAR where no other window is named: a filter that
 * widens when the picture shrinks, rows first and then columns, each rounded to 8 bits from 22-bit
 * fixed point. (Pillow 13.0 takes columns first where that is less work, and so differs by one level
 * in places.)
 */
#ifndef TAGSIGHT_IMAGE_RESAMPLE_H
#define TAGSIGHT_IMAGE_RESAMPLE_H

#include "lib/base/err.h"
#include "lib/image/image.h"

/* Resize into an empty struct. Width and height are above 0. Fails only when memory is out. */
int image_resize(struct image *out, const struct image *image, int width, int height,
		 struct err *err);

enum resample_window { RESAMPLE_BILINEAR, RESAMPLE_LANCZOS };

int image_resize_by(struct image *out, const struct image *image, int width, int height,
		    enum resample_window window, struct err *err);

/* As torchvision's Resize(side): the shorter side becomes `side`, the longer keeps the ratio,
 * rounded down. */
int image_resize_shorter(struct image *out, const struct image *image, int side, struct err *err);

/* The means of blocks of factor x factor pixels, those at the right and at the bottom cut short, into an
 * empty struct. Fails only when memory is out. */
int image_shrink(struct image *out, const struct image *image, int factor, struct err *err);

/* As torchvision's CenterCrop(side) of a picture that is not smaller: the offset (width - side) / 2
 * rounds half to even. */
int image_crop_centre(struct image *out, const struct image *image, int side, struct err *err);

#endif
