/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/seen.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void seen_release(struct seen *seen)
{
	free(seen->slots);
	*seen = (struct seen)SEEN_INIT;
}

void seen_clear(struct seen *seen)
{
	if (seen->n)
		memset(seen->slots, 0, seen->n_slots * sizeof(*seen->slots));
	seen->n = 0;
}

static struct seen_entry *find(const struct seen *seen, const struct hash128 *key)
{
	size_t mask = seen->n_slots - 1, slot = (size_t)hash128_place(key) & mask;

	for (; seen->slots[slot].line; slot = (slot + 1) & mask)
		if (seen->slots[slot].key.a == key->a && seen->slots[slot].key.b == key->b)
			break;
	return &seen->slots[slot];
}

/* Zeroed, and in large pages where the table is large: each look-up is somewhere else. */
static struct seen_entry *new_slots(size_t n)
{
	struct seen_entry *slots = checked_calloc(n, sizeof(*slots));
	uintptr_t page = (uintptr_t)2 << 20, begin = ((uintptr_t)slots + page - 1) & ~(page - 1);
	uintptr_t end = (uintptr_t)(slots + n) & ~(page - 1);

	if (slots && begin < end)
		madvise((void *)begin, end - begin, MADV_HUGEPAGE);
	return slots;
}

static int grow(struct seen *seen)
{
	size_t n_old = seen->n_slots, n = n_old ? n_old * 2 : 256;
	struct seen_entry *old = seen->slots, *slots = new_slots(n);

	if (!slots)
		return -1;
	seen->slots = slots;
	seen->n_slots = n;
	for (size_t i = 0; i < n_old; i++)
		if (old[i].line)
			*find(seen, &old[i].key) = old[i];
	free(old);
	return 0;
}

const struct seen_entry *seen_add(struct seen *seen, const struct hash128 *key, uint64_t mark,
				  size_t line, size_t split_index, bool *is_new)
{
	struct seen_entry *entry;

	if (seen->n >= seen->n_slots / 4 * 3 && grow(seen) < 0)
		return NULL;
	entry = find(seen, key);
	*is_new = entry->line == 0;
	if (*is_new) {
		*entry = (struct seen_entry){ .key = *key, .mark = mark };
		entry->line = line;
		entry->split_index = split_index & 0xffffff;
		seen->n++;
	}
	return entry;
}
