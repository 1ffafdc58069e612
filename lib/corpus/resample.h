/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How sure a score is: records are drawn anew, with replacement, and scored again. Precision, recall
 * and F1 are those of the sums over the records drawn. Resample number r is the same whatever the
 * number of threads.
 *
 *	struct resample_plan plan = { .resamples = 1000, .seed = 1, .jobs = 0 };
 *	resample_intervals(records, n, &plan, &intervals, &err);
 */
#ifndef TAGSIGHT_CORPUS_RESAMPLE_H
#define TAGSIGHT_CORPUS_RESAMPLE_H

#include "lib/base/err.h"
#include "lib/corpus/score_table.h"

#include <stddef.h>
#include <stdint.h>

/* What one record adds to the counts of all types together. */
struct record_counts {
	uint32_t gold, found, correct;
};

struct resample_plan {
	size_t resamples; /* above 0 */
	uint64_t seed;
	int jobs; /* threads; 0: one a processor */
};

struct interval {
	double low, high;
};

/* Percentile intervals of 95 %: the quantiles 0.025 and 0.975 of the resamples, between two of them
 * by linear interpolation. */
struct resample_intervals {
	struct interval precision, recall, f1;
};

struct resample_comparison {
	double f1, other_f1, difference; /* F1 of the first, of the second, first minus second */
	struct interval interval;        /* of the difference, as above, over the same draws */
	/* Two-sided p values: the part of the resamples, one more added to both counts, where ... */
	double bootstrap_p;     /* the difference is off its value in the data by at least that value */
	double randomisation_p; /* it is at least as large, either way, after the two predictions of
	                         * each record were swapped by the toss of a coin */
};

/* Sums of n records. */
struct type_score resample_total(const struct record_counts *records, size_t n);

/* 0, or -1 when memory is out. */
int resample_intervals(const struct record_counts *records, size_t n,
		       const struct resample_plan *plan, struct resample_intervals *out,
		       struct err *err);

/* Two predictions for the same n records. 0, or -1 when memory is out. */
int resample_compare(const struct record_counts *records, const struct record_counts *others,
		     size_t n, const struct resample_plan *plan, struct resample_comparison *out,
		     struct err *err);

#endif
