/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MNRE files: one relation a line, a Python literal or JSON:
 *	{'token': [...], 'h': {'name': ..., 'pos': [b, e]}, 't': {...}, 'img_id': ..., 'relation': ...}
 * Python's string escapes and prefixes are understood; nothing is evaluated. Keys that are not
 * named here are stepped over, and of two equal keys the last one counts, as in Python.
 */
#ifndef TAGSIGHT_FORMATS_MNRE_H
#define TAGSIGHT_FORMATS_MNRE_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/corpus/relation.h"
#include "lib/formats/line_reader.h"

#include <stddef.h>

#define MNRE_LINE_LIMIT ((size_t)1 << 20) /* bytes of one line */

struct mnre_reader;

/* Open `path` ("-" is standard input); NULL on failure. */
struct mnre_reader *mnre_open(const char *path, struct err *err);
/* The same over a piece of a file that starts at the start of a line. */
struct mnre_reader *mnre_open_piece(const struct text_piece *piece, struct err *err);
void mnre_close(struct mnre_reader *reader);

/* The next line. READ_BAD: the line is no relation; *err has line and column (in characters), and
 * relation->record and line_number are set. Blank lines are skipped, yet count in `record`, which
 * is the line's number from 0. Spans are as the file says and may be out of range. Strings are valid
 * UTF-8: bad bytes and lone surrogates become U+FFFD, U+0000 is left out. */
enum read_status mnre_next(struct mnre_reader *reader, struct relation *relation,
			   struct arena *arena, struct err *err);

/* Lines read so far. */
size_t mnre_lines(const struct mnre_reader *reader);

/* The bytes of the file (or piece) that the line given last stood in, without its line end. */
void mnre_place(const struct mnre_reader *reader, size_t *offset, size_t *length);

/* Where in a line, as offsets of bytes, some of its values stand: those that count. */
struct mnre_value {
	size_t begin, end; /* end 0: the line has none */
};

struct mnre_values {
	struct mnre_value head, tail, relation;
};

/* Find them in a line that mnre_next() can read. -1 when it cannot. */
int mnre_find_values(const char *line, size_t length, struct mnre_values *values, struct err *err);

/* Append a text as the literal that stands where `old` [length] does: in the same quotes. */
void mnre_write_text(struct buf *out, const char *old, size_t length, const char *text);

/* Have each line shown before it is interpreted. */
void mnre_on_line(struct mnre_reader *reader, struct line_hook hook);

#endif
