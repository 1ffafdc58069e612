/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confident learning as cleanlab does it: which given labels are wrong, judged by counts of the
 * tokens that a model is confident of. A model is confident that a token is of a label when its
 * probability reaches the label's threshold, the mean probability of the tokens that carry it.
 *
 *	struct label_data data = { labels, probabilities, n, n_labels };
 *	if (label_issues(&data, LABEL_PRUNE_BY_NOISE_RATE, LABEL_SELF_CONFIDENCE, &issues, &n, &err) < 0) ...
 *	free(issues);
 */
#ifndef TAGSIGHT_CORPUS_LABEL_ISSUES_H
#define TAGSIGHT_CORPUS_LABEL_ISSUES_H

#include "lib/base/err.h"
#include "lib/corpus/label_quality.h"

#include <stddef.h>

/* All tokens of all sentences. */
struct label_data {
	const size_t *labels;        /* [n], each below n_labels */
	const double *probabilities; /* [n, n_labels] in [0, 1] */
	size_t n, n_labels;
};

enum label_filter {
	LABEL_PRUNE_BY_NOISE_RATE,   /* as many as the joint says of each pair of labels, by margin */
	LABEL_PRUNE_BY_CLASS,        /* as many as it says of each label, by probability */
	LABEL_BOTH,                  /* what both of these take */
	LABEL_CONFIDENT_LEARNING,    /* the tokens that the joint counts off its diagonal */
	LABEL_PREDICTED_NEQ_GIVEN,   /* another label is the likeliest */
	LABEL_LOW_SELF_CONFIDENCE,   /* as many as confident learning takes, the lowest scores */
	LABEL_LOW_NORMALIZED_MARGIN,
	LABEL_LOW_MEMORY,            /* cleanlab's option of that name: as many as have a likelier label that the
				      * model is confident of, the lowest scores by the rank */
	LABEL_FILTERS
};

#define LABEL_FILTER_NAMES \
	"prune_by_noise_rate|prune_by_class|both|confident_learning|predicted_neq_given|" \
	"low_self_confidence|low_normalized_margin|low_memory"

bool label_filter_from_name(const char *name, enum label_filter *filter);

/* The threshold of each label into [n_labels]; 2, which no probability reaches, where no token
 * carries it. */
void label_thresholds(const struct label_data *data, double *thresholds);

/* How many tokens carry label i while the model is confident of j, into joint[i * n_labels + j], at
 * least 1 on the diagonal. When `calibrate`, scaled so that each row sums to the tokens that carry
 * i, and rounded; of numbers that could be rounded either way alike, the later ones go up and the
 * earlier ones down, where cleanlab leaves it to NumPy's sort. 0, or -1 when memory is out. */
int label_joint(const struct label_data *data, const double *thresholds, bool calibrate,
		size_t *joint, struct err *err);

/* The tokens that the filter takes, ascending by their score and then in order: *issues is on the
 * heap. 0, or -1 when memory is out. */
int label_issues(const struct label_data *data, enum label_filter filter, enum label_score rank,
		 size_t **issues, size_t *n_issues, struct err *err);

#endif
