/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of an MNRE file: a tweet, two entities in it, a picture, a relation. All strings belong
 * to the arena that the reader was given.
 */
#ifndef TAGSIGHT_CORPUS_RELATION_H
#define TAGSIGHT_CORPUS_RELATION_H

#include <stddef.h>

struct mention {
	const char *name;
	long begin; /* first token, from 0; as the file says, so not yet checked */
	long end;   /* after the last token */
};

struct relation {
	const char **words;
	size_t n_words;
	struct mention head, tail;
	const char *image;    /* file name; "" when the line has none */
	const char *relation; /* "/per/loc/place_of_birth" */
	size_t record;        /* number in the file, from 0: the key of the aux dict */
	size_t line_number;   /* from 1 */
};

#endif
