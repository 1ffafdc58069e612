/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/nervaluate_priv.h"

#include "lib/corpus/span_match.h"

#include <stdint.h>
#include <string.h>

static bool same_words(const struct span *a, const struct span *b)
{
	return a->begin == b->begin && a->end == b->end;
}

static bool overlap(const struct span *a, const struct span *b)
{
	return a->begin < b->end && b->begin < a->end;
}

static void count_pair(struct nervaluate_counts *counts, enum nervaluate_schema schema, bool same,
		       bool same_type)
{
	switch (schema) {
	case NERVALUATE_ENT_TYPE:
		*(same_type ? &counts->correct : &counts->incorrect) += 1;
		break;
	case NERVALUATE_EXACT:
		*(same ? &counts->correct : &counts->incorrect) += 1;
		break;
	case NERVALUATE_PARTIAL:
		*(same ? &counts->correct : &counts->partial) += 1;
		break;
	default:
		*(same && same_type ? &counts->correct : &counts->incorrect) += 1;
	}
}

/* ---- version 1 ---- */

/* An overlap counts from one hundredth of the gold entity on. */
static bool enough_overlap(const struct span *gold, const struct span *guess)
{
	size_t begin = gold->begin > guess->begin ? gold->begin : guess->begin;
	size_t end = gold->end < guess->end ? gold->end : guess->end;

	return begin < end &&
	       (double)(end - begin) / (double)(gold->end - gold->begin) * 100 >= 1;
}

static size_t difference(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

static size_t distance(const struct span *gold, const struct span *guess)
{
	return difference(gold->begin, guess->begin) + difference(gold->end, guess->end);
}

static bool is_match(enum nervaluate_schema schema, const struct typed_span *gold,
		     const struct typed_span *guess)
{
	if (schema == NERVALUATE_ENT_TYPE)
		return gold->type == guess->type;
	return same_words(&gold->span, &guess->span) &&
	       (schema != NERVALUATE_STRICT || gold->type == guess->type);
}

/* The gold entity for a predicted one among those from number `from` on: a match, the nearest where
 * there can be several, else the first that overlaps enough; NULL when there is none. */
static struct typed_span *choose(enum nervaluate_schema schema, struct typed_list gold, size_t from,
				 const struct typed_span *guess)
{
	struct typed_span *match = NULL, *other = NULL;

	for (size_t i = from; i < gold.n && gold.items[i].span.begin < guess->span.end; i++) {
		struct typed_span *candidate = &gold.items[i];

		if (candidate->used || !enough_overlap(&candidate->span, &guess->span))
			continue;
		if (!is_match(schema, candidate, guess))
			other = other ? other : candidate;
		else if (!match || distance(&candidate->span, &guess->span) <
					   distance(&match->span, &guess->span))
			match = candidate;
	}
	return match ? match : other;
}

void nervaluate_pair_1(struct nervaluate_counts *counts, enum nervaluate_schema schema,
		       struct typed_list gold, struct typed_list guess)
{
	size_t from = 0;

	for (size_t i = 0; i < gold.n; i++)
		gold.items[i].used = false;
	for (size_t j = 0; j < guess.n; j++) {
		const struct typed_span *item = &guess.items[j];
		struct typed_span *chosen;

		while (from < gold.n && gold.items[from].span.end <= item->span.begin)
			from++;
		chosen = choose(schema, gold, from, item);
		if (!chosen) {
			counts->spurious++;
			continue;
		}
		chosen->used = true;
		count_pair(counts, schema, same_words(&chosen->span, &item->span),
			   chosen->type == item->type);
	}
	for (size_t i = 0; i < gold.n; i++)
		counts->missed += !gold.items[i].used;
}

/* ---- version 0 ---- */

static void count_all(struct nervaluate_type *type, bool same, bool same_type)
{
	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++)
		count_pair(&type->counts[s], (enum nervaluate_schema)s, same, same_type);
}

/* The entity of the same words and type, which is preferred to all that overlap. */
static struct typed_span *find_equal(struct typed_list gold, size_t from,
				     const struct typed_span *guess)
{
	for (size_t i = from; i < gold.n && gold.items[i].span.begin <= guess->span.begin; i++)
		if (same_words(&gold.items[i].span, &guess->span) &&
		    gold.items[i].type == guess->type)
			return &gold.items[i];
	return NULL;
}

/* Every gold entity that overlaps and was not met before counts, up to one of the same words. True
 * when there was one. */
