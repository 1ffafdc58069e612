/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/hash128.h"

#include <string.h>

/* One product of 128 bits a step: no two `eight` lead from one state to the same next one, and all bits
 * of what came before are in its high half. */
static inline void step(struct hash128 *hash, uint64_t eight, uint64_t mark)
{
	unsigned __int128 product = (unsigned __int128)(hash->a ^ eight) * (0x9e3779b97f4a7c15u ^ mark);

	hash->a = (uint64_t)product + hash->b;
	hash->b = (uint64_t)(product >> 64) ^ (hash->b << 23 | hash->b >> 41) ^ eight;
}

/* Up to eight bytes as one number; with the length, unlike bytes give unlike numbers. Words are
 * short, and a copy of a variable length would cost a call. */
static inline uint64_t load_few(const unsigned char *text, size_t length)
{
	uint32_t low, high;

	if (length >= 4) {
		memcpy(&low, text, sizeof(low));
		memcpy(&high, text + length - sizeof(high), sizeof(high));
		return (uint64_t)high << 32 | low;
	}
	if (length == 0)
		return 0;
	return (uint64_t)text[0] << 16 | (uint64_t)text[length >> 1] << 8 | text[length - 1];
}

void hash128_add(struct hash128 *hash, const char *text, size_t length)
{
	size_t at = 0;
	uint64_t eight;

	for (; length - at > sizeof(eight); at += sizeof(eight)) {
		memcpy(&eight, text + at, sizeof(eight));
		step(hash, eight, 0);
	}
	step(hash, load_few((const unsigned char *)text + at, length - at),
	     (uint64_t)(length - at + 1) << 32);
}
