/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Write pictures: PNG for crops (the bytes depend on the pixels and the library alone, so that a
 * second run makes the same file), JPEG for photographs. A file appears whole, by rename,
 * but is not waited for until it is on the disk: after a loss of power it may be empty.
 */
#ifndef TAGSIGHT_IMAGE_ENCODE_H
#define TAGSIGHT_IMAGE_ENCODE_H

#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stdio.h>

int image_encode_png(const struct image *image, const char *path, struct err *err);

/* `quality` from 1 to 100; colour at half resolution, as Pillow writes by default. */
int image_encode_jpeg(const struct image *image, int quality, const char *path, struct err *err);

/* The same into a stream, whose write errors the stream remembers. */
int image_write_png(const struct image *image, FILE *stream, struct err *err);
int image_write_jpeg(const struct image *image, int quality, FILE *stream, struct err *err);

#endif
