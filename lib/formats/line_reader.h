/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a text file of any size, in memory that a cap bounds. LF, CR LF and a lone CR end a line,
 * as Python's readers have it; a BOM at the very start is stepped over. Bytes are given as they are.
 *
 *	while ((status = line_reader_next(reader, &line, &err)) > READ_EOF)
 *		if (status == READ_OK) ...
 */
#ifndef TAGSIGHT_FORMATS_LINE_READER_H
#define TAGSIGHT_FORMATS_LINE_READER_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdio.h>

struct text_line {
	const char *text;   /* [length], not terminated; valid until the next call */
	size_t length;      /* bytes without the line end */
	size_t number;      /* from 1 */
	const char *ending; /* "\n", "\r\n", "\r", or "" at the end of the file */
};

/* Sees each line before it is interpreted: for rules about lines. */
struct line_hook {
	void (*call)(void *context, const struct text_line *line);
	void *context;
};

struct line_reader;

/* Open `path` ("-" is standard input) for lines of up to `limit` bytes; NULL on failure. */
struct line_reader *line_reader_open(const char *path, size_t limit, struct err *err);
void line_reader_close(struct line_reader *reader);

/* Bytes of a file that were read before their lines are wanted. */
struct text_piece {
	const char *path;    /* of the file, for messages; "-" is standard input */
	const char *bytes;   /* [length] */
	size_t length;
	size_t lines_before; /* lines of the file before these bytes */
	FILE *rest;          /* where the lines go on behind the bytes; NULL: nowhere */
};

/* The lines of a piece, which is borrowed until the reader is closed: text of lines points into its
 * bytes, and stays, unless there is a rest. */
struct line_reader *line_reader_open_piece(const struct text_piece *piece, size_t limit,
					   struct err *err);

/* The next line. READ_BAD: a line past the limit was stepped over, *line has its number and length
 * and no text, and *err says so. */
enum read_status line_reader_next(struct line_reader *reader, struct text_line *line,
				  struct err *err);

/* Lines read so far. */
size_t line_reader_count(const struct line_reader *reader);

/* Bytes of the file (or piece) before the line that was read last. */
size_t line_reader_begin(const struct line_reader *reader);

/* What messages call the file: the path, or "standard input". */
const char *line_reader_name(const struct line_reader *reader);

#endif
