/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scores of entities taken as sets: one is correct when both sides have it with the same words and
 * the same type. This is how seqeval's strict mode and UMT's ner_evaluate.py count.
 *
 *	span_extract(SPAN_UMT, gold_tags, n, &gold, &n_gold, &arena, &err);
 *	span_extract(SPAN_UMT, guess_tags, n, &guess, &n_guess, &arena, &err);
 *	span_scores_add(&table, gold, n_gold, guess, n_guess);
 */
#ifndef TAGSIGHT_CORPUS_SPAN_SCORES_H
#define TAGSIGHT_CORPUS_SPAN_SCORES_H

#include "lib/corpus/score_table.h"
#include "lib/corpus/span.h"

#include <stdbool.h>
#include <stddef.h>

bool span_equal(const struct span *a, const struct span *b);

/* Count the entities of a sentence, each side by their begin and each of them once. 0, or -1 when memory is
 * out. */
int span_scores_add(struct score_table *table, const struct span *gold, size_t n_gold,
		    const struct span *guess, size_t n_guess);

/* Take the entities of a sentence that was added out again. 0, or -1 when memory is out. */
int span_scores_remove(struct score_table *table, const struct span *gold, size_t n_gold,
		       const struct span *guess, size_t n_guess);

#endif
