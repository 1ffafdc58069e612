/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoNLL files: one token a line, columns apart by tabs or blanks, a blank line after each sentence,
 * and in the Twitter releases a line "IMGID:8" before each. The reader streams: memory is one
 * sentence, and the bytes of each line are kept as they stood.
 *
 *	while ((status = conll_next(&reader, &sentence, &arena, &err)) > 0)
 *		if (status == READ_OK) ...
 *		arena_reset(&arena);
 */
#ifndef TAGSIGHT_FORMATS_CONLL_H
#define TAGSIGHT_FORMATS_CONLL_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/sentence.h"

#include <stdbool.h>
#include <stdio.h>

#define CONLL_LINE_LIMIT ((size_t)1 << 20)   /* bytes of one line */
#define CONLL_TOKEN_LIMIT ((size_t)1 << 16) /* tokens of one sentence */

struct conll_reader;

/* Open `path` ("-" is standard input); NULL on failure. */
struct conll_reader *conll_open(const char *path, struct err *err);
void conll_close(struct conll_reader *reader);

/* The next sentence. READ_BAD: it was stepped over, *err says why (a line past the limit). A token
 * line is split at tabs when it has one, else at blanks and tabs; U+00A0 does not separate. */
enum read_status conll_next(struct conll_reader *reader, struct sentence *sentence,
			    struct arena *arena, struct err *err);

/* Lines read so far, and whether the last byte of the file was a newline after a blank line: both
 * are final after READ_EOF. */
size_t conll_lines(const struct conll_reader *reader);
bool conll_ended_blank(const struct conll_reader *reader);

/* Called for each line before it is interpreted, for rules about lines (bytes without the line
 * end; `ending` is "\n", "\r\n", "\r" or ""). */
struct conll_line {
	const char *text;
	size_t length;
	size_t number; /* from 1 */
	const char *ending;
};
void conll_on_line(struct conll_reader *reader,
		   void (*call)(void *context, const struct conll_line *line), void *context);

#endif
