/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tagsight check --fix`: mend what can be mended, keep the originals, log every change.
 */
#ifndef TAGSIGHT_CMD_CHECK_FIX_H
#define TAGSIGHT_CMD_CHECK_FIX_H

#include "cmd/cmd.h"
#include "preprocess/layout.h"

struct check_fix_options {
	const struct common_options *common;
	const struct layout_options *data;
	const struct str_list *only, *except;
	const char *policy; /* one of CHECK_FIX_POLICIES; NULL is the first */
	size_t max_per_rule;
	bool unsafe, dry_run;
	bool rename; /* pictures whose name tells another format */
};

#define CHECK_FIX_POLICIES "begin|previous|outside"

/* Mend the data of `n` paths; an exit status. */
int check_fix(const struct command *command, const struct check_fix_options *options, int n,
	      char **paths);

/* List what is mended. */
int check_fix_rules(const struct command *command, const struct common_options *common);

#endif
