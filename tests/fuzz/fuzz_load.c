/* SPDX-License-Identifier: Apache-2.0 */
/* A text through the emulations of all loaders: the first byte says whether it holds relations. */
#include "preprocess/load/load.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct finding_sink *sink, const struct finding *finding)
{
	(void)sink;
	if (!finding->rule || !*finding->message || finding->level < LEVEL_WARNING)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "hvpnet", "umt", "mkgformer", "gmner", "mega" };
	struct load_options options = { NULL, NULL, NULL };
	struct finding_sink sink = { look };
	struct split split = { .layout = "conll" };
	char path[64];
	int fd;

	if (size == 0)
		return 0;
	split.task = data[0] == 'r' ? TASK_RE : TASK_NER;
	fd = memfd_create("input", 0);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)size - 1)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	split.text = path;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct loader *loader = loader_find(names[i]);
		struct err err = ERR_INIT;

		if (loader_can_read(loader, &split) &&
		    load_check(loader, &split, &options, &sink, &err) < 0 && err.kind != ERR_DATA)
			abort();
	}
	close(fd);
	return 0;
}
