/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well the predictions of a review agree with the tags as they stand: entities by type as seqeval
 * counts them, and which type was taken for which where entities overlap. Both are kept up with every
 * edit; what `tagsight eval` says of the same tags is the same. A relation counts as one entity, whose
 * type it is and which overlaps the predicted one, unless that is the other way round; the negative class
 * is in the confusion only.
 *
 *	const struct review_scores *scores = review_scores(review);
 *	struct type_score *types = review_scores_types(scores, &n);
 *	struct score_goal goal = { SCORED_PAIR, "LOC", "ORG", NULL };
 *	if (review_has_scored(review, record, &goal))
 *		word = review_find_scored(review_record(review, record), &goal, 0, true);
 */
#ifndef TAGSIGHT_REVIEW_SCORES_H
#define TAGSIGHT_REVIEW_SCORES_H

#include "lib/base/arena.h"
#include "lib/corpus/confusion.h"
#include "lib/corpus/score_table.h"

#include <stdbool.h>
#include <stddef.h>

struct review;
struct review_record;
struct review_filter;

struct review_scores {
	struct score_table table;   /* in order of appearance; types without entities too */
	struct confusion confusion; /* of overlapping entities; cells that are 0 too */
	size_t records; /* that are counted: they have a prediction, and what the filter wants */
	size_t next;    /* to be looked at again, with all after it; SIZE_MAX: none */
	const char *negative; /* relation that has no score; static; NULL: none */
	struct review_filter *filter; /* what counted records must have; NULL: nothing */
	struct arena arena; /* of the record that is being counted */
};

/* The scores so far. Records come in as review_work() gets to them. */
const struct review_scores *review_scores(const struct review *review);

/* Whether all records that are to be counted are. */
bool review_scores_are_final(const struct review *review);

/* Score only the records that fit a filter (see queue.h), which is copied; NULL: all. review_work() counts
 * them anew; those counted stay so while they are edited. -1 when memory is out. */
int review_scores_restrict(struct review *review, const struct review_filter *filter);

/* The types that have entities [*n], sorted by bytes, for the caller to free; NULL when memory is out. Only
 * those that have a score, of which the total is that of the table without the negative class; or all. */
struct type_score *review_scores_types(const struct review_scores *scores, bool all, size_t *n);
struct type_score review_scores_total(const struct review_scores *scores);

/* Which entities of a record are looked for. */
enum score_goal_kind {
	SCORED_GOLD,       /* of the tags */
	SCORED_PREDICTED,
	SCORED_CORRECT,    /* in both */
	SCORED_SPURIOUS,   /* predicted, and not so in the tags */
	SCORED_MISSED,    /* in the tags, and not so predicted */
	SCORED_WRONG,      /* either */
	SCORED_PAIR        /* of a cell of the confusion table */
};

struct score_goal {
	enum score_goal_kind kind;
	const char *type;  /* NULL: any but the negative class; of the tags for SCORED_PAIR, where NULL is none */
	const char *guess; /* predicted type for SCORED_PAIR; NULL: none */
	const char *negative; /* that of the scores */
};

/* Whether a record is counted and has such an entity. */
bool review_has_scored(const struct review *review, size_t record, const struct score_goal *goal);

/* The word where such an entity begins: the first at `from` or after it (forward), or the last at
 * `from` or before it. SIZE_MAX when there is none. A relation begins at word 0. */
size_t review_find_scored(const struct review_record *record, const struct score_goal *goal, size_t from,
			  bool forward);

#endif
