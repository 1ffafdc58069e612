/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a number of the scores to the entities that it counts.
 */
#include "lib/corpus/span_scores.h"
#include "lib/review/review_priv.h"

#include <string.h>

static bool is_type(const struct span *span, const char *type)
{
	return span && strcmp(span->type, type) == 0;
}

/* Without a type, any that has a score. */
static bool is_of(const struct span *span, const char *type, const char *negative)
{
	return span && (type ? is_type(span, type) : !negative || !is_type(span, negative));
}

/* Whether a pair of a confusion table is the one that is looked for, where NULL stands for none. */
static bool is_pair(const struct span_pair *pair, const struct score_goal *goal)
{
	return (goal->type ? is_type(pair->gold, goal->type) : !pair->gold) &&
	       (goal->guess ? is_type(pair->guess, goal->guess) : !pair->guess);
}

/* The entity of the pair that is looked for; NULL when none is. */
static const struct span *wanted(const struct span_pair *pair, const struct score_goal *goal)
{
	bool gold = is_of(pair->gold, goal->type, goal->negative);
	bool guess = is_of(pair->guess, goal->type, goal->negative);
	bool same = pair->gold && pair->guess && span_equal(pair->gold, pair->guess);

	switch (goal->kind) {
	case SCORED_GOLD:
		return gold ? pair->gold : NULL;
	case SCORED_PREDICTED:
		return guess ? pair->guess : NULL;
	case SCORED_CORRECT:
		return gold && same ? pair->gold : NULL;
	case SCORED_SPURIOUS:
		return guess && !same ? pair->guess : NULL;
	case SCORED_MISSED:
		return gold && !same ? pair->gold : NULL;
	case SCORED_WRONG:
		if (same)
			return NULL;
		return gold ? pair->gold : guess ? pair->guess : NULL;
	case SCORED_PAIR:
		if (!is_pair(pair, goal))
			return NULL;
		return pair->gold ? pair->gold : pair->guess;
	}
	BUG("an unknown goal");
}

/* The word nearest to `from` on its side. */
static size_t nearer(size_t found, size_t word, size_t from, bool forward)
{
	if (forward ? word < from : word > from)
		return found;
	if (found == SIZE_MAX)
		return word;
	return (word < found) == forward ? word : found;
}

static size_t find(const struct review_record *record, const struct score_goal *goal, size_t from,
		   bool forward, struct arena *arena)
{
	struct score_pairs pairs;
	struct err ignored = ERR_INIT;
	size_t found = SIZE_MAX;

	if (!score_is_predicted(record) || score_pairs_of(record, &pairs, arena, &ignored) < 0)
		return SIZE_MAX;
	for (size_t i = 0; i < pairs.n; i++) {
		const struct span *span = wanted(&pairs.items[i], goal);

		if (span)
			found = nearer(found, span->begin, from, forward);
	}
	return found;
}

size_t review_find_scored(const struct review_record *record, const struct score_goal *goal, size_t from,
			  bool forward)
{
	struct arena arena = ARENA_INIT;
	size_t found = find(record, goal, from, forward, &arena);

	arena_release(&arena);
	return found;
}

/* Whether the record may have such an entity, as far as can be said without reading it. */
static bool may_have(const struct review_entry *entry, const struct score_goal *goal, uint32_t bits)
{
	bool differs = goal->kind == SCORED_SPURIOUS || goal->kind == SCORED_MISSED ||
		       goal->kind == SCORED_WRONG;

	if (goal->kind == SCORED_PAIR)
		differs = !goal->type || !goal->guess || strcmp(goal->type, goal->guess) != 0;
	return entry->scored && (entry->types & bits) == bits && (!differs || entry->mistaken);
}

bool review_has_scored(const struct review *review, size_t at, const struct score_goal *goal)
{
	uint32_t bits = goal->type ? review_type_bit(review, goal->type) : 0;
	const struct review_record *record;

	if (goal->kind == SCORED_PAIR && goal->guess)
		bits |= review_type_bit(review, goal->guess);
	if (!may_have(&review->entries[at], goal, bits))
		return false;
	record = review_scan(review, at);
	return record && find(record, goal, 0, true, &review->cache->scan.arena) != SIZE_MAX;
}
