/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `tagsight ground` says of a split when it is done: a line of result, and a note of where all lies.
 */
#ifndef TAGSIGHT_CMD_GROUND_PRINT_H
#define TAGSIGHT_CMD_GROUND_PRINT_H

#include "cmd/cmd.h"
#include "preprocess/ground/ground.h"

struct ground_print {
	const struct dataset *dataset;
	const struct ground_options *options;
	const char *shard; /* as given; NULL: none */
	FILE *out;
};

int ground_print(const struct command *command, const struct common_options *common,
		 const struct ground_print *print, const struct split *split,
		 const struct ground_report *report, struct err *err);

#endif
