/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decoders share: one job, and how it fails.
 */
#ifndef TAGSIGHT_IMAGE_DECODE_PRIV_H
#define TAGSIGHT_IMAGE_DECODE_PRIV_H

#include "lib/image/decode.h"

struct decode_job {
	const unsigned char *bytes;
	size_t length;
	const struct decode_limits *limits;
	struct image *image;
	struct image_info *info;
	struct err *err;
	bool small; /* as image_decode_small() gives; only JPEG heeds it */
};

/* Set the fault and an ERR_DATA message; returns -1. */
int decode_fail(struct decode_job *job, enum decode_fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Remember a warning of the library. */
void decode_warn(struct decode_job *job, const char *text);

/* Note the header's size and hold it against the limits. */
int decode_size(struct decode_job *job, uint64_t width, uint64_t height);

/* The same, and allocate the picture. */
int decode_begin(struct decode_job *job, uint64_t width, uint64_t height);

/* Allocate it in another size. */
int decode_alloc(struct decode_job *job, int width, int height);

/* By which a picture of this size is made small: 8, 4, 2 or 1. */
int decode_small_factor(int width, int height);

/* The file ended early, after `rows_done` rows (-1: unknown). Keeps the picture and returns 0 where
 * the limits say so, else fails; image_decode() releases the picture of a decoder that failed. */
int decode_truncated(struct decode_job *job, int rows_done);

int decode_jpeg(struct decode_job *job);
int decode_png(struct decode_job *job);
int decode_webp(struct decode_job *job);
int decode_gif(struct decode_job *job);

#endif
