/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index of what was seen before and where, by hash: 32 bytes an entry, 43 to 86 with the room to
 * grow. The caller's `mark` goes with each entry.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_SEEN_H
#define TAGSIGHT_PREPROCESS_CHECK_SEEN_H

#include "lib/base/hash128.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen_entry {
	struct hash128 key;
	uint64_t mark;
	uint64_t line : 40, split_index : 24; /* line 0: free */
};

struct seen {
	struct seen_entry *slots; /* [n_slots], a power of two */
	size_t n_slots, n;
};

#define SEEN_INIT { NULL, 0, 0 }

void seen_release(struct seen *seen);

/* Forget all entries, and keep the room. */
void seen_clear(struct seen *seen);

/* The entry of a key, added with mark, line (from 1) and split_index when it is new. Valid until the
 * next call; NULL when memory is out. */
const struct seen_entry *seen_add(struct seen *seen, const struct hash128 *key, uint64_t mark,
				  size_t line, size_t split_index, bool *is_new);

/* The key will be looked up soon. */
static inline void seen_prefetch(const struct seen *seen, const struct hash128 *key)
{
	if (seen->n_slots)
		__builtin_prefetch(&seen->slots[hash128_place(key) & (seen->n_slots - 1)]);
}

#endif
