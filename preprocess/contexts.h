/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What others say about pictures in words: a side file that names a tweet or its picture on each line,
 * and gives captions, objects and the text that is seen. A line is JSON,
 *	{"id": "17_06_1", "captions": ["a man on a stage"], "objects": ["blue shirt", "man"], "ocr": "GO"}
 * ("image" stands for "id", "caption" for "captions", each a string or an array; "contexts" may say all
 * in their order), or columns between tabs: the name, then a text in each. Texts come in the order
 * captions, objects, text; objects are joined to one, so are lines of text. A name that comes again
 * gets more texts.
 *
 *	if (contexts_read(&contexts, path, &err) < 0) ...
 *	texts = contexts_find(&contexts, "17_06_1", &n);
 *	contexts_release(&contexts);
 */
#ifndef TAGSIGHT_PREPROCESS_CONTEXTS_H
#define TAGSIGHT_PREPROCESS_CONTEXTS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str_table.h"

#include <stddef.h>

struct context_list {
	const char **texts; /* [n] */
	size_t n, capacity;
};

struct contexts {
	struct arena arena;
	struct str_table names;     /* without the extensions of pictures */
	struct context_list *lists; /* [names.n] */
	size_t capacity;
};

/* Read a whole file; a line that is neither is an error. On failure there is nothing to release. */
int contexts_read(struct contexts *contexts, const char *path, struct err *err);
void contexts_release(struct contexts *contexts);

/* The texts of a name, with or without an extension; NULL when it has none. */
const char *const *contexts_find(const struct contexts *contexts, const char *name, size_t *n);

#endif
