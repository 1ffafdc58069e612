/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agreement between annotators of the same tweets: one file each, two or more. Records are matched by
 * id and words (see annotations.h); those that not all files have are left out and named.
 *
 *	struct agree_report report;
 *	if (agree_files(&report, paths, n, TASK_NER, progress, &err) == 0) ...
 *	agree_release(&report);
 *
 * A unit is a word and its category the whole tag; for relations, a line and its relation. A unit is
 * tagged by an annotator who gives it something other than O, or other than "None" (of Cohen's kappa of a
 * pair, by one of the two; else by any).
 */
#ifndef TAGSIGHT_PREPROCESS_AGREE_H
#define TAGSIGHT_PREPROCESS_AGREE_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"

#include <stddef.h>

enum agree_scope {
	AGREE_ALL,    /* all units */
	AGREE_TAGGED, /* units that an annotator tagged */
	AGREE_TYPE    /* all units, two categories: of the type or not */
};

/* Two annotators; measures are NAN where they are not defined. */
struct agree_pair {
	size_t a, b; /* numbers of the files */
	size_t units;
	double observed, cohen;
	/* Entities (see entity_reader.h), or relations other than "None": of a, of b, the same in both; F1 is
	 * 2 same / (a + b). The same for AGREE_ALL and AGREE_TAGGED. */
	size_t spans_a, spans_b, same;
	double f1;
};

struct agree_row {
	enum agree_scope scope;
	const char *type; /* NULL unless AGREE_TYPE */
	size_t units;
	double fleiss, krippendorff;
	double cohen, f1; /* means over the pairs where they are defined */
	struct agree_pair *pairs; /* [n_pairs] */
};

struct agree_report {
	size_t n_files, n_pairs;
	size_t records, units; /* that all files have */
	size_t left_out;       /* records that some file lacks; the first are told to the progress */
	size_t skipped;        /* records that could not be read */
	struct agree_row *rows; /* [n_rows]: all, tagged, then the types by name */
	size_t n_rows;
	struct str_table types;
};

/* 0, or -1 when a file cannot be read or memory is out; release in either case. */
int agree_files(struct agree_report *report, char *const *paths, size_t n, enum task task,
		struct progress *progress, struct err *err);
void agree_release(struct agree_report *report);

#endif
