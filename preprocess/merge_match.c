/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/merge_priv.h"

#include "lib/base/checked.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* For each record of one file, the same one of another, or NO_RECORD. */
struct matches {
	size_t *of_first;  /* [first->n] */
	size_t *of_second; /* [second->n] */
};

static void matches_release(struct matches *matches)
{
	free(matches->of_first);
	free(matches->of_second);
}

static size_t *fill_none(size_t n)
{
	size_t *numbers = checked_calloc(n, sizeof(*numbers));

	for (size_t i = 0; i < n && numbers; i++)
		numbers[i] = NO_RECORD;
	return numbers;
}

static void match_keys(const struct annotations *first, const struct annotations *second,
		       struct matches *out)
{
	for (size_t i = 0; i < first->n; i++) {
		size_t at = annotations_find(second, first->records[i].key);

		if (at == SIZE_MAX)
			continue;
		out->of_first[i] = at;
		out->of_second[at] = i;
	}
}

/* Tweets whose words were changed are still the same by their id, where no other one is left. */
static int match_ids(const struct annotations *first, const struct annotations *second,
		     struct matches *out)
{
	struct str_table ids;
	size_t *at = checked_calloc(second->n, sizeof(*at)), n = 0;
	int rc = at ? 0 : -1;

	str_table_init(&ids);
	for (size_t i = 0; rc == 0 && i < second->n; i++) {
		const char *id = second->records[i].id;

		if (!id || out->of_second[i] != NO_RECORD)
			continue;
		if (str_table_add(&ids, id, strlen(id)) < 0)
			rc = -1;
		else if (ids.n > n)
			at[n++] = i;
	}
	for (size_t i = 0; rc == 0 && i < first->n; i++) {
		const char *id = first->records[i].id;
		long found = id && out->of_first[i] == NO_RECORD
				     ? str_table_find(&ids, id, strlen(id)) : -1;

		if (found < 0 || out->of_second[at[found]] != NO_RECORD)
			continue;
		out->of_first[i] = at[found];
		out->of_second[at[found]] = i;
	}
	str_table_release(&ids);
	free(at);
	return rc;
}

static int match(const struct annotations *first, const struct annotations *second,
		 struct matches *out)
{
	out->of_first = fill_none(first->n);
	out->of_second = fill_none(second->n);
	if (!out->of_first || !out->of_second)
		return -1;
	match_keys(first, second, out);
	return first->task == TASK_NER ? match_ids(first, second, out) : 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct merge_item *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* The items of ours stand where they stood; those of theirs alone, after the record of ours that they
 * follow. Of the base alone: nothing is written, so they are not needed. */
static void lay_out(struct merge *merge, const struct matches *base_ours,
		    const struct matches *base_theirs, const struct matches *both)
{
	struct merge_item *items = merge->items;
	size_t n = 0, place = 0;

	for (size_t i = 0; i < merge->base.n; i++)
		merge->report->removed += base_ours->of_first[i] == NO_RECORD &&
					  base_theirs->of_first[i] == NO_RECORD;
	for (size_t i = 0; i < merge->ours.n; i++) {
		size_t base = base_ours->of_second[i];
		size_t theirs = base != NO_RECORD ? base_theirs->of_first[base] : both->of_first[i];

		items[n++] = (struct merge_item){ base, i, theirs, i + 1, 0 };
	}
	for (size_t i = 0; i < merge->theirs.n; i++) {
		size_t base = base_theirs->of_second[i];
		size_t ours = base != NO_RECORD ? base_ours->of_first[base] : both->of_second[i];

		if (ours != NO_RECORD)
			place = ours + 1;
		else
			items[n++] = (struct merge_item){ base, NO_RECORD, i, place, i + 1 };
	}
	merge->n_items = n;
	if (n)
		qsort(items, n, sizeof(*items), compare_items);
}

/* Records of both sides that the base lacks are matched with each other; those that it has are not. */
static void keep_new(struct matches *both, const struct matches *base_ours,
		     const struct matches *base_theirs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t theirs = both->of_first[i];

		if (theirs == NO_RECORD || (base_ours->of_second[i] == NO_RECORD &&
					    base_theirs->of_second[theirs] == NO_RECORD))
			continue;
		both->of_second[theirs] = NO_RECORD;
		both->of_first[i] = NO_RECORD;
	}
}

int merge_match(struct merge *merge, struct err *err)
{
	struct matches base_ours = { NULL, NULL }, base_theirs = { NULL, NULL }, both = { NULL, NULL };
	size_t room;
	int rc = -1;

	if (match(&merge->base, &merge->ours, &base_ours) == 0 &&
	    match(&merge->base, &merge->theirs, &base_theirs) == 0 &&
	    match(&merge->ours, &merge->theirs, &both) == 0 &&
	    size_add(merge->ours.n, merge->theirs.n, &room)) {
		merge->items = checked_calloc(room, sizeof(*merge->items));
		if (merge->items) {
			keep_new(&both, &base_ours, &base_theirs, merge->ours.n);
			lay_out(merge, &base_ours, &base_theirs, &both);
			rc = 0;
		}
	}
	matches_release(&base_ours);
	matches_release(&base_theirs);
	matches_release(&both);
	return rc < 0 ? err_set_memory(err) : 0;
}
