/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a text with what the predictions say of them: suspect_read.c fills it, suspect.c
 * judges.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_SUSPECT_PRIV_H
#define TAGSIGHT_PREPROCESS_CHECK_SUSPECT_PRIV_H

#include "lib/base/arena.h"
#include "lib/base/str_table.h"
#include "preprocess/check/suspect.h"

#define SUSPECT_NONE SIZE_MAX

struct suspect_word {
	const char *text, *tag; /* in the arena */
	size_t line, column;    /* of the tag */
	size_t row;             /* in the judged words, or SUSPECT_NONE */
	double score;           /* below 0: it was not judged */
	const char *likelier;   /* the likeliest label, when that is not the tag */
	double probability;     /* of that */
	bool taken;             /* by the filter */
};

struct suspect_record {
	const char *name; /* "IMGID:8", or NULL */
	const char *file; /* of this record alone, or NULL */
	size_t begin, end; /* words */
};

struct suspect_data {
	struct suspect_word *words;
	size_t n_words, words_capacity;
	struct suspect_record *records;
	size_t n_records, records_capacity;
	struct str_table labels; /* in the order of the columns */
	/* The judged words: their labels, and their rows [n_rows, labels.n]. */
	size_t *given;
	double *rows;
	size_t n_rows, given_capacity, rows_capacity;
	struct arena arena;
};

int suspect_read(struct suspect_data *data, const struct suspect_options *options,
		 const struct split *split, struct suspect_counts *counts,
		 struct progress *progress, struct err *err);
void suspect_release(struct suspect_data *data);

#endif
