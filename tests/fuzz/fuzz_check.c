/* SPDX-License-Identifier: Apache-2.0 */
/* Both kinds of text through all rules: the first byte chooses which, so that seeds stay readable. After
 * N or R, the text is repeated over several blocks, and one thread must find what three find. */
#include "preprocess/check/check.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BLOCKS ((size_t)140 << 10) /* bytes that are more than one block */

struct findings {
	struct finding_sink sink;
	size_t n, sum;
};

static void look(struct finding_sink *sink, const struct finding *finding)
{
	struct findings *findings = (struct findings *)sink;

	if (!finding->rule || !finding->file || !finding->message || !*finding->message)
		abort();
	findings->n++;
	findings->sum = findings->sum * 31 + finding->line * 7 + finding->column +
			strlen(finding->message) + (size_t)finding->rule[5];
}

static void run(const char *path, bool relations, int jobs, struct findings *findings)
{
	struct check_options options = CHECK_OPTIONS_INIT;
	struct dataset dataset = DATASET_INIT;
	struct check_summary summary;
	struct err err = ERR_INIT;
	struct split *split = dataset_add(&dataset);

	if (!split)
		abort();
	split->task = relations ? TASK_RE : TASK_NER;
	split->layout = relations ? "hvpnet-re" : "conll";
	split->set = strdup("set");
	split->name = strdup("train");
	split->text = strdup(path);
	options.jobs = jobs;
	*findings = (struct findings){ { look }, 0, 0 };
	if (check_run(&options, &dataset, &findings->sink, &summary, NULL, &err) < 0)
		abort();
	dataset_release(&dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool relations = size && (data[0] | 0x20) == 'r', many = size > 16 && (data[0] == 'N' || data[0] == 'R');
	size_t written = 0;
	struct findings one, three;
	char path[64];
	int fd;

	if (size == 0)
		return 0;
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0)
		abort();
	do {
		if (write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
			abort();
		written += size - 1;
	} while (many && written < BLOCKS);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	run(path, relations, 1, &one);
	if (many) {
		run(path, relations, 3, &three);
		if (one.n != three.n || one.sum != three.sum)
			abort();
	}
	close(fd);
	return 0;
}
