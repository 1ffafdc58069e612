/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two texts, apart at the first byte 0xff, are compared. What stands in one from the other is told from both
 * sides, and pairs that are called alike are.
 */
#include "preprocess/overlap/overlap.h"
#include "preprocess/overlap/test_hashes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int open_bytes(const void *bytes, size_t size, char path[64])
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || (size && write(fd, bytes, size) != (ssize_t)size))
		abort();
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void add_split(struct dataset *dataset, const char *name, const char *path, enum task task)
{
	struct split *split = dataset_add(dataset);

	if (!split)
		abort();
	split->task = task;
	split->layout = "conll";
	split->set = strdup("set");
	split->name = strdup(name);
	split->text = strdup(path);
}

static void look_at_pairs(const struct overlap *overlap)
{
	struct overlap_count from = overlap_count(overlap, 0, 1), in = overlap_count(overlap, 1, 0);
	struct overlap_pair pair;
	size_t at = 0, n = 0;

	while (overlap_next(overlap, &at, &pair)) {
		if (pair.record.side == pair.other.side || !pair.record.line || !pair.other.line ||
		    pair.similarity < 0.69 || pair.similarity > 1)
			abort();
		n++;
	}
	if (n != from.exact + from.normalised + from.near + in.exact + in.normalised + in.near)
		abort();
	if (!(from.exact + from.normalised + from.near) != !(in.exact + in.normalised + in.near))
		abort();
}

static void compare(const char *one, const char *other, enum task task)
{
	struct overlap_options options = OVERLAP_OPTIONS_INIT;
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;
	struct overlap *overlap;

	options.jobs = 1;
	overlap = overlap_new(&options);
	add_split(&dataset, "train", one, task);
	add_split(&dataset, "test", other, task);
	if (!overlap || overlap_add(overlap, &dataset, NULL, &err) < 0 ||
	    overlap_match(overlap, NULL, &err) < 0)
		abort();
	look_at_pairs(overlap);
	overlap_free(overlap);
	dataset_release(&dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, 0xff, size) : NULL;
	size_t first = cut ? (size_t)(cut - data) : size, rest = cut ? size - first - 1 : 0;
	struct err err = ERR_INIT;
	char one[64], other[64];
	int fd, second;

	if (size == 0)
		return 0;
	fd = open_bytes(data, first, one);
	second = open_bytes(cut ? cut + 1 : NULL, rest, other);
	compare(one, other, data[0] == '{' ? TASK_RE : TASK_NER);
	test_hashes_free(test_hashes_read(one, &err));
	close(fd);
	close(second);
	return 0;
}
