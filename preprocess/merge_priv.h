/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What matching the records (merge_match.c), deciding each (merge_record.c) and writing them
 * (merge.c) share.
 */
#ifndef TAGSIGHT_PREPROCESS_MERGE_PRIV_H
#define TAGSIGHT_PREPROCESS_MERGE_PRIV_H

#include "preprocess/annotations.h"
#include "preprocess/merge.h"

#include <stdbool.h>

#define NO_RECORD SIZE_MAX

/* A record of one to three files: numbers, or NO_RECORD. */
struct merge_item {
	size_t base, ours, theirs;
	size_t place; /* in the output: after this many records of ours */
	size_t order; /* among those of one place */
};

struct merge {
	const struct merge_options *options;
	struct annotations base, ours, theirs; /* base is empty where there is none */
	struct merge_item *items; /* [n_items], in the order of the output */
	size_t n_items;
	struct merge_report *report;
	struct arena arena; /* of the record in hand */
	/* The output. */
	FILE *out;
	size_t lines; /* line ends written */
	bool open_line; /* the last line has no end yet */
	/* What stands behind the last record in its file is written when it is known whether another
	 * record follows. NULL before the first. */
	const struct annotations *gap_file;
	const struct annotation *gap_record;
};

/* Find which records of the files are the same. */
int merge_match(struct merge *merge, struct err *err);

/* What becomes of an item: the bytes of a record, with the tags [n_words] where they are not NULL. */
struct merge_result {
	const struct annotations *file; /* NULL: the record goes */
	const struct annotation *record;
	const char *const *tags;
	struct merge_clash *clashes; /* [n_clashes] that are left; lines and columns are not set yet */
	size_t n_clashes;
};

/* Decide an item; all of *out belongs to merge->arena, the clashes' strings to the report. */
int merge_decide(struct merge *merge, const struct merge_item *item, struct merge_result *out,
		 struct err *err);

#endif
