/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tweet with one tag a word, as it stood in its file. All strings belong to the arena that
 * the reader was given.
 */
#ifndef TAGSIGHT_CORPUS_SENTENCE_H
#define TAGSIGHT_CORPUS_SENTENCE_H

#include <stddef.h>

struct token {
	const char *word;   /* first column, may hold invalid UTF-8; NUL bytes are left out */
	size_t word_length; /* bytes; readers fill it in */
	const char *tag;    /* last column; NULL when the line has one column only */
	const char *line;   /* [line_length]: the whole line as it stood, without its line end */
	size_t line_length; /* bytes */
	size_t line_number; /* from 1 */
	size_t columns;
};

struct sentence {
	const char *id;     /* what follows "IMGID:"; NULL when the sentence has none */
	const char *file;   /* of this sentence alone; NULL where one file has them all */
	size_t id_line;     /* line of the id, 0 without one */
	size_t line_number; /* of the first token, 0 without one */
	size_t record;      /* number in the file, from 0 */
	struct token *tokens;
	size_t n_tokens;    /* 0: an id that no token follows */
};

#endif