static bool meet_overlapping(struct nervaluate_type *types, struct typed_list gold, size_t from,
			     const struct typed_span *guess)
{
	bool met = false;

	for (size_t i = from; i < gold.n && gold.items[i].span.begin < guess->span.end; i++) {
		struct typed_span *item = &gold.items[i];
		bool same = same_words(&item->span, &guess->span);

		if (!same && (item->used || !overlap(&item->span, &guess->span)))
			continue;
		item->used = true;
		met = true;
		count_all(&types[item->type], same, item->type == guess->type);
		if (same)
			break;
	}
	return met;
}

void nervaluate_pair_0(struct nervaluate_type *types, struct typed_list gold,
		       struct typed_list guess)
{
	size_t from = 0;

	for (size_t i = 0; i < gold.n; i++)
		gold.items[i].used = false;
	for (size_t j = 0; j < guess.n; j++) {
		const struct typed_span *item = &guess.items[j];
		struct typed_span *equal;

		while (from < gold.n && gold.items[from].span.end <= item->span.begin)
			from++;
		equal = find_equal(gold, from, item);
		if (equal) {
			equal->used = true;
			count_all(&types[equal->type], true, true);
		} else if (!meet_overlapping(types, gold, from, item)) {
			for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++)
				types[item->type].counts[s].spurious++;
		}
	}
	for (size_t i = 0; i < gold.n; i++)
		for (size_t s = 0; s < NERVALUATE_SCHEMAS && !gold.items[i].used; s++)
			types[gold.items[i].type].counts[s].missed++;
}

/* ---- the best matching ---- */

static bool same_type(const struct span *a, const struct span *b)
{
	return strcmp(a->type, b->type) == 0;
}

/* Two points for what is correct, one for what is partial; then as many pairs as can be. */
static uint64_t points(bool correct, bool partial)
{
	return (correct ? 2 : partial ? 1 : 0) * MATCH_FIRST + MATCH_SECOND;
}

static uint64_t value_ent_type(const struct span *gold, const struct span *guess)
{
	return points(same_type(gold, guess), false);
}

static uint64_t value_exact(const struct span *gold, const struct span *guess)
{
	return points(same_words(gold, guess), false);
}

static uint64_t value_partial(const struct span *gold, const struct span *guess)
{
	return points(same_words(gold, guess), true);
}

static uint64_t value_strict(const struct span *gold, const struct span *guess)
{
	return points(same_words(gold, guess) && same_type(gold, guess), false);
}

static span_value *const values[NERVALUATE_SCHEMAS] = { value_ent_type, value_exact, value_partial,
							 value_strict };

static struct span *plain_spans(struct typed_list list, struct arena *arena)
{
	struct span *spans = arena_alloc(arena, list.n + 1, sizeof(*spans));

	for (size_t i = 0; spans && i < list.n; i++)
		spans[i] = list.items[i].span;
	return spans;
}

static void count_matching(struct nervaluate_type *types, enum nervaluate_schema schema,
			   struct typed_list gold, struct typed_list guess, const size_t *partners)
{
	for (size_t j = 0; j < guess.n; j++)
		guess.items[j].used = false;
	for (size_t i = 0; i < gold.n; i++) {
		struct typed_span *item = &gold.items[i], *partner;
		struct nervaluate_counts *counts = &types[item->type].counts[schema];

		if (partners[i] == SPAN_ALONE) {
			counts->missed++;
			continue;
		}
		partner = &guess.items[partners[i]];
		partner->used = true;
		count_pair(counts, schema, same_words(&item->span, &partner->span),
			   item->type == partner->type);
	}
	for (size_t j = 0; j < guess.n; j++)
		types[guess.items[j].type].counts[schema].spurious += !guess.items[j].used;
}

int nervaluate_pair_optimal(struct nervaluate_type *types, struct typed_list gold,
			    struct typed_list guess, struct arena *arena, struct err *err)
{
	struct span *gold_spans = plain_spans(gold, arena), *guess_spans = plain_spans(guess, arena);
	size_t *partners;

	if (!gold_spans || !guess_spans)
		return err_set_memory(err);
	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++) {
		if (span_match(gold_spans, gold.n, guess_spans, guess.n, values[s], &partners, arena,
			       err) < 0)
			return -1;
		count_matching(types, (enum nervaluate_schema)s, gold, guess, partners);
	}
	return 0;
}
