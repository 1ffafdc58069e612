/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four schemas of SemEval 2013 task 9.1 as the Python package nervaluate counts them. Each pairs
 * gold and predicted entities that overlap and calls a pair correct, incorrect or partial:
 *
 *	                          ent_type  exact      partial  strict
 *	same words, same type     correct   correct    correct  correct
 *	same words, other type    incorrect correct    correct  incorrect
 *	overlap, same type        correct   incorrect  partial  incorrect
 *	overlap, other type       incorrect incorrect  partial  incorrect
 *
 * What is left over is missed or spurious. Only types that some B- or I- tag of the data names count.
 * The versions of the package pair differently, and both depend on the order of the entities; the third
 * way takes the matching with the most credit, then with the most pairs, for each schema.
 *
 *	struct nervaluate *scores = nervaluate_new(NERVALUATE_1);
 *	for (each sentence)
 *		nervaluate_add(scores, gold, guess, n, &err);
 *	nervaluate_finish(scores, &err);
 */
#ifndef TAGSIGHT_CORPUS_NERVALUATE_H
#define TAGSIGHT_CORPUS_NERVALUATE_H

#include "lib/base/err.h"
#include "lib/corpus/score_table.h"

#include <stddef.h>

enum nervaluate_rule {
	NERVALUATE_1,      /* 1.2.1: each schema on its own, greedy; refuses tags that are not B- or I- */
	NERVALUATE_0,      /* 0.2.0: one pass for all four, a prediction may meet several gold entities */
	NERVALUATE_OPTIMAL /* ours: the best matching of each schema */
};

/* By name, as the reports of the package list them. */
enum nervaluate_schema {
	NERVALUATE_ENT_TYPE, NERVALUATE_EXACT, NERVALUATE_PARTIAL, NERVALUATE_STRICT, NERVALUATE_SCHEMAS
};

/* "ent_type", "exact", "partial", "strict". */
const char *nervaluate_schema_name(enum nervaluate_schema schema);

struct nervaluate_counts {
	size_t correct, incorrect, partial, missed, spurious; /* entities */
};

/* Of a type, or of all together; the type belongs to the scores. */
struct nervaluate_type {
	const char *type; /* NULL for all types together */
	struct nervaluate_counts counts[NERVALUATE_SCHEMAS];
};

struct nervaluate;

struct nervaluate *nervaluate_new(enum nervaluate_rule rule); /* NULL when memory is out */
void nervaluate_free(struct nervaluate *scores);

/* A sentence of n words. 0, or -1: memory is out, or the package refuses a tag (ERR_DATA, where
 * err->column is the number of the word from 1). */
int nervaluate_add(struct nervaluate *scores, const char *const *gold, const char *const *guess,
		   size_t n, struct err *err);

/* After the last sentence: only now is it known which types count. 0, or -1 when memory is out. */
int nervaluate_finish(struct nervaluate *scores, struct err *err);

/* After nervaluate_finish(). The types [*n] are sorted by bytes. */
const struct nervaluate_type *nervaluate_total(const struct nervaluate *scores);
const struct nervaluate_type *nervaluate_types(const struct nervaluate *scores, size_t *n);

/* correct + incorrect + partial + missed, and ... + spurious. */
size_t nervaluate_possible(const struct nervaluate_counts *counts);
size_t nervaluate_actual(const struct nervaluate_counts *counts);

/* Half a point for what is partial. */
struct ratios nervaluate_ratios(const struct nervaluate_counts *counts);

#endif
