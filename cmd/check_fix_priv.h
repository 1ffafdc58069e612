/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of `tagsight check --fix`. The changes of a file are staged until the file is mended, then logged,
 * then the file appears, then they are shown.
 */
#ifndef TAGSIGHT_CMD_CHECK_FIX_PRIV_H
#define TAGSIGHT_CMD_CHECK_FIX_PRIV_H

#include "cmd/check_fix.h"

#include "lib/base/str_table.h"
#include "preprocess/repair/repair.h"
#include "preprocess/repair/repair_target.h"

#define MENDS 64 /* more than there are */

struct fix {
	struct repair_sink sink; /* first: the sink is the fix */
	const struct command *command;
	const struct check_fix_options *options;
	struct repair_options repair;
	const struct dataset *dataset;
	FILE *out;          /* results */
	bool json;
	FILE *staged_log;   /* JSON of the changes of the file in hand */
	FILE *staged_text;  /* what is shown of them; NULL where it is the same, or a diff */
	struct repair_target target;
	struct unified_diff *diff;
	size_t file_shown[MENDS], shown[MENDS], counts[MENDS]; /* by row of the table of mends */
	struct str_table pictures; /* that were looked at */
	size_t n_files, n_mended, n_changes, n_failed;
};

/* Mend a text, or the pictures of a split; 0, or -1 when that file (then *err says so) stays as it was. */
int fix_text(struct fix *fix, const struct split *split, struct err *err);
int fix_pictures(struct fix *fix, const struct split *split, struct err *err);

/* The sink of the changes. */
void fix_on_change(struct repair_sink *sink, const struct repair_change *change);
void fix_on_piece(struct repair_sink *sink, const char *before, size_t before_length, const char *after,
		  size_t after_length);

#endif
