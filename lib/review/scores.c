/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/scores.h"

#include "lib/base/checked.h"
#include "lib/corpus/span_match.h"
#include "lib/corpus/span_scores.h"
#include "lib/review/queue_priv.h"
#include "lib/review/relations.h"

#include <stdlib.h>
#include <string.h>

#define LOOKS 256 /* at records in one step: those counted already take no time */

void review_scores_init(struct review_scores *scores)
{
	memset(scores, 0, sizeof(*scores));
	scores->next = SIZE_MAX;
	score_table_init(&scores->table);
	confusion_init(&scores->confusion);
}

void review_scores_release(struct review_scores *scores)
{
	score_table_release(&scores->table);
	confusion_release(&scores->confusion);
	arena_release(&scores->arena);
	if (scores->filter)
		review_filter_release(scores->filter);
	free(scores->filter);
}

const struct review_scores *review_scores(const struct review *review)
{
	return &review->scores;
}

bool review_scores_are_final(const struct review *review)
{
	return review_is_complete(review) &&
	       (!review_scores_left(review) || review->cache->fault.kind != ERR_NONE);
}

static int pair_relations(const struct review_relation *relation, struct score_pairs *pairs,
			  struct arena *arena, struct err *err)
{
	struct span *spans = arena_alloc(arena, 2, sizeof(*spans));
	bool elsewhere = relation->flipped && strcmp(relation->relation, relation->predicted) == 0 &&
			 review_relation_differs(relation);

	pairs->items = arena_alloc(arena, 2, sizeof(*pairs->items));
	if (!spans || !pairs->items)
		return err_set_memory(err);
	spans[0] = (struct span){ 0, 1, relation->relation };
	spans[1] = (struct span){ 0, 1, relation->predicted };
	pairs->gold = &spans[0];
	pairs->guess = &spans[1];
	pairs->n_gold = pairs->n_guess = pairs->n = 1;
	pairs->items[0] = (struct span_pair){ &spans[0], &spans[1] };
	if (elsewhere) {
		/* The prediction is about head and tail as the file has them. */
		spans[1] = (struct span){ 1, 2, relation->predicted };
		pairs->items[0] = (struct span_pair){ &spans[0], NULL };
		pairs->items[1] = (struct span_pair){ NULL, &spans[1] };
		pairs->n = 2;
	}
	return 0;
}

bool score_is_predicted(const struct review_record *record)
{
	return record->relation ? record->relation->predicted != NULL : record->predicted != NULL;
}

int score_pairs_of(const struct review_record *record, struct score_pairs *pairs,
		   struct arena *arena, struct err *err)
{
	size_t n = record->sentence.n_tokens;

	if (record->relation)
		return pair_relations(record->relation, pairs, arena, err);
	if (span_extract(SPAN_SEQEVAL, record->tags, n, &pairs->gold, &pairs->n_gold, arena, err) < 0)
		return -1;
	if (span_extract(SPAN_SEQEVAL, record->predicted, n, &pairs->guess, &pairs->n_guess, arena,
			 err) < 0)
		return -1;
	return span_match_pairs(pairs->gold, pairs->n_gold, pairs->guess, pairs->n_guess,
				span_value_place, &pairs->items, &pairs->n, arena, err);
}

/* Count a record in or out. */
static int count(struct review *review, struct review_entry *entry,
		 const struct review_record *record, bool in, struct err *err)
{
	struct review_scores *scores = &review->scores;
	struct score_pairs pairs;
	int rc;

	arena_reset(&scores->arena);
	if (score_pairs_of(record, &pairs, &scores->arena, err) < 0)
		return -1;
	rc = (in ? span_scores_add : span_scores_remove)(&scores->table, pairs.gold, pairs.n_gold,
							 pairs.guess, pairs.n_guess);
	entry->mistaken = false;
	for (size_t i = 0; i < pairs.n && rc == 0; i++) {
		const struct span *gold = pairs.items[i].gold, *guess = pairs.items[i].guess;

		entry->types |= (gold ? review_type_bit(review, gold->type) : 0) |
				(guess ? review_type_bit(review, guess->type) : 0);
		entry->mistaken |= !gold || !guess || !span_equal(gold, guess);
		rc = (in ? confusion_add : confusion_remove)(&scores->confusion,
							     gold ? gold->type : NULL,
							     guess ? guess->type : NULL);
	}
	return rc < 0 ? err_set_memory(err) : 0;
}

