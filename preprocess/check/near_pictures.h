/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All pictures that look alike, without comparing each with each. Two hashes of 64 bits that differ in
 * up to 7 share one of their four words of 16 bits but for one bit at most, so only pictures that stand
 * under 17 values of each word are looked at. 48 bytes are kept of a picture, and 1 MB. 100000
 * pictures take half a second.
 *
 *	struct near_pictures *near = near_pictures_new(prints, n);
 *	near_pictures_each(near, number, found, context);
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_NEAR_PICTURES_H
#define TAGSIGHT_PREPROCESS_CHECK_NEAR_PICTURES_H

#include "lib/image/fingerprint.h"

#include <stddef.h>

struct near_pictures;

/* `prints` ([n], fewer than 2^32) must live as long; plain ones are left out. NULL when memory is out. */
struct near_pictures *near_pictures_new(const struct fingerprint *const *prints, size_t n);
void near_pictures_free(struct near_pictures *near);

/* Call found(context, other) once for each other picture that is alike, in no order. Of the pictures
 * that share a word with this one at most 20000 are looked at, so that a folder made to be slow is not. */
void near_pictures_each(const struct near_pictures *near, size_t number,
			void (*found)(void *context, size_t other), void *context);

#endif
