/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python literals and JSON, as text to walk over: strings, whole numbers, lists, dicts. The caller
 * asks for what it expects; nothing is evaluated and no tree is built. A text whose first string
 * is in double quotes and follows a brace is JSON, where '\/' is a slash; else Python's escapes hold.
 *
 *	struct literal in;
 *	literal_init(&in, text, length, &arena);
 *	if (literal_open(&in, "{", &err) < 0) ...
 */
#ifndef TAGSIGHT_FORMATS_LITERAL_H
#define TAGSIGHT_FORMATS_LITERAL_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define LITERAL_DEPTH 64 /* lists in lists */

struct literal {
	const char *text; /* [length]; borrowed */
	size_t length;
	size_t at;           /* next byte */
	struct arena *arena; /* of the strings that are given */
	bool json;
};

void literal_init(struct literal *in, const char *text, size_t length, struct arena *arena);

/* The column of byte `at`, in characters from 1. */
size_t literal_column(const struct literal *in, size_t at);

/* An error of kind ERR_DATA at byte `at`, with its column in characters and no file or line: "found
 * 'x' where Y is expected". Returns -1. */
int literal_expected(const struct literal *in, size_t at, const char *what, struct err *err);

/* Step over blanks and look at the next byte without taking it; '\0' at the end. */
char literal_peek(struct literal *in);

/* Take the byte `c` after blanks, if it is next. */
bool literal_accept(struct literal *in, char c);

/* After an item of a list or dict that `close` ends: 1 another item follows, 0 it was closed, -1
 * neither a comma nor `close` is there. A comma before `close` is fine. */
int literal_more(struct literal *in, char close, struct err *err);

/* A string, in UTF-8, of the arena: NULL on failure. */
const char *literal_string(struct literal *in, struct err *err);

/* A whole number that fits. */
int literal_integer(struct literal *in, long *value, struct err *err);

/* Step over any value. */
int literal_skip(struct literal *in, struct err *err);

/* Nothing but blanks may be left. */
int literal_end(struct literal *in, struct err *err);

#endif
