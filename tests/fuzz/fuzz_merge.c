/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three annotated files, parted by bytes of 0xfe, merged each way: no input stops it, and a side that is
 * the base's own file gives the other one as it stands.
 */
#include "preprocess/merge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	int fd;
	char path[64];
	const uint8_t *bytes;
	size_t size;
};

static void input_open(struct input *input, const uint8_t *bytes, size_t size)
{
	input->fd = memfd_create("input", MFD_CLOEXEC);
	input->bytes = bytes;
	input->size = size;
	if (input->fd < 0 || write(input->fd, bytes, size) != (ssize_t)size)
		abort();
	snprintf(input->path, sizeof(input->path), "/proc/self/fd/%d", input->fd);
}

/* The merged bytes on the heap, or NULL when the files are refused. */
static char *merge(const struct input *ours, const struct input *theirs, const struct input *base,
		   enum task task, enum merge_choice choice, size_t *size)
{
	struct merge_options options = { ours->path, theirs->path, base ? base->path : NULL, task, choice };
	struct merge_report report;
	struct err err = ERR_INIT;
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, size);
	int rc;

	if (!out)
		abort();
	rc = merge_files(&options, out, &report, NULL, &err);
	for (size_t i = 0; rc == 0 && i < report.n_clashes; i++)
		if (!report.clashes[i].message || !report.clashes[i].line)
			abort();
	merge_report_release(&report);
	fclose(out);
	if (rc == 0)
		return bytes;
	free(bytes);
	return NULL;
}

static void merge_all(const struct input *inputs, enum task task)
{
	size_t size;
	char *same;

	for (enum merge_choice choice = MERGE_KEEP; choice <= MERGE_UNION; choice++)
		free(merge(&inputs[0], &inputs[1], &inputs[2], task, choice, &size));
	free(merge(&inputs[0], &inputs[1], NULL, task, MERGE_KEEP, &size));
	same = merge(&inputs[0], &inputs[2], &inputs[2], task, MERGE_KEEP, &size);
	if (same && (size != inputs[0].size || memcmp(same, inputs[0].bytes, size) != 0))
		abort();
	free(same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input inputs[3];

	for (size_t i = 0; i < 3; i++) {
		const uint8_t *end = i < 2 && size ? memchr(data, 0xfe, size) : NULL;
		size_t length = end ? (size_t)(end - data) : size;

		input_open(&inputs[i], data, length);
		data += length + (end != NULL);
		size -= length + (end != NULL);
	}
	merge_all(inputs, TASK_NER);
	merge_all(inputs, TASK_RE);
	for (size_t i = 0; i < 3; i++)
		close(inputs[i].fd);
	return 0;
}
