/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/data_options.h"

#include "lib/base/buf.h"

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
	layout_describe(dataset, &text);
	command_note(command, common, "'%s' is %s", path, text.data);
	buf_release(&text);
	return 0;
}
