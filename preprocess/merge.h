/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two annotated files joined, by what each changed since a common base: record by record, matched by
 * id and words (see annotations.h), and entity by entity inside a tweet (see lib/corpus/tag_merge.h).
 * Records that nobody changed are written byte for byte; the order and what stands between records
 * are ours.
 *
 *	struct merge_options options = { "anna.txt", "ben.txt", "base.txt", TASK_NER, MERGE_KEEP };
 *	merge_files(&options, out, &report, progress, &err);
 *	merge_report_release(&report);
 */
#ifndef TAGSIGHT_PREPROCESS_MERGE_H
#define TAGSIGHT_PREPROCESS_MERGE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/tag_merge.h"

#include <stddef.h>
#include <stdio.h>

struct merge_options {
	const char *ours, *theirs;
	const char *base; /* NULL: all that differs is a conflict */
	enum task task;
	enum merge_choice choice; /* MERGE_KEEP: conflicts are left to a person */
};

/* What a person has to decide. Strings and arrays belong to the report. */
struct merge_clash {
	const char *record;  /* "IMGID:8" */
	size_t line;         /* in the output, from 1 */
	size_t column;       /* of the tag, in characters from 1; 0: the whole record */
	size_t begin, end;   /* words; the same when it is the whole record */
	const char *text;    /* these words, or those of the record */
	const char *base, *our, *their; /* what each has: "LOC 'New York'", "nothing", a relation;
					 * base NULL: there is no base */
	const char *message;
};

struct merge_report {
	size_t records;      /* written */
	size_t ours, theirs; /* of these, with a change of one side alone */
	size_t both;         /* with changes of both, or the same change */
	size_t added, removed;
	size_t decided;      /* conflicts that the choice decided */
	struct merge_clash *clashes; /* those that it left */
	size_t n_clashes, capacity;
	struct arena arena;
};

/* Write the merged records to `out`. 0, or -1 when a file cannot be read, holds a record that is none,
 * or memory is out; write errors are left to the stream. Release the report in either case. */
int merge_files(const struct merge_options *options, FILE *out, struct merge_report *report,
		struct progress *progress, struct err *err);
void merge_report_release(struct merge_report *report);

#endif
