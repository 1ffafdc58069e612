/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Precision, recall and F1 of entities as conlleval.pl and seqeval (default mode) count them, token
 * by token in constant memory, their quirks included.
 *
 *	struct scoring *scoring = scoring_new(TAG_CONLLEVAL);
 *	for (each sentence) {
 *		for (each word)
 *			scoring_add(scoring, gold, guess);
 *		scoring_break(scoring);
 *	}
 *	scoring_finish(scoring);
 */
#ifndef TAGSIGHT_CORPUS_METRICS_H
#define TAGSIGHT_CORPUS_METRICS_H

#include "lib/corpus/tag_scheme.h"

#include <stddef.h>

struct type_score {
	const char *type;
	size_t gold, found, correct; /* entities */
};

/* Ratios in [0, 1]; 0 where the divisor is 0. */
struct ratios {
	double precision, recall, f1;
};

struct scoring;

struct scoring *scoring_new(enum tag_rule rule); /* NULL when memory is out */
void scoring_free(struct scoring *scoring);

/* One word with its two tags. 0, or -1 when memory is out. */
int scoring_add(struct scoring *scoring, const char *gold, const char *guess);

/* The end of a sentence. 0, or -1 when memory is out. */
int scoring_break(struct scoring *scoring);

/* After the last sentence: closes what is open, sorts the types. 0, or -1 when memory is out. */
int scoring_finish(struct scoring *scoring);

/* After scoring_finish(): the types that have entities on either side, sorted by bytes. */
const struct type_score *scoring_types(const struct scoring *scoring, size_t *n);
/* Sums over all types; its type is NULL. */
struct type_score scoring_total(const struct scoring *scoring);
size_t scoring_tokens(const struct scoring *scoring);
size_t scoring_correct_tags(const struct scoring *scoring);

struct ratios score_ratios(const struct type_score *score);

/* Averages over the types, plain and weighted by gold entities. */
struct ratios scoring_macro(const struct scoring *scoring);
struct ratios scoring_weighted(const struct scoring *scoring);

#endif
