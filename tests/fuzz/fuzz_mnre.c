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

/* A line that was read has values, and with another relation it is read as that. */
static void must_be_writable(const char *line, size_t length)
{
	static const char name[] = "/a\\'\"\xc3\xa9";
	struct arena arena = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	struct text_piece piece = { "-", NULL, 0, 1, NULL };
	struct mnre_reader *reader;
	struct mnre_values values;
	struct relation relation;

	if (mnre_find_values(line, length, &values, &err) < 0 || !values.head.end ||
	    !values.tail.end || !values.relation.end)
		abort();
	buf_add(&out, line, values.relation.begin);
	mnre_write_text(&out, line + values.relation.begin,
			values.relation.end - values.relation.begin, name);
	buf_add(&out, line + values.relation.end, length - values.relation.end);
	piece.bytes = out.data;
	piece.length = out.length;
	reader = mnre_open_piece(&piece, &err);
	if (!reader || mnre_next(reader, &relation, &arena, &err) != READ_OK ||
	    strcmp(relation.relation, name) != 0)
		abort();
	mnre_close(reader);
	arena_release(&arena);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct mnre_reader *reader;
	struct relation relation;
	enum read_status status;
	size_t begin, length;
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
			mnre_place(reader, &begin, &length);
			must_be_writable((const char *)data + begin, length);
		}
		arena_reset(&arena);
	}
	mnre_close(reader);
	arena_release(&arena);
	close(fd);
	return 0;
}
