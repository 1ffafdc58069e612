/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 128 bits of many short strings, for "was this seen before": two texts that differ have the same
 * ones with a chance that no data set meets. Not for secrets, and not for files: the values are of
 * this machine.
 *
 *	struct hash128 hash = HASH128_INIT;
 *	for (...)
 *		hash128_add(&hash, words[i], strlen(words[i]));
 */
#ifndef TAGSIGHT_BASE_HASH128_H
#define TAGSIGHT_BASE_HASH128_H

#include <stddef.h>
#include <stdint.h>

struct hash128 {
	uint64_t a, b;
};

#define HASH128_INIT { 0x243f6a8885a308d3u, 0x13198a2e03707344u } /* digits of pi */

/* A number for the place in a table: the last steps have not mixed the low bits of `a`. */
static inline uint64_t hash128_place(const struct hash128 *hash)
{
	return hash->b ^ hash->a >> 32;
}

/* Go on with a string. Where one ends counts: "ab" and "c" are not "a" and "bc". */
void hash128_add(struct hash128 *hash, const char *text, size_t length);

#endif
