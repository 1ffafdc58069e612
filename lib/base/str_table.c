/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/str_table.h"

#include "lib/base/checked.h"
#include "lib/base/err.h"

#include <stdlib.h>
#include <string.h>

void str_table_init(struct str_table *table)
{
	memset(table, 0, sizeof(*table));
}

void str_table_release(struct str_table *table)
{
	arena_release(&table->arena);
	free(table->entries);
	free(table->slots);
	str_table_init(table);
}

uint64_t str_hash(const char *text, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return hash;
}

/* The slot that holds the string, or the free slot where it belongs. The last bits of FNV mix
 * poorly on short keys, so the high ones are folded in. */
static size_t find_slot(const struct str_table *table, const char *text, size_t length,
			uint64_t hash)
{
	size_t mask = table->n_slots - 1, slot = (size_t)(hash ^ (hash >> 32)) & mask;

	for (; table->slots[slot]; slot = (slot + 1) & mask) {
		const struct str_entry *entry = &table->entries[table->slots[slot] - 1];

		if (entry->hash == hash && entry->length == length &&
		    memcmp(entry->text, text, length) == 0)
			break;
	}
	return slot;
}

static int grow_slots(struct str_table *table)
{
	size_t n_slots = table->n_slots ? table->n_slots * 2 : 64;
	uint32_t *old = table->slots;

	table->slots = checked_calloc(n_slots, sizeof(*table->slots));
	if (!table->slots) {
		table->slots = old;
		return -1;
	}
	table->n_slots = n_slots;
	for (size_t id = 0; id < table->n; id++) {
		const struct str_entry *entry = &table->entries[id];
		size_t slot = find_slot(table, entry->text, entry->length, entry->hash);

		table->slots[slot] = (uint32_t)id + 1;
	}
	free(old);
	return 0;
}

long str_table_add(struct str_table *table, const char *text, size_t length)
{
	uint64_t hash = str_hash(text, length);
	char *copy;
	size_t slot;

	if (table->n >= UINT32_MAX - 1)
		return -1;
	if (table->n * 2 >= table->n_slots && grow_slots(table) < 0)
		return -1;
	slot = find_slot(table, text, length, hash);
	if (table->slots[slot])
		return (long)table->slots[slot] - 1;
	copy = arena_string(&table->arena, text, length);
	if (!copy || GROW(table->entries, table->n, table->capacity) < 0)
		return -1;
	table->entries[table->n] = (struct str_entry){ copy, length, hash };
	table->slots[slot] = (uint32_t)++table->n;
	return (long)table->n - 1;
}

long str_table_find(const struct str_table *table, const char *text, size_t length)
{
	if (!table->n_slots)
		return -1;
	return (long)table->slots[find_slot(table, text, length, str_hash(text, length))] - 1;
}

const char *str_table_text(const struct str_table *table, size_t id)
{
	if (id >= table->n)
		BUG("str_table_text: id out of range");
	return table->entries[id].text;
}
