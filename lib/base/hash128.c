/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/hash128.h"

#include <string.h>

/* Both halves of the product, folded, as in wyhash and its kin. */
static uint64_t mix(uint64_t x, uint64_t y)
{
	unsigned __int128 product = (unsigned __int128)x * y;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static void step(struct hash128 *hash, uint64_t eight, uint64_t mark)
{
	uint64_t a = hash->a, b = hash->b;

	hash->a = mix(a ^ eight, 0x9e3779b97f4a7c15u ^ mark) + b;
	hash->b = mix(b ^ eight, 0xd6e8feb86659fd93u ^ mark) ^ a;
}

void hash128_add(struct hash128 *hash, const char *text, size_t length)
{
	uint64_t eight;
	size_t at = 0;

	for (; length - at > sizeof(eight); at += sizeof(eight)) {
		memcpy(&eight, text + at, sizeof(eight));
		step(hash, eight, 0);
	}
	eight = 0;
	if (length - at)
		memcpy(&eight, text + at, length - at);
	step(hash, eight, (uint64_t)(length - at + 1) << 32);
}
