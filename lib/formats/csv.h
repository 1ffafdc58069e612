/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comma-separated values as RFC 4180 has them and pandas writes them: fields apart by commas, in double
 * quotes where they hold commas, quotes (doubled) or line ends. Memory is one row.
 *
 *	while ((status = csv_next(&reader, &row, &arena, &err)) > READ_EOF)
 *		if (status == READ_OK) use(row.fields, row.n);
 */
#ifndef TAGSIGHT_FORMATS_CSV_H
#define TAGSIGHT_FORMATS_CSV_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stddef.h>
#include <stdio.h>

#define CSV_ROW_LIMIT ((size_t)16 << 20) /* bytes of one row */
#define CSV_FIELDS ((size_t)4096)        /* of one row */

struct csv_reader {
	FILE *stream;
	const char *name;  /* for messages; borrowed */
	size_t lines;      /* line ends read */
	struct buf bytes;  /* of the row in hand: its fields, each with a NUL behind it */
	size_t starts[CSV_FIELDS];
};

struct csv_row {
	const char **fields; /* [n], of the arena */
	size_t n;
	size_t line;         /* where it begins, from 1 */
};

int csv_open(struct csv_reader *reader, const char *path, struct err *err);
void csv_close(struct csv_reader *reader);

/* The next row that is no blank line. READ_BAD: it is past a limit or holds a NUL, and was stepped over.
 * A file that ends within quotes is READ_FAIL with ERR_DATA. */
enum read_status csv_next(struct csv_reader *reader, struct csv_row *row, struct arena *arena,
			  struct err *err);

/* Write one field, in quotes where it needs them. */
void csv_write(FILE *stream, const char *field);

#endif
