/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tagsight check --overlap`: a table of whose tweets stand where else, and the pairs themselves.
 */
#ifndef TAGSIGHT_CMD_CHECK_OVERLAP_H
#define TAGSIGHT_CMD_CHECK_OVERLAP_H

#include "cmd/cmd.h"
#include "preprocess/layout.h"

struct check_overlap_options {
	const struct common_options *common;
	const struct layout_options *data;
	/* Of the rules, "text-overlap" and "image-duplicate" count here. */
	const struct str_list *only, *except, *error;
	const char *hashes; /* a file of hashes to be searched as well; may be NULL */
	double similarity;
	bool pairs;
};

#define CHECK_OVERLAP_SIMILARITY 0.7

/* Compare the data of `n` paths; an exit status. */
int check_overlap(const struct command *command, const struct check_overlap_options *options, int n,
		  char **paths);

#endif
