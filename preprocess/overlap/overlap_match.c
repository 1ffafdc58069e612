/* SPDX-License-Identifier: Apache-2.0 */
/* The closest record of every other side for each record. */
#include "preprocess/overlap/overlap_priv.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

/* qsort() hands no context on; one match runs at a time. */
static _Thread_local const struct entry *sorted_entries;

static int compare_words(const struct hash128 *a, const struct hash128 *b)
{
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

/* By side and words, in the order of the records. */
static int compare_entries(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct entry *one = &sorted_entries[x], *other = &sorted_entries[y];
	int words;

	if (one->side != other->side)
		return one->side < other->side ? -1 : 1;
	words = compare_words(&one->exact, &other->exact);
	return words ? words : x < y ? -1 : 1;
}

/* List the entries of each document. */
static int order_entries(struct overlap *overlap)
{
	uint32_t first = 0;

	overlap->order = checked_calloc(overlap->n_entries, sizeof(*overlap->order));
	if (!overlap->order)
		return -1;
	for (size_t d = 0; d < overlap->n_documents; d++) {
		overlap->documents[d].first = first;
		first += overlap->documents[d].n;
		overlap->documents[d].n = 0;
	}
	for (uint32_t e = 0; e < overlap->n_entries; e++) {
		struct document *document = &overlap->documents[overlap->entries[e].document];

		overlap->order[document->first + document->n++] = e;
	}
	sorted_entries = overlap->entries;
	for (size_t d = 0; d < overlap->n_documents; d++)
		qsort(overlap->order + overlap->documents[d].first, overlap->documents[d].n,
		      sizeof(*overlap->order), compare_entries);
	return 0;
}

/* The first entry of a document that belongs to a side and does not come before these words (NULL: any);
 * UINT32_MAX when there is none. */
static uint32_t find_entry(const struct overlap *overlap, const struct document *document,
			   size_t side, const struct hash128 *words)
{
	uint32_t low = document->first, high = low + document->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct entry *entry = &overlap->entries[overlap->order[middle]];

		if (entry->side < side || (entry->side == side && words &&
					   compare_words(&entry->exact, words) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == document->first + document->n ||
	    overlap->entries[overlap->order[low]].side != side)
		return UINT32_MAX;
	return overlap->order[low];
}

/* The closest document of a side that is like this one; likenesses of a document stand together. */
static const struct likeness *find_likeness(const struct overlap *overlap, uint32_t document,
					    size_t side)
{
	size_t low = 0, high = overlap->n_likenesses;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (overlap->likenesses[middle].document < document)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < overlap->n_likenesses && overlap->likenesses[low].document == document; low++)
		if (overlap->documents[overlap->likenesses[low].other].sides >> side & 1)
			return &overlap->likenesses[low];
	return NULL;
}

/* The same text on that side. */
static void match_same(const struct overlap *overlap, const struct entry *entry, size_t side,
		       struct stored_pair *pair)
{
	const struct document *document = &overlap->documents[entry->document];
	uint32_t other = find_entry(overlap, document, side, &entry->exact);

	if (other != UINT32_MAX &&
	    compare_words(&overlap->entries[other].exact, &entry->exact) == 0) {
		pair->kind = OVERLAP_EXACT;
	} else {
		other = find_entry(overlap, document, side, NULL);
		pair->kind = OVERLAP_NORMALISED;
	}
	pair->other = other;
}

static bool match_side(const struct overlap *overlap, uint32_t index, size_t side,
		       struct stored_pair *pair)
{
	const struct entry *entry = &overlap->entries[index];
	const struct likeness *likeness;

	*pair = (struct stored_pair){ index, 0, (uint16_t)side, OVERLAP_NEAR, 1 };
	if (overlap->documents[entry->document].sides >> side & 1) {
		match_same(overlap, entry, side, pair);
		return true;
	}
	likeness = find_likeness(overlap, entry->document, side);
	if (!likeness)
		return false;
	pair->other = find_entry(overlap, &overlap->documents[likeness->other], side, NULL);
	pair->similarity = likeness->similarity;
	return true;
}

/* The sides that documents like each one belong to: [n_documents], NULL when memory is out. */
static uint64_t *sides_of_likenesses(const struct overlap *overlap)
{
	uint64_t *sides = checked_calloc(overlap->n_documents, sizeof(*sides));

	for (size_t i = 0; sides && i < overlap->n_likenesses; i++) {
		const struct likeness *likeness = &overlap->likenesses[i];

		sides[likeness->document] |= overlap->documents[likeness->other].sides;
	}
	return sides;
}

static int match_entries(struct overlap *overlap)
{
	uint64_t *like_sides = sides_of_likenesses(overlap);
	int rc = like_sides ? 0 : -1;

	for (uint32_t e = 0; e < overlap->n_entries && rc == 0; e++) {
		const struct entry *entry = &overlap->entries[e];
		uint64_t sides = overlap->documents[entry->document].sides |
				 like_sides[entry->document];

		sides &= ~((uint64_t)1 << entry->side);
		for (size_t side = 0; side < overlap->n_sides && rc == 0; side++) {
			struct stored_pair pair;

			if (sides >> side & 1 && match_side(overlap, e, side, &pair))
				rc = overlap_store(overlap, &pair);
		}
	}
	free(like_sides);
	return rc;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct stored_pair *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return x->side < y->side ? -1 : x->side > y->side;
}

static bool is_evaluation(const struct overlap_side *side)
{
	return strcmp(side->name, "valid") == 0 || strcmp(side->name, "test") == 0;
}

static void count_leaks(struct overlap *overlap)
{
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; i < overlap->n_pairs; i++) {
		const struct stored_pair *pair = &overlap->pairs[i];
		const struct overlap_side *from = &overlap->sides[overlap->entries[pair->entry].side];

		if (pair->entry == last || strcmp(from->name, "train") != 0 ||
		    !is_evaluation(&overlap->sides[pair->side]))
			continue;
		last = pair->entry;
		overlap->leaks++;
	}
}

int overlap_match(struct overlap *overlap, struct progress *progress, struct err *err)
{
	if (order_entries(overlap) < 0)
		return err_set_memory(err);
	if (overlap_find_likenesses(overlap, progress, err) < 0)
		return -1;
	if (match_entries(overlap) < 0)
		return err_set_memory(err);
	if (overlap->n_pairs)
		qsort(overlap->pairs, overlap->n_pairs, sizeof(*overlap->pairs), compare_pairs);
	count_leaks(overlap);
	return overlap_match_pictures(overlap, progress, err);
}
