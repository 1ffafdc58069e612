/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces with their text, as a tokenizer gives them: numbers are for the encoder, texts tell which
 * word a piece belongs to.
 *
 *	struct subwords subwords = SUBWORDS_INIT;
 *	if (subwords_add(&subwords, id, piece, length, &err) < 0) ...
 *	subwords_release(&subwords);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_SUBWORDS_H
#define TAGSIGHT_INFERENCE_TEXT_SUBWORDS_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stddef.h>

struct subword {
	int id;
	size_t start, length; /* of its text */
};

struct subwords {
	struct subword *items; /* [n] */
	size_t n, capacity;
	struct buf text; /* of all pieces, one after another */
};

#define SUBWORDS_INIT { NULL, 0, 0, BUF_INIT }

void subwords_release(struct subwords *subwords);

/* Forget the pieces, keep the memory. */
void subwords_clear(struct subwords *subwords);

int subwords_add(struct subwords *subwords, int id, const char *text, size_t length,
		 struct err *err);

/* The text of a piece, not terminated. */
static inline const char *subword_text(const struct subwords *subwords, size_t number)
{
	return subwords->text.data + subwords->items[number].start;
}

#endif
