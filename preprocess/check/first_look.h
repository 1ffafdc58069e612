/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the start of a text tells of its kind, before the threads start: all of them are to know the
 * same, and what is so all over a text is told once instead of at each line.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_FIRST_LOOK_H
#define TAGSIGHT_PREPROCESS_CHECK_FIRST_LOOK_H

#include "lib/base/err.h"
#include "lib/formats/line_reader.h"

#include <stdbool.h>
#include <stddef.h>

struct first_look {
	bool has_mark;         /* a byte order mark */
	size_t columns;        /* of the first token line; 0 where there is none */
	bool has_ids;          /* IMGID lines */
	bool closes;           /* some tags are E-, S-, L- or U- */
	bool spaced;           /* each blank line, and there are some, holds blanks */
	bool strange;          /* most tags are no tags of entities ... */
	char strange_tag[32];  /* ... such as this one */
	size_t strange_line;
};

/* Look at the first piece of a CoNLL text. 0, or -1 when memory is out. */
int first_look(struct first_look *look, const struct text_piece *piece, struct err *err);

/* The part that is known of any text. */
bool first_look_mark(const struct text_piece *piece);

#endif
