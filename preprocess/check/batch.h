/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of records of one text on its way through the rules. One thread reads it and runs the rules
 * that may run anywhere; then, in the order of the file, its records are shown to the other rules and
 * what was found joins the run.
 *
 *	batch_open(&batch, &text, &piece, &err);
 *	do {
 *		status = batch_fill(&batch, &err);
 *		...                                 wait for the turn
 *		batch_merge(&batch, check, &summary);
 *	} while (status == READ_OK);
 *	batch_close(&batch);
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_BATCH_H
#define TAGSIGHT_PREPROCESS_CHECK_BATCH_H

#include "lib/formats/line_reader.h"
#include "preprocess/check/check_priv.h"

struct conll_reader;
struct mnre_reader;
struct umgf_text_reader;
struct batch_record;

struct batch {
	struct check check; /* of this thread: the rules' view while they run anywhere */
	struct hash128 seed; /* of the digests of this text */
	const struct file_state *text; /* the text in hand, before its first line */
	struct conll_reader *conll; /* one of the three is open */
	struct mnre_reader *mnre;
	struct umgf_text_reader *umgf;
	struct arena arena;
	struct batch_record *records; /* [n] */
	size_t n, capacity;
	struct rule_run **line_runs; /* [n_line_runs]: those of check.runs that see lines, those that see
				      * each line first */
	size_t n_line_runs, n_all_lines;
	struct buf line_record; /* where check.record points while a line is shown */
	bool after_blank;
	const char *odd, *end; /* the first odd byte not yet passed, and the end, of a piece without a
				* rest; else NULL */
};

/* Ready for the texts of a run. On failure (memory) there is nothing to release. */
int batch_init(struct batch *batch, const struct check *whole);
void batch_release(struct batch *batch);

/* Read a piece of a text, which is `text` before its first line; both are borrowed until
 * batch_close(). */
int batch_open(struct batch *batch, const struct file_state *text, const struct text_piece *piece,
	       struct err *err);

/* The same for a text that is a folder of files, all of it. */
int batch_open_folder(struct batch *batch, const struct file_state *text, struct err *err);
void batch_close(struct batch *batch);

/* Read some thousand records at most. READ_OK: the piece has more; READ_EOF: these were the last;
 * READ_FAIL. */
enum read_status batch_fill(struct batch *batch, struct err *err);

/* Show the records to the rules that see them in order, count them, and give the findings to the
 * run. Batches of a text are merged in the order of the file. */
void batch_merge(struct batch *batch, struct check *whole, struct check_summary *summary);

#endif
