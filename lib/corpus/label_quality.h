/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the labels of tokens are to be trusted, by the probabilities that a model gives them: the
 * scores of cleanlab's token classification, in [0, 1], low where a label is doubtful. They mean
 * little when the model was trained on the same labels.
 *
 *	double score = label_score(LABEL_SELF_CONFIDENCE, label, probabilities, n_labels);
 *
 * Which labels are issues: those that score below a threshold, or those that one of the filters of
 * label_issues.h takes.
 */
#ifndef TAGSIGHT_CORPUS_LABEL_QUALITY_H
#define TAGSIGHT_CORPUS_LABEL_QUALITY_H

#include <stdbool.h>
#include <stddef.h>

enum label_score {
	LABEL_SELF_CONFIDENCE,             /* p[label] */
	LABEL_NORMALIZED_MARGIN,           /* (p[label] - the largest other + 1) / 2 */
	LABEL_CONFIDENCE_WEIGHTED_ENTROPY, /* log(1 + e) / e, e = entropy / log(n_labels) / p[label] */
	LABEL_SCORES
};

/* The names in the order of the enumeration with bars between them, as an option's choices. */
#define LABEL_SCORE_NAMES "self_confidence|normalized_margin|confidence_weighted_entropy"

const char *label_score_name(enum label_score method);
bool label_score_from_name(const char *name, enum label_score *method);

/* The score of one token; `probabilities` [n_labels] in [0, 1], label < n_labels. */
double label_score(enum label_score method, size_t label, const double *probabilities,
		   size_t n_labels);

/* The score of a sentence or an entity of n > 0 tokens: that of its worst token. */
double label_scores_min(const double *scores, size_t n);

/* The sum of scores weighted by softmax((1 - score) / temperature); a temperature of 0 gives the
 * least score, infinity the mean. cleanlab's is 0.05. */
double label_scores_softmin(const double *scores, size_t n, double temperature);

#endif
