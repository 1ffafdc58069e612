/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings to small whole numbers: each distinct byte string gets the next id from 0 and keeps it.
 * Used for vocabularies, label sets, surface forms and "seen before" questions.
 *
 *	long id = str_table_add(&table, word, strlen(word));
 */
#ifndef TAGSIGHT_BASE_STR_TABLE_H
#define TAGSIGHT_BASE_STR_TABLE_H

#include "lib/base/arena.h"

#include <stdint.h>

struct str_entry {
	const char *text;
	size_t length;
	uint64_t hash;
};

struct str_table {
	struct arena arena;
	struct str_entry *entries; /* [n], by id */
	size_t n;
	size_t capacity;
	uint32_t *slots; /* [n_slots], id + 1, 0 when free */
	size_t n_slots;  /* a power of two */
};

void str_table_init(struct str_table *table);
void str_table_release(struct str_table *table);

/* The id of the string, added when it is new; -1 when memory is out. */
long str_table_add(struct str_table *table, const char *text, size_t length);

/* The id, or -1 when the string is not there. */
long str_table_find(const struct str_table *table, const char *text, size_t length);

/* The string of an id below `n`. */
const char *str_table_text(const struct str_table *table, size_t id);

/* FNV-1a, 64 bits. */
uint64_t str_hash(const char *text, size_t length);

#endif
