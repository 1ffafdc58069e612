/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A linear-chain conditional random field over the labels of a sequence, as pytorch-crf defines it:
 * the score of labels y is start[y0] + sum of emissions + sum of transitions[y(t-1), y(t)] +
 * end[y(n-1)]. Scores may be minus infinity.
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_CRF_H
#define TAGSIGHT_INFERENCE_TEXT_CRF_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The arrays are borrowed. */
struct crf {
	size_t n_labels;
	const float *start;       /* [labels] */
	const float *end;         /* [labels] */
	const float *transitions; /* [from, to] */
};

/* Whether every score is a number or minus infinity. */
bool crf_is_sound(const struct crf *crf);

/* The best labels path [n] for emissions [n, labels]. Of equal scores the lowest label wins at the
 * last step and at each step back; scores add up in float32 as (score + transition) + emission.
 * Working memory comes from the arena. */
int crf_decode(const struct crf *crf, const float *emissions, size_t n, int *path,
	       struct arena *arena, struct err *err);

/* Posterior marginals [n, labels] by forward and backward sums in log space, in double precision,
 * and, when it is not NULL, the log of the partition sum. A sequence that no path fits has marginals
 * of 0. */
int crf_marginals(const struct crf *crf, const float *emissions, size_t n, float *marginals,
		  double *log_partition, struct arena *arena, struct err *err);

#endif
