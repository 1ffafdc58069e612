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

#include "lib/corpus/score_table.h"
#include "lib/corpus/tag_scheme.h"

struct scoring;

struct scoring *scoring_new(enum tag_rule rule); /* NULL when memory is out */
void scoring_free(struct scoring *scoring);

/* One word with its two tags. 0, or -1 when memory is out. */
int scoring_add(struct scoring *scoring, const char *gold, const char *guess);

/* The end of a sentence. 0, or -1 when memory is out. */
int scoring_break(struct scoring *scoring);

/* After the last sentence: closes what is open, sorts the types. 0, or -1 when memory is out. */
int scoring_finish(struct scoring *scoring);

/* The counts so far; sorted after scoring_finish(). */
const struct score_table *scoring_table(const struct scoring *scoring);

#endif
