/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MNRE files: one relation a line, a Python literal or JSON:
 *	{'token': [...], 'h': {'name': ..., 'pos': [b, e]}, 't': {...}, 'img_id': ..., 'relation': ...}
 * Python's string escapes and prefixes are understood; nothing is evaluated.
 */
#ifndef TAGSIGHT_FORMATS_MNRE_H
#define TAGSIGHT_FORMATS_MNRE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/relation.h"

#define MNRE_LINE_LIMIT ((size_t)1 << 20)

struct mnre_reader;

struct mnre_reader *mnre_open(const char *path, struct err *err);
void mnre_close(struct mnre_reader *reader);

/* The next line. READ_BAD: the line is no relation; *err has line and column. Blank lines are
 * skipped. Spans are as the file says and may be out of range. */
enum read_status mnre_next(struct mnre_reader *reader, struct relation *relation,
			   struct arena *arena, struct err *err);

#endif
