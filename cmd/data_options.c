/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/data_options.h"

#include "lib/base/buf.h"

#include <string.h>

int data_options_need_files(const struct dataset *dataset, struct err *err)
{
	for (size_t i = 0; i < dataset->n_splits; i++)
		if (strcmp(dataset->splits[i].layout, "umgf") == 0)
			return err_set(err, ERR_DATA,
				       "'%s' is UMGF's my_data, which keeps one file a tweet; name the "
				       "CoNLL files (train.txt, ...) that it was made from",
				       dataset->splits[i].text);
	return 0;
}

static int open_data(const struct command *command, const struct common_options *common,
		     const struct layout_options *options, const char *path, bool need_files,
		     struct dataset *dataset, int *status)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;

	if (layout_recognise(dataset, path, options, &err) < 0 ||
	    (need_files && data_options_need_files(dataset, &err) < 0)) {
		dataset_release(dataset);
		*status = command_fail(command, &err);
		return -1;
	}
	layout_describe(dataset, &text);
	command_note(command, common, "'%s' is %s", path, text.data);
	buf_release(&text);
	return 0;
}

int data_options_open(const struct command *command, const struct common_options *common,
		      const struct layout_options *options, const char *path,
		      struct dataset *dataset, int *status)
{
	return open_data(command, common, options, path, false, dataset, status);
}

int data_options_open_files(const struct command *command, const struct common_options *common,
			    const struct layout_options *options, const char *path,
			    struct dataset *dataset, int *status)
{
	return open_data(command, common, options, path, true, dataset, status);
}