/* A record with more entities than can be matched is left out; without memory nothing goes on. */
static bool counted(struct review *review, size_t at, const struct review_record *record, bool in)
{
	struct err err = ERR_INIT;

	if (count(review, &review->entries[at], record, in, &err) == 0)
		return true;
	if (err.kind != ERR_DATA)
		review_fail(review, &err);
	return false;
}

void review_score(struct review *review, size_t at, const struct review_record *record)
{
	struct review_entry *entry = &review->entries[at];

	if (entry->scored || !score_is_predicted(record))
		return;
	entry->scored = counted(review, at, record, true);
	review->scores.records += entry->scored;
}

/* How a prediction is spelt depends on the types of all the text, and a filter may have to read the
 * record, so that neither is counted now. */
void review_score_joined(struct review *review, size_t at, const struct review_record *record)
{
	struct review_scores *scores = &review->scores;

	if (!review->reader && !scores->filter)
		review_score(review, at, record);
	else if (at < scores->next)
		scores->next = at;
}

bool review_unscore(struct review *review, size_t at, const struct review_record *record)
{
	struct review_entry *entry = &review->entries[at];

	if (!entry->scored || !score_is_predicted(record))
		return false;
	entry->scored = false;
	review->scores.records--;
	return counted(review, at, record, false);
}

static bool is_to_be_counted(const struct review *review, size_t at)
{
	const struct review_entry *entry = &review->entries[at];
	const struct review_filter *filter = review->scores.filter;

	return entry->prediction_length && !entry->scored &&
	       (!filter || review_filter_fits(filter, review, at));
}

bool review_scores_step(struct review *review)
{
	struct review_scores *scores = &review->scores;
	const struct review_record *record;

	if (!review_scores_left(review))
		return false;
	for (int i = 0; i < LOOKS && review_scores_left(review); i++) {
		size_t at = scores->next++;

		if (!is_to_be_counted(review, at))
			continue;
		record = review_scan(review, at);
		if (record)
			review_score(review, at, record);
		break;
	}
	return true;
}

bool review_scores_left(const struct review *review)
{
	return review->scores.next < review->n_records;
}

void review_scores_clear(struct review *review)
{
	struct review_scores *scores = &review->scores;
	struct review_filter *filter = scores->filter;
	const char *negative = scores->negative;

	scores->filter = NULL;
	review_scores_release(scores);
	review_scores_init(scores);
	scores->filter = filter;
	scores->negative = negative;
	for (size_t i = 0; i < review->n_records; i++)
		review->entries[i].scored = false;
}

int review_scores_restrict(struct review *review, const struct review_filter *filter)
{
	struct review_filter *copy = filter ? calloc(1, sizeof(*copy)) : NULL;

	if (filter && (!copy || review_filter_copy(copy, filter) < 0)) {
		free(copy);
		return -1;
	}
	review_scores_clear(review);
	if (review->scores.filter)
		review_filter_release(review->scores.filter);
	free(review->scores.filter);
	review->scores.filter = copy;
	review->scores.next = 0;
	return 0;
}

static int compare_types(const void *a, const void *b)
{
	const struct type_score *x = a, *y = b;

	return strcmp(x->type, y->type);
}

static bool has_score(const struct review_scores *scores, const struct type_score *score)
{
	return !scores->negative || strcmp(score->type, scores->negative) != 0;
}

struct type_score review_scores_total(const struct review_scores *scores)
{
	struct type_score total = score_table_total(&scores->table);

	for (size_t i = 0; i < scores->table.n; i++) {
		const struct type_score *score = &scores->table.scores[i];

		if (has_score(scores, score))
			continue;
		total.gold -= score->gold;
		total.found -= score->found;
		total.correct -= score->correct;
	}
	return total;
}

struct type_score *review_scores_types(const struct review_scores *scores, bool all, size_t *n)
{
	const struct score_table *table = &scores->table;
	struct type_score *types = checked_calloc(table->n, sizeof(*types));

	*n = 0;
	if (!types)
		return NULL;
	for (size_t i = 0; i < table->n; i++)
		if ((table->scores[i].gold || table->scores[i].found) &&
		    (all || has_score(scores, &table->scores[i])))
			types[(*n)++] = table->scores[i];
	qsort(types, *n, sizeof(*types), compare_types);
	return types;
}
