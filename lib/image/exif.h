/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which way up a picture is to be shown, as Exif says in a JPEG (segment APP1), a PNG (chunk eXIf) or a
 * WebP (chunk EXIF). 1 is as stored, 3 upside down, 6 to be turned right and 8 left by 90 degrees; 2, 4,
 * 5 and 7 are mirrored as well. OpenCV turns pictures by it when it reads them, Pillow and the decoders
 * here do not.
 */
#ifndef TAGSIGHT_IMAGE_EXIF_H
#define TAGSIGHT_IMAGE_EXIF_H

#include "lib/image/sniff.h"

#include <stddef.h>

/* 1 to 8; 1 where nothing is said, or nothing that makes sense. */
int exif_orientation(const void *bytes, size_t length, enum image_format format);

/* Where in the file the number stands, so that it can be set to 1 in place: *width bytes (1, 2 or 4),
 * *big_endian or not. In a PNG the checksum of its chunk must follow the change. 0 when there is none
 * (then nothing is set). */
size_t exif_orientation_place(const void *bytes, size_t length, enum image_format format,
			      int *width, int *big_endian);

#endif
