/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of Darknet weights: a header and float32 numbers, all little-endian, with no names; which number
 * is whose is known to the cfg alone.
 *
 *	int32 major, minor, revision
 *	pictures seen in training, 64 bits from version 0.2 on, 32 before
 *	float32 numbers to the end
 *
 *	if (darknet_weights_open(&weights, path, &err) < 0 ||
 *	    darknet_weights_take(&weights, n, numbers, &err) < 0) ...
 *	darknet_weights_close(&weights);
 */
#ifndef TAGSIGHT_FORMATS_DARKNET_WEIGHTS_H
#define TAGSIGHT_FORMATS_DARKNET_WEIGHTS_H

#include "lib/base/err.h"
#include "lib/base/file.h"

#include <stddef.h>
#include <stdint.h>

struct darknet_weights {
	struct file_map file;
	const char *path; /* borrowed */
	int32_t major, minor, revision;
	uint64_t seen;
	size_t header;       /* bytes */
	size_t numbers, used; /* float32 numbers in all, and taken so far */
};

/* Map the file and read its header; on failure there is nothing to close. */
int darknet_weights_open(struct darknet_weights *weights, const char *path, struct err *err);
void darknet_weights_close(struct darknet_weights *weights);

/* The same of bytes in memory, which are borrowed. */
int darknet_weights_parse(struct darknet_weights *weights, const unsigned char *bytes, size_t size,
			  const char *path, struct err *err);

/* The next n numbers. Fails where there are not so many, or one of them is not finite. */
int darknet_weights_take(struct darknet_weights *weights, size_t n, float *out, struct err *err);

#endif
