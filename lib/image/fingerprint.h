/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By what two files are the same picture. The bytes of a file are hashed as they stand. What a
 * picture shows is told by two hashes of 64 bits, defined as the Python package imagehash defines its
 * phash and dhash (grey, Pillow's LANCZOS to 32 x 32 or 9 x 8), and by the mean colours of 4 x 4
 * fields: a picture that was compressed or scaled anew keeps nearly all of them.
 *
 *	fingerprint_bytes(&fingerprint, bytes, length);
 *	fingerprint_picture(&fingerprint, &image, &err);
 *	if (fingerprint_alike(&a, &b)) ...
 */
#ifndef TAGSIGHT_IMAGE_FINGERPRINT_H
#define TAGSIGHT_IMAGE_FINGERPRINT_H

#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pictures further apart than this in `frequencies` are never alike. */
#define FINGERPRINT_DISTANCE 7

struct fingerprint {
	uint64_t content; /* hash of the file's bytes */
	uint64_t bytes;   /* how many these are */
	uint64_t frequencies; /* phash: which of the 8 x 8 lowest frequencies are above their median */
	uint64_t gradients;   /* dhash: which of 8 x 8 fields are brighter than their left neighbour */
	unsigned char colours[48]; /* [4, 4, 3] */
	bool plain; /* too little contrast to tell it from others by what it shows */
};

/* Set `content` and `bytes`. */
void fingerprint_bytes(struct fingerprint *fingerprint, const void *bytes, size_t length);

/* Set the rest. The most significant bit is the field at the top left, row after row. Fails only when
 * memory is out. */
int fingerprint_picture(struct fingerprint *fingerprint, const struct image *image,
			struct err *err);

bool fingerprint_same_bytes(const struct fingerprint *a, const struct fingerprint *b);

/* Bits in which `frequencies` differ. */
int fingerprint_distance(const struct fingerprint *a, const struct fingerprint *b);

/* True when both show the same picture, as far as all three tell; never for plain ones. */
bool fingerprint_alike(const struct fingerprint *a, const struct fingerprint *b);

#endif
