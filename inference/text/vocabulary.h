/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A word piece vocabulary: one piece a line, its id the line's number from 0; a piece that goes on
 * inside a word is written with "##" before it. The text is borrowed, so that a mapped model serves
 * it without a copy.
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_VOCABULARY_H
#define TAGSIGHT_INFERENCE_TEXT_VOCABULARY_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vocabulary {
	const char *text;
	uint32_t *starts;   /* [n + 1], offsets of the lines */
	uint32_t *slots;    /* [n_slots], id + 1, 0 when free */
	size_t n, n_slots;  /* n_slots is a power of two */
	size_t longest;     /* bytes of the longest piece without its "##" */
};

/* `text` must outlive the vocabulary. */
int vocabulary_init(struct vocabulary *vocabulary, const char *text, size_t size, struct err *err);
void vocabulary_release(struct vocabulary *vocabulary);

/* The id of a line as it is written, -1 when there is none. Of equal lines the last counts. */
int vocabulary_find(const struct vocabulary *vocabulary, const char *piece, size_t length);

/* The line of an id below `n` as it is written, without its end; not terminated. */
const char *vocabulary_line(const struct vocabulary *vocabulary, size_t id, size_t *length);

/* The longest piece that `text` begins with, at one of the `n_ends` rising offsets `ends`; `inside`
 * says that the text stands inside a word. Returns its id and the index of its end, or -1. */
int vocabulary_longest(const struct vocabulary *vocabulary, const char *text, const uint32_t *ends,
		       size_t n_ends, bool inside, size_t *end);

#endif
