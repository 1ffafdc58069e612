/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/conll.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct conll_reader *reader;
	struct sentence sentence;
	char path[64];
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reader = conll_open(path, &err);
	if (!reader)
		abort();
	while (conll_next(reader, &sentence, &arena, &err) > READ_EOF) {
		for (size_t i = 0; i < sentence.n_tokens; i++) {
			const struct token *token = &sentence.tokens[i];
			const char *text;
			size_t length;

			if (strlen(token->word) > token->line_length ||
			    conll_column(token->line, token->line_length, token->columns, &text,
					 &length) ||
			    !conll_column(token->line, token->line_length, token->columns - 1,
					  &text, &length))
				abort();
		}
		arena_reset(&arena);
	}
	conll_close(reader);
	arena_release(&arena);
	close(fd);
	return 0;
}
