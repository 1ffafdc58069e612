/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers that papers print of a dataset: records, tokens, entities by type, relations,
 * pictures.
 *
 *	struct split_stats stats;
 *	if (stats_count(&stats, split, progress, &err) == 0) ...
 *	stats_release(&stats);
 */
#ifndef TAGSIGHT_PREPROCESS_STATS_H
#define TAGSIGHT_PREPROCESS_STATS_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"

#include <stddef.h>

/* How often each name stands there. */
struct tally {
	struct str_table names;
	size_t *counts; /* [names.n] */
	size_t n, capacity;
};

/* The count of a name, 0 when it is not there. */
size_t tally_get(const struct tally *tally, const char *name);

struct split_stats {
	size_t records, tokens;
	size_t skipped;      /* records that could not be read */
	size_t entities;     /* by conlleval's rules */
	size_t begin_only;   /* by B- tags alone */
	struct tally types;  /* of the entities by conlleval's rules */
	struct tally relations;
	size_t pictures_named, pictures_there; /* distinct names; how many files exist */
};

/* Count a whole text. 0, or -1 when it cannot be read, memory is out or the user stopped; release
 * `stats` in either case. The first record that is stepped over is noted to `progress`. */
int stats_count(struct split_stats *stats, const struct split *split, struct progress *progress,
		struct err *err);
void stats_release(struct split_stats *stats);

#endif
