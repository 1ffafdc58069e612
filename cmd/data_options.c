/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/data_options.h"

#include "lib/base/buf.h"

#include <string.h>

/* "hvpnet-ner twitter2015 (train, valid), hvpnet-re mnre (train)": one part a set. */
static void describe(const struct dataset *dataset, struct buf *out)
{
	for (size_t i = 0; i < dataset->n_splits; i++) {
		const struct split *split = &dataset->splits[i], *before = i ? split - 1 : NULL;
		const char *name = *split->name ? split->name : layout_task_name(split->task);

		if (before && before->layout == split->layout &&
		    strcmp(before->set, split->set) == 0)
			buf_add_format(out, ", %s", name);
		else
			buf_add_format(out, "%s%s %s (%s", before ? "), " : "", split->layout,
				       split->set, name);
	}
	buf_add_char(out, ')');
}

int data_options_open(const struct command *command, const struct common_options *common,
		      const struct layout_options *options, const char *path,
		      struct dataset *dataset, int *status)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;

	if (layout_recognise(dataset, path, options, &err) < 0) {
		dataset_release(dataset);
		*status = command_fail(command, &err);
		return -1;
	}
	describe(dataset, &text);
	command_note(command, common, "'%s' is %s", path, text.data);
	buf_release(&text);
	return 0;
}
