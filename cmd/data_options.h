/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of every command that takes DATA. Put DATA_OPTIONS(struct x) into the table and a
 * `struct layout_options data;` into the struct.
 *
 *	struct dataset dataset = DATASET_INIT;
 *	if (data_options_open(command, &options.common, &options.data, argv[0], &dataset, &status) < 0)
 *		return status;
 *	dataset_release(&dataset);
 */
#ifndef TAGSIGHT_CMD_DATA_OPTIONS_H
#define TAGSIGHT_CMD_DATA_OPTIONS_H

#include "cmd/cmd.h"
#include "preprocess/layout.h"

#define DATA_OPTION(type, name, kind, field, argument, help, choices) \
	{ 0, name, kind, offsetof(type, data) + offsetof(struct layout_options, field), argument, \
	  help, choices }

#define DATA_OPTIONS(type) \
	DATA_OPTION(type, "layout", OPT_CHOICE, layout, "NAME", "read DATA as this layout", LAYOUT_NAMES), \
	DATA_OPTION(type, "task", OPT_CHOICE, task, "TASK", "only this task; how to read a lone file", "ner|re"), \
	DATA_OPTION(type, "split", OPT_STRING, split, "NAME", "only this split: train, valid or test", NULL), \
	DATA_OPTION(type, "images", OPT_STRING, images, "DIR", "folder of the pictures", NULL), \
	DATA_OPTION(type, "crops", OPT_STRING, crops, "DIR", "folder of the crops", NULL)

/* Recognise `path` (a file, a folder or "-"), name the layout on stderr. 0, or -1 with *status set
 * and the reason reported; `dataset` is then released. */
int data_options_open(const struct command *command, const struct common_options *common,
		      const struct layout_options *options, const char *path,
		      struct dataset *dataset, int *status);

/* The same for a command that works on the lines of one file a split: UMGF's my_data is refused. */
int data_options_open_files(const struct command *command, const struct common_options *common,
			    const struct layout_options *options, const char *path,
			    struct dataset *dataset, int *status);

/* ERR_DATA when a split keeps one file a tweet, as UMGF's my_data does. */
int data_options_need_files(const struct dataset *dataset, struct err *err);

#endif
