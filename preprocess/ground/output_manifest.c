/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/output.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"

#include <stdlib.h>

struct manifest {
	const struct ground_context *context;
	struct file_writer writer;
};

static int begin(const struct ground_context *context, void **state, struct err *err)
{
	struct manifest *manifest = checked_calloc(1, sizeof(*manifest));

	if (!manifest)
		return err_set_memory(err);
	*state = manifest;
	manifest->context = context;
	return file_writer_open(&manifest->writer, context->plan->paths.boxes, err);
}

static int add_record(void *state, const struct ground_result *result, struct err *err)
{
	struct manifest *manifest = state;
	const struct ground_context *context = manifest->context;

	for (size_t i = 0; i < result->n_boxes; i++) {
		const struct ground_box *box = &result->boxes[i];
		const struct manifest_entry entry = {
			.image = result->image,
			.record = result->name,
			.phrase = box->phrase,
			.kind = box->kind,
			.box = box->box,
			.score = box->score,
			.class_name = box->class_name,
			.crop = box->crop,
			.model = context->grounder->name,
			.model_sha256 = context->grounder->model_sha256,
			.version = context->options->version,
			.settings = context->grounder->settings,
		};

		if (manifest_write(manifest->writer.stream, &entry) < 0)
			return err_set_errno(err, "write", context->plan->paths.boxes);
	}
	return 0;
}

static int finish(void *state, struct ground_report *report, struct err *err)
{
	struct manifest *manifest = state;

	(void)report;
	return file_writer_commit(&manifest->writer, err);
}

static void release(void *state)
{
	struct manifest *manifest = state;

	file_writer_abort(&manifest->writer);
	free(manifest);
}

const struct ground_output ground_manifest_output = { begin, add_record, finish, release };
