/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A progressive JPEG without its fine detail. Such a file brings the mean of each 8 x 8 block first, in
 * scans of their own; the scans of higher frequencies take most of its bytes and nearly all of the
 * time. Where a picture is wanted at an eighth, their coded data is dropped and their headers stay: the
 * decoder then checks all that it checked before, and sees where the file ends too early.
 */
#ifndef TAGSIGHT_IMAGE_JPEG_SCANS_H
#define TAGSIGHT_IMAGE_JPEG_SCANS_H

#include "lib/base/err.h"

#include <stddef.h>

struct jpeg_bytes {
	const unsigned char *data;
	size_t length;
	unsigned char *owned; /* heap, or NULL where `data` is the caller's; free() it */
};

/* Replace the bytes by those without detail where the file is progressive, of at least 8 x SMALL_SIDE
 * pixels a side, and decoded by Huffman codes; else leave them. Fails only when memory is out. */
int jpeg_drop_detail(struct jpeg_bytes *bytes, struct err *err);

#endif
