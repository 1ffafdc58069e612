/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decoded picture: 8-bit RGB, row after row, no padding.
 */
#ifndef TAGSIGHT_IMAGE_IMAGE_H
#define TAGSIGHT_IMAGE_IMAGE_H

struct image {
	int width, height;
	unsigned char *rgb; /* [height, width, 3]; heap */
};

#define IMAGE_INIT { 0, 0, 0 }

void image_release(struct image *image);

#endif
