/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decoded picture: 8-bit RGB, row after row, no padding. The caller owns the struct; the pixels
 * belong to it until image_release().
 */
#ifndef TAGSIGHT_IMAGE_IMAGE_H
#define TAGSIGHT_IMAGE_IMAGE_H

#include "lib/base/err.h"

struct image {
	int width, height;
	unsigned char *rgb; /* [height, width, 3]; heap */
};

#define IMAGE_INIT { 0, 0, 0 }

void image_release(struct image *image);

/* Make an empty struct a black picture. Width and height are above 0. Fails when the size
 * wraps or memory is out; the struct is then untouched. */
int image_alloc(struct image *image, int width, int height, struct err *err);

#endif
