/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures that Exif says to turn, made upright for good: as pixels, or as a JPEG whose blocks are moved
 * and whose every value stays (libturbojpeg), where the size is a multiple of the blocks.
 *
 *	if (jpeg_turn(bytes, length, 6, &out, &err) < 0) ...
 */
#ifndef TAGSIGHT_IMAGE_TURN_H
#define TAGSIGHT_IMAGE_TURN_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stddef.h>

/* Make a picture with an Exif orientation from 1 to 8 upright. Fails only when memory is out. */
int image_turn(struct image *image, int orientation, struct err *err);

/* As image_decode_file() without limits of the caller's, upright. */
int image_decode_upright(struct image *image, const char *path, struct err *err);

/* Append a JPEG file that shows the same upright, with its orientation set to 1; all else that the file
 * holds is kept. -1 with ERR_DATA when that cannot be done without loss. */
int jpeg_turn(const void *bytes, size_t length, int orientation, struct buf *out, struct err *err);

#endif
