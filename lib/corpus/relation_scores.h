/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Precision, recall and F1 of relations as the code around MNRE counts them (eval_result of HVPNeT,
 * eval of OpenNRE and MEGA): micro averages over all relations but one, the negative class, which is
 * the first of NA, na, no_relation, Other, Others, none and None that the relation map has.
 *
 *	struct relation_scores *scores = relation_scores_new(schema_relations, SCHEMA_RELATIONS);
 *	for (each record)
 *		relation_scores_add(scores, gold, predicted, &err);
 */
#ifndef TAGSIGHT_CORPUS_RELATION_SCORES_H
#define TAGSIGHT_CORPUS_RELATION_SCORES_H

#include "lib/base/err.h"
#include "lib/corpus/score_table.h"

#include <stdbool.h>
#include <stddef.h>

struct relation_scores;

/* For the relations [n] of a map, in its order; they are copied. NULL when memory is out. */
struct relation_scores *relation_scores_new(const char *const *relations, size_t n);
void relation_scores_free(struct relation_scores *scores);

/* The negative class of a map; static. NULL when it has none. */
const char *relation_negative_class(const char *const *relations, size_t n);

/* One record. 0, or -1: memory is out, or the map lacks one of the two (ERR_DATA). */
int relation_scores_add(struct relation_scores *scores, const char *gold, const char *predicted,
			struct err *err);

/* The relations but the negative one, in the order of the map, also those without any record. Its
 * `tokens` are records, of which `correct_tags` have the gold relation. */
const struct score_table *relation_scores_table(const struct relation_scores *scores);

/* The negative class, or NULL when the map has none. */
const char *relation_scores_negative(const struct relation_scores *scores);

/* Whether it was the gold or the predicted relation of some record. */
bool relation_scores_negative_seen(const struct relation_scores *scores);

#endif
