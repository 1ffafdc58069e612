/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/near_pictures.h"

#include "lib/base/checked.h"

#include <stdint.h>
#include <stdlib.h>

#define WORDS 4
#define WORD_BITS 16
#define VALUES (1 << WORD_BITS)
#define LOOKED_AT 20000

/* The pictures of one word by its value: those of value v are numbers[starts[v]] to [starts[v + 1]]. Their
 * hashes stand in the same order, so that the many that are far away are passed in one sweep. */
struct word_table {
	uint32_t *starts;  /* [VALUES + 1] */
	uint32_t *numbers; /* [pictures that are not plain] */
	uint64_t *hashes;  /* [the same] */
};

struct near_pictures {
	const struct fingerprint *const *prints; /* [n] */
	size_t n;
	struct word_table tables[WORDS];
};

static unsigned word_of(const struct fingerprint *print, int word)
{
	return (unsigned)(print->frequencies >> (word * WORD_BITS)) & (VALUES - 1);
}

/* Sort by counting. */
static int table_fill(struct word_table *table, int word, const struct fingerprint *const *prints,
		      size_t n)
{
	table->starts = checked_calloc(VALUES + 1, sizeof(*table->starts));
	table->numbers = checked_calloc(n, sizeof(*table->numbers));
	table->hashes = checked_calloc(n, sizeof(*table->hashes));
	if (!table->starts || !table->numbers || !table->hashes)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!prints[i]->plain)
			table->starts[word_of(prints[i], word)]++;
	for (uint32_t value = 0, sum = 0; value <= VALUES; value++) {
		sum += table->starts[value];
		table->starts[value] = sum;
	}
	for (size_t i = n; i-- > 0;) {
		uint32_t at;

		if (prints[i]->plain)
			continue;
		at = --table->starts[word_of(prints[i], word)];
		table->numbers[at] = (uint32_t)i;
		table->hashes[at] = prints[i]->frequencies;
	}
	return 0;
}

struct near_pictures *near_pictures_new(const struct fingerprint *const *prints, size_t n)
{
	struct near_pictures *near = n <= UINT32_MAX ? calloc(1, sizeof(*near)) : NULL;

	if (!near)
		return NULL;
	near->prints = prints;
	near->n = n;
	for (int word = 0; word < WORDS; word++) {
		if (table_fill(&near->tables[word], word, prints, n) < 0) {
			near_pictures_free(near);
			return NULL;
		}
	}
	return near;
}

void near_pictures_free(struct near_pictures *near)
{
	if (!near)
		return;
	for (int word = 0; word < WORDS; word++) {
		free(near->tables[word].starts);
		free(near->tables[word].numbers);
		free(near->tables[word].hashes);
	}
	free(near);
}

/* The first word in which two differ in one bit at most: by it alone is a pair reported. */
static bool found_by(const struct fingerprint *a, const struct fingerprint *b, int word)
{
	for (int before = 0; before < word; before++)
		if (__builtin_popcount(word_of(a, before) ^ word_of(b, before)) <= 1)
			return false;
	return true;
}

struct search {
	const struct near_pictures *near;
	size_t number, looked_at;
	void (*found)(void *context, size_t other);
	void *context;
};

/* Look at the pictures of one value of a word. */
static void look_at_value(struct search *search, int word, unsigned value)
{
	const struct fingerprint *const *prints = search->near->prints;
	const struct fingerprint *print = prints[search->number];
	const struct word_table *table = &search->near->tables[word];
	uint32_t begin = table->starts[value], end = table->starts[value + 1];

	if (end - begin > LOOKED_AT - search->looked_at)
		end = begin + (uint32_t)(LOOKED_AT - search->looked_at);
	search->looked_at += end - begin;
	for (uint32_t i = begin; i < end; i++) {
		size_t other = table->numbers[i];

		if (__builtin_popcountll(print->frequencies ^ table->hashes[i]) > FINGERPRINT_DISTANCE)
			continue;
		if (other != search->number && fingerprint_alike(print, prints[other]) &&
		    found_by(print, prints[other], word))
			search->found(search->context, other);
	}
}

void near_pictures_each(const struct near_pictures *near, size_t number,
			void (*found)(void *context, size_t other), void *context)
{
	const struct fingerprint *print = near->prints[number];
	struct search search = { near, number, 0, found, context };

	for (int word = 0; word < WORDS && !print->plain; word++)
		for (int bit = -1; bit < WORD_BITS; bit++)
			look_at_value(&search, word, word_of(print, word) ^ (bit < 0 ? 0 : 1u << bit));
}
