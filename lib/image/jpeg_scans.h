/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JPEG without its fine detail, for a decoder that makes it eight times smaller and wants but the
 * mean of each 8 x 8 block. A progressive file brings the means first, in scans of their own; the
 * scans of higher frequencies take most of its bytes and nearly all of the time. Their coded data is
 * dropped and their headers stay: the decoder then checks all that it checked before, and sees where
 * the file ends too early. Of a baseline file jpeg_baseline.h drops the codes.
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

/* Replace the bytes by those without detail where the picture has at least 8 x SMALL_SIDE pixels a side
 * and is coded in one of the usual ways; else leave them. Fails only when memory is out. */
int jpeg_drop_detail(struct jpeg_bytes *bytes, struct err *err);

#endif
