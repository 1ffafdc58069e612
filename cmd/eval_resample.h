/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counts of each record of a run, kept for --bootstrap and --against, and what is printed of them.
 */
#ifndef TAGSIGHT_CMD_EVAL_RESAMPLE_H
#define TAGSIGHT_CMD_EVAL_RESAMPLE_H

#include "cmd/eval.h"
#include "lib/corpus/resample.h"

struct eval_records {
	struct record_counts *items; /* [n] */
	size_t n, capacity;
	struct type_score before; /* the counts up to the last record */
};

void eval_records_release(struct eval_records *records);

/* Another record is done: what the table grew by is its. */
int eval_records_note(struct eval_records *records, const struct score_table *table,
		      struct err *err);

/* How to draw, and how to say it. */
struct eval_resamples {
	struct resample_plan plan;
	const char *against; /* borrowed; NULL: none */
	bool json;
};

void eval_resamples_init(struct eval_resamples *resamples, const struct eval_options *options);

/* One line a scorer, after a heading when it is the `first`. 0, or -1 when memory is out. */
int eval_print_intervals(FILE *out, const struct eval_resamples *resamples, const char *scorer,
			 const struct eval_records *records, bool first, struct err *err);
int eval_print_comparison(FILE *out, const struct eval_resamples *resamples, const char *scorer,
			  const struct eval_records *records, const struct eval_records *others,
			  bool first, struct err *err);

#endif
