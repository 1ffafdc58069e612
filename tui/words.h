/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the words of a tweet stand: folded into lines of a width, each word wide enough for the
 * labels of the spans above (gold) and below (predicted) it.
 */
#ifndef TAGSIGHT_TUI_WORDS_H
#define TAGSIGHT_TUI_WORDS_H

#include "lib/review/review.h"

struct word_place {
	int line, column; /* from 0 */
	int columns;      /* of the word as drawn */
	int room;         /* with the padding that labels need */
};

struct words {
	struct word_place *places; /* [n] */
	size_t n;
	int lines;
};

#define WORDS_INIT { NULL, 0, 0 }

/* Lay the words of a record out. -1 when memory is out. */
int words_place(struct words *words, const struct review_record *record, int columns);
void words_release(struct words *words);

/* The word of the line above or below (step -1 or 1) that is nearest to the column of `from`;
 * `from` itself when there is no such line. */
size_t words_vertical(const struct words *words, size_t from, int step);

#endif
