/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well the predictions of a review agree with the tags as they stand: entities by type as seqeval
 * counts them, and which type was taken for which where entities overlap. Both are kept up with every
 * edit; what `tagsight eval` says of the same tags is the same.
 *
 *	const struct review_scores *scores = review_scores(review);
 *	struct score_goal goal = { SCORED_PAIR, "LOC", "ORG" };
 *	struct type_score *types = review_scores_types(scores, &n);
 *	record = review_seek_scored(review, &goal, record, true);
 *	word = review_find_scored(review_record(review, record), &goal, 0, true);
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

/* Whether a record is among those that are scored. */
typedef bool review_shown(const void *context, size_t record);

struct review_scores {
	struct score_table table;   /* in order of appearance; types without entities too */
	struct confusion confusion; /* of overlapping entities; cells that are 0 too */
	size_t records;             /* that are counted: they are shown and have a prediction */
	size_t next;                /* to be looked at again, with all after it; SIZE_MAX: none */
	review_shown *shown;        /* NULL: all */
	const void *context;
	struct arena arena; /* of the record that is being counted */
};

/* The scores so far. Records come in as review_work() gets to them. */
const struct review_scores *review_scores(const struct review *review);

/* Whether all records that are to be counted are. */
bool review_scores_are_final(const struct review *review);

/* Score only the records for which `shown` is true (NULL: all), from the beginning: review_work() counts
 * them. Call it again when the answers of `shown` are others. */
void review_scores_restrict(struct review *review, review_shown *shown, const void *context);

/* The types that have entities [*n], sorted by bytes, for the caller to free; NULL when memory is out. */
struct type_score *review_scores_types(const struct review_scores *scores, size_t *n);

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
	const char *type;  /* NULL: any; of the tags for SCORED_PAIR, where NULL is none */
	const char *guess; /* predicted type for SCORED_PAIR; NULL: none */
};

/* The nearest counted record after `from` (forward) or before it that has such an entity, going round at
 * the end; `from` itself comes last. SIZE_MAX when there is none. */
size_t review_seek_scored(const struct review *review, const struct score_goal *goal, size_t from,
			  bool forward);

/* The word where such an entity begins: the first at `from` or after it (forward), or the last at
 * `from` or before it. SIZE_MAX when there is none. */
size_t review_find_scored(const struct review_record *record, const struct score_goal *goal, size_t from,
			  bool forward);

#endif
