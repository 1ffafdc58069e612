/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The surface forms of entities (their words joined by blanks, as conlleval reads entities) and the
 * types that each has in a set.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_SURFACES_H
#define TAGSIGHT_PREPROCESS_CHECK_SURFACES_H

#include "lib/corpus/sentence.h"
#include "preprocess/check/digest.h"

#include <stdbool.h>
#include <stddef.h>

struct surfaces;

/* A form with more than one type; strings live until the next call. */
struct ambiguous_surface {
	const char *form;
	const char *types;  /* "LOC 12 times, PER once" */
	size_t split_index; /* where it was seen with a second type first ... */
	size_t line;
	const char *record; /* ... and in which record; NULL without an id */
};

struct surfaces *surfaces_new(void); /* NULL when memory is out */
void surfaces_free(struct surfaces *surfaces);

/* Count the entities of a sentence. 0, or -1 when memory is out. */
int surfaces_add(struct surfaces *surfaces, size_t split_index, const struct sentence *sentence,
		 const struct digest *digest, const char *record);

/* The next ambiguous form; *at starts at 0. False when there are no more, or memory is out. */
bool surfaces_ambiguous(struct surfaces *surfaces, size_t *at, struct ambiguous_surface *out);

#endif
