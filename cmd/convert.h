/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of `tagsight convert`: the list of formats, one conversion with its report, and the
 * conversion of all texts of a dataset's folder.
 */
#ifndef TAGSIGHT_CMD_CONVERT_H
#define TAGSIGHT_CMD_CONVERT_H

#include "cmd/cmd.h"
#include "preprocess/convert/convert.h"

struct convert_command {
	struct common_options common;
	const char *from, *to, *columns, *separator, *scheme, *from_scheme, *images, *image_url;
	struct str_list labels, renames;
	const char *voc_base, *boxes;
	int no_final_blank, no_ids, cut_words, predictions, lossy, list;
};

/* Write what each format holds. Returns an exit status. */
int convert_list_formats(const struct command *command, const struct common_options *common);

/* Run one conversion and report what is lost. Returns an exit status:
 * 1 when something is lost and nothing was written, or a record was skipped. */
int convert_run_job(const struct command *command, const struct convert_command *options,
		    const struct convert_job *job, const struct convert_options *choice);

/* Convert each text of a dataset's folder to OUT/SPLIT.EXTENSION (OUT/SET/... where there are several
 * sets); nothing is written when something would be lost in any. `job` has the output and its format.
 * Returns an exit status. */
int convert_dataset(const struct command *command, const struct convert_command *options,
		    const struct convert_job *job, const struct convert_options *choice);

#endif
