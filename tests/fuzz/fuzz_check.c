/* SPDX-License-Identifier: Apache-2.0 */
/* Both kinds of text through all rules: the first byte chooses which, so that seeds stay readable. */
#include "lib/base/utf8.h"
#include "preprocess/check/check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct finding_sink *sink, const struct finding *finding)
{
	(void)sink;
	if (!finding->rule || !finding->file || !finding->message || !*finding->message)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct check_options options = CHECK_OPTIONS_INIT;
	struct dataset dataset = DATASET_INIT;
	struct finding_sink sink = { look };
	struct check_summary summary;
	struct err err = ERR_INIT;
	struct split *split;
	char path[64];
	int fd;

	if (size == 0)
		return 0;
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	split = dataset_add(&dataset);
	if (!split)
		abort();
	split->task = data[0] == 'r' ? TASK_RE : TASK_NER;
	split->layout = data[0] == 'r' ? "hvpnet-re" : "conll";
	split->set = strdup("set");
	split->name = strdup("train");
	split->text = strdup(path);
	options.jobs = 1;
	if (check_run(&options, &dataset, &sink, &summary, NULL, &err) < 0)
		abort();
	dataset_release(&dataset);
	close(fd);
	return 0;
}
