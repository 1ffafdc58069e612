/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/output.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "lib/image/encode.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define SUBSTITUTE "inf.png"
#define SUBSTITUTE_SIDE 224

struct unreadable {
	const struct ground_plan *plan;
	struct file_writer writer;
	size_t n;
};

static int begin(const struct ground_context *context, void **state, struct err *err)
{
	struct unreadable *unreadable = checked_calloc(1, sizeof(*unreadable));

	if (!unreadable)
		return err_set_memory(err);
	*state = unreadable;
	unreadable->plan = context->plan;
	return file_writer_open(&unreadable->writer, context->plan->paths.unreadable, err);
}

static int add_record(void *state, const struct ground_result *result, struct err *err)
{
	struct unreadable *unreadable = state;
	json_t *line;

	if (!result->first || !result->fault)
		return 0;
	unreadable->n++;
	line = json_pack("{s:o,s:o,s:o}", "picture", json_text(result->picture->name), "image",
			 json_text(result->image), "fault", json_text(result->fault));
	if (!line)
		return err_set_memory(err);
	if (json_line_write(unreadable->writer.stream, line) < 0)
		return err_set_errno(err, "write", unreadable->plan->paths.unreadable);
	return 0;
}

/* HVPNeT opens inf.png beside the pictures in place of one that it cannot read, and stops where
 * there is none, as in its own repository. A black picture then does. */
static int write_substitute(const struct ground_plan *plan, struct err *err)
{
	struct image black = IMAGE_INIT;
	char *path = file_join(plan->split->images, SUBSTITUTE);
	int rc = 0;

	if (!path)
		return err_set_memory(err);
	if (file_is_folder(plan->split->images) && !file_exists(path)) {
		rc = image_alloc(&black, SUBSTITUTE_SIDE, SUBSTITUTE_SIDE, err);
		if (rc == 0)
			rc = image_encode_png(&black, path, err);
	}
	image_release(&black);
	free(path);
	return rc;
}

static int finish(void *state, struct ground_report *report, struct err *err)
{
	struct unreadable *unreadable = state;
	const struct ground_plan *plan = unreadable->plan;

	report->unreadable = unreadable->n;
	if (unreadable->n == 0) {
		if (unlink(plan->paths.unreadable) < 0 && errno != ENOENT)
			return err_set_errno(err, "remove", plan->paths.unreadable);
		return 0;
	}
	if (plan->split->dict && plan->split->images && write_substitute(plan, err) < 0)
		return -1;
	return file_writer_commit(&unreadable->writer, err);
}

static void release(void *state)
{
	struct unreadable *unreadable = state;

	file_writer_abort(&unreadable->writer);
	free(unreadable);
}

const struct ground_output ground_unreadable_output = { begin, add_record, finish, release };
