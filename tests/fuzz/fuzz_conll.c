/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/conll.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tokens(const struct sentence *sentence)
{
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		const char *text;
		size_t length;

		if (strlen(token->word) > token->line_length ||
		    conll_column(token->line, token->line_length, token->columns, &text, &length) ||
		    !conll_column(token->line, token->line_length, token->columns - 1, &text, &length))
			abort();
	}
}

static void compare(const struct sentence *a, const struct sentence *b)
{
	if (a->n_tokens != b->n_tokens || a->id_line != b->id_line || a->record != b->record)
		abort();
	for (size_t i = 0; i < a->n_tokens; i++) {
		const struct token *x = &a->tokens[i], *y = &b->tokens[i];

		if (strcmp(x->word, y->word) != 0 || x->columns != y->columns ||
		    x->line_number != y->line_number || (x->tag == NULL) != (y->tag == NULL) ||
		    (x->tag && strcmp(x->tag, y->tag) != 0))
			abort();
	}
}

/* A file and the same bytes as one piece give the same sentences. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_piece piece = { "input", (const char *)data, size, 0, NULL };
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct conll_reader *reader, *other;
	struct sentence sentence, same;
	enum read_status status;
	char path[64];
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reader = conll_open(path, &err);
	other = conll_open_piece(&piece, &err);
	if (!reader || !other)
		abort();
	while ((status = conll_next(reader, &sentence, &arena, &err)) > READ_EOF) {
		if (conll_next(other, &same, &arena, &err) != status)
			abort();
		check_tokens(&sentence);
		compare(&sentence, &same);
		arena_reset(&arena);
	}
	if (conll_next(other, &same, &arena, &err) != READ_EOF ||
	    conll_lines(reader) != conll_lines(other) ||
	    conll_ended_blank(reader) != conll_ended_blank(other))
		abort();
	conll_close(reader);
	conll_close(other);
	arena_release(&arena);
	close(fd);
	return 0;
}
