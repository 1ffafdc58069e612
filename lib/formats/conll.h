/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoNLL files: one token a line, columns apart by tabs or blanks, a blank line after each sentence,
 * and in the Twitter releases a line "IMGID:8" before each. The reader streams: memory is one
 * sentence, and the bytes of each line are kept as they stood.
 *
 *	while ((status = conll_next(reader, &sentence, &arena, &err)) > READ_EOF) {
 *		if (status == READ_OK) ...
 *		arena_reset(&arena);
 *	}
 */
#ifndef TAGSIGHT_FORMATS_CONLL_H
#define TAGSIGHT_FORMATS_CONLL_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/sentence.h"
#include "lib/formats/line_reader.h"

#include <stdbool.h>
#include <stddef.h>

#define CONLL_LINE_LIMIT ((size_t)1 << 20)      /* bytes of one line */
#define CONLL_TOKEN_LIMIT ((size_t)1 << 16)     /* tokens of one sentence */
#define CONLL_SENTENCE_LIMIT ((size_t)16 << 20) /* bytes of the lines of one sentence */

struct conll_reader;

/* Open `path` ("-" is standard input); NULL on failure. */
struct conll_reader *conll_open(const char *path, struct err *err);
/* The same over a piece of a file that starts at the start of a sentence; record numbers count from
 * there. Without a rest, the lines of tokens point into the piece. */
struct conll_reader *conll_open_piece(const struct text_piece *piece, struct err *err);
void conll_close(struct conll_reader *reader);

/*
 * The next sentence. READ_BAD: it was stepped over, *err says why and where (a line, or the whole
 * sentence, past its limit), and sentence->record is its number.
 *
 * A sentence ends at a blank line (or one of blanks alone), at the next id and at the end of the
 * file. One that has an id and no token at all is given with n_tokens 0; blank lines without an id
 * give nothing. "-DOCSTART-" lines are stepped over.
 */
enum read_status conll_next(struct conll_reader *reader, struct sentence *sentence,
			    struct arena *arena, struct err *err);

/* Lines read so far, and whether the file ended with a blank line (an empty file counts as one that
 * did): both are final after READ_EOF. */
size_t conll_lines(const struct conll_reader *reader);
bool conll_ended_blank(const struct conll_reader *reader);

/* The bytes of the file (or piece) that the sentence given last stood in: from the start of its first
 * line, the id's where it has one, to the end of its last line, without the line end. */
void conll_place(const struct conll_reader *reader, size_t *offset, size_t *length);

/* Have each line shown before it is interpreted. */
void conll_on_line(struct conll_reader *reader, struct line_hook hook);

/* Column number `index`, from 0, of a token line of `length` bytes: *text points into it and *size
 * is its length. A line with a tab is split at each tab, so columns may be empty; others at runs of
 * blanks; U+00A0 does not separate. False when there are not that many. */
bool conll_column(const char *line, size_t length, size_t index, const char **text, size_t *size);

/* Number of columns of a token line. */
size_t conll_columns(const char *line, size_t length);

/* What an id line holds: true when the line starts with "IMGID:"; *id is the rest without the
 * blanks around it. */
bool conll_id_line(const char *line, size_t length, const char **id, size_t *size);

/* True for a line that ends a sentence: nothing, or blanks and tabs alone. */
bool conll_blank_line(const char *line, size_t length);

#endif
