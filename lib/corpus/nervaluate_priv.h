/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways to pair the entities of one sentence. Types are numbers; lists are in order and without
 * overlap.
 */
#ifndef TAGSIGHT_CORPUS_NERVALUATE_PRIV_H
#define TAGSIGHT_CORPUS_NERVALUATE_PRIV_H

#include "lib/base/arena.h"
#include "lib/corpus/nervaluate.h"
#include "lib/corpus/span.h"

#include <stdbool.h>

/* An entity with the number of its type. */
struct typed_span {
	struct span span;
	size_t type;
	bool used; /* by a pair */
};

struct typed_list {
	struct typed_span *items; /* [n] */
	size_t n;
};

/* Version 1 counts for one table: all types together, or one type alone. */
void nervaluate_pair_1(struct nervaluate_counts *counts, enum nervaluate_schema schema,
		       struct typed_list gold, struct typed_list guess);

/* These count for the type of the gold entity, or of the predicted one where it is spurious: types is
 * indexed by number. */
void nervaluate_pair_0(struct nervaluate_type *types, struct typed_list gold,
		       struct typed_list guess);
int nervaluate_pair_optimal(struct nervaluate_type *types, struct typed_list gold,
			    struct typed_list guess, struct arena *arena, struct err *err);

#endif
