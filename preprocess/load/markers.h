/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The markers that HVPNeT's loader writes around head and tail: before each word, <s> where the head
 * begins, </s> where it ends, <o> and </o> for the tail, in this order; none behind the last word.
 */
#ifndef TAGSIGHT_PREPROCESS_LOAD_MARKERS_H
#define TAGSIGHT_PREPROCESS_LOAD_MARKERS_H

#include "lib/corpus/relation.h"

#include <stdbool.h>
#include <stddef.h>

struct load;

enum marker { MARKER_HEAD, MARKER_HEAD_END, MARKER_TAIL, MARKER_TAIL_END, MARKERS };

struct markers {
	bool written[MARKERS];
	size_t order[MARKERS];  /* which was written first, second, ... */
	size_t pieces[MARKERS]; /* pieces of the text before it, at least; the other markers included */
	size_t n;               /* written */
};

/* "<s>", ... */
extern const char *const marker_names[MARKERS];

void markers_place(struct markers *markers, const struct load *load, const struct relation *relation);

/* Whether one entity begins inside the other and ends behind it, as their markers say. */
bool markers_cross(const struct markers *markers);

#endif
