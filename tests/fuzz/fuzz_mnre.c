/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/mnre.h"

#include "lib/base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_utf8(const char *text)
{
	if (utf8_valid_prefix(text, strlen(text)) != strlen(text))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct mnre_reader *reader;
	struct relation relation;
	enum read_status status;
	char path[64];
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reader = mnre_open(path, &err);
	if (!reader)
		abort();
	while ((status = mnre_next(reader, &relation, &arena, &err)) > READ_EOF) {
		if (status == READ_OK) {
			for (size_t i = 0; i < relation.n_words; i++)
				must_be_utf8(relation.words[i]);
			must_be_utf8(relation.head.name);
			must_be_utf8(relation.tail.name);
			must_be_utf8(relation.image);
			must_be_utf8(relation.relation);
		}
		arena_reset(&arena);
	}
	mnre_close(reader);
	arena_release(&arena);
	close(fd);
	return 0;
}
