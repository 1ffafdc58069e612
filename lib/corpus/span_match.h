/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which predicted entity stands for which gold one: the best matching of two lists of entities whose
 * pairs share a word. Each list is in order and without overlap, so no two pairs of a matching cross
 * and the best one is found in one walk over the pairs; it does not depend on the order of anything.
 */
#ifndef TAGSIGHT_CORPUS_SPAN_MATCH_H
#define TAGSIGHT_CORPUS_SPAN_MATCH_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/span.h"

#include <stddef.h>
#include <stdint.h>

/* Parts of what a pair is worth: whatever the sum of a lower part, one more of a higher outweighs it.
 * A pair may be worth up to two of each part, a list may have SPAN_MATCH_LIMIT entities. */
#define MATCH_FIRST ((uint64_t)1 << 40)
#define MATCH_SECOND ((uint64_t)1 << 20)
#define MATCH_THIRD ((uint64_t)1)
#define SPAN_MATCH_LIMIT ((size_t)1 << 18)

#define SPAN_ALONE ((size_t)-1)

/* What it is worth to take two overlapping entities as one. */
typedef uint64_t span_value(const struct span *gold, const struct span *guess);

/* partners[i] is the number of the predicted entity for gold entity i, or SPAN_ALONE: an array of the
 * arena. Of two matchings worth the same, the one that pairs earlier words is taken. 0, or -1: memory
 * is out, or a list is too long. */
int span_match(const struct span *gold, size_t n_gold, const struct span *guess, size_t n_guess,
	       span_value *value, size_t **partners, struct arena *arena, struct err *err);

/* What a matching comes to: each gold entity in order with its partner or alone, then the predicted ones
 * that nobody took. */
struct span_pair {
	const struct span *gold, *guess; /* one may be NULL */
};

/* The pairs [*n_pairs], an array of the arena that points into both lists. 0, or -1 as span_match(). */
int span_match_pairs(const struct span *gold, size_t n_gold, const struct span *guess, size_t n_guess,
		     span_value *value, struct span_pair **pairs, size_t *n_pairs,
		     struct arena *arena, struct err *err);

/* The most pairs with the same words, then the most pairs, then the most of the same type. */
span_value span_value_place;

#endif
