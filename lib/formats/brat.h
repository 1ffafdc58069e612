/* SPDX-License-Identifier: Apache-2.0 */
/*
 * brat's standoff annotations (.ann), one a line:
 *	T1<TAB>Type 0 4<TAB>text             an entity; in pieces: Type 0 5;16 23
 *	R1<TAB>Type Arg1:T3 Arg2:T4<TAB>     a relation
 * Offsets are half open and count code points of the .txt beside it. Lines of other kinds (events,
 * attributes, notes, ...) are given as they stand.
 *
 *	struct brat_document document;
 *	if (brat_parse(&document, bytes, length, "1.ann", &arena, &err) == 0) ...
 *
 * All of it belongs to the arena.
 */
#ifndef TAGSIGHT_FORMATS_BRAT_H
#define TAGSIGHT_FORMATS_BRAT_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stddef.h>

#define BRAT_FILE_LIMIT ((size_t)16 << 20)  /* bytes of one .ann */
#define BRAT_LINE_LIMIT ((size_t)1 << 20)   /* lines of one .ann */

struct brat_piece {
	size_t from, to; /* from <= to; not checked against the text */
};

struct brat_entity {
	const char *id, *type;
	struct brat_piece *pieces; /* [n_pieces], at least one */
	size_t n_pieces;
	const char *text; /* NULL: the line has none */
	size_t line;      /* from 1 */
};

struct brat_relation {
	const char *id, *type;
	const char *head, *tail; /* ids of entities, of the first and the second argument */
	size_t line;
};

struct brat_other {
	const char *text; /* the line */
	size_t line;
};

struct brat_document {
	struct brat_entity *entities; /* [n_entities], in the order of the file */
	size_t n_entities;
	struct brat_relation *relations; /* [n_relations] */
	size_t n_relations;
	struct brat_other *others; /* [n_others] */
	size_t n_others;
};

/* Read `length` bytes that messages call `name`. 0, or -1: ERR_DATA with the line. */
int brat_parse(struct brat_document *document, const char *bytes, size_t length, const char *name,
	       struct arena *arena, struct err *err);

#endif
