/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers that papers print of a dataset: records, tokens, entities by type and counting rule,
 * relations, lengths, pictures, and what of the words and names a train split lacks.
 *
 *	struct split_stats stats;
 *	if (stats_count(&stats, split, progress, &err) == 0) ...
 *	stats_release(&stats);
 *
 * The distinct words and names of a split are kept, so memory grows with them.
 */
#ifndef TAGSIGHT_PREPROCESS_STATS_H
#define TAGSIGHT_PREPROCESS_STATS_H

#include "lib/base/err.h"
#include "lib/base/histogram.h"
#include "lib/base/progress.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"

#include <stdbool.h>
#include <stddef.h>

/* How often each name stands there. */
struct tally {
	struct str_table names;
	size_t *counts; /* [names.n] */
	size_t n, capacity;
};

/* The count of a name, 0 when it is not there. */
size_t tally_get(const struct tally *tally, const char *name);

/* How entities are counted. */
enum stats_rule {
	STATS_CONLLEVAL,
	STATS_BEGIN_ONLY, /* B- tags alone */
	STATS_SEQEVAL,    /* its default mode */
	STATS_STRICT,     /* seqeval's strict mode with IOB2 */
	STATS_RULES
};

/* "conlleval", "begin-only", "seqeval", "strict". */
const char *stats_rule_name(enum stats_rule rule);

struct split_stats {
	size_t records, tokens;
	size_t skipped;      /* records that could not be read */
	size_t entities[STATS_RULES];
	struct tally types[STATS_RULES]; /* of these entities */
	bool strict_fails;   /* a tag is none of IOB2, on which the strict mode stops: no such count */
	struct tally relations;
	struct tally words;    /* as they are spelt */
	struct tally surfaces; /* of entities by conlleval's rules, words with blanks between; of
				* relations, names of heads and tails */
	struct histogram lengths;  /* tokens of a record */
	struct histogram entities_of_record; /* by conlleval's rules; empty for relations */
	size_t pictures_named, pictures_there; /* distinct names; how many files exist */
};

/* Count a whole text. 0, or -1 when it cannot be read, memory is out or the user stopped; release
 * `stats` in either case. The first record that is stepped over is noted to `progress`. */
int stats_count(struct split_stats *stats, const struct split *split, struct progress *progress,
		struct err *err);
void stats_release(struct split_stats *stats);

/* What of one tally another one lacks. */
struct unseen {
	size_t names;  /* distinct ones */
	size_t counts; /* how often they stand there */
};

struct unseen tally_unseen(const struct tally *tally, const struct tally *train);

/* The sum of the counts. */
size_t tally_total(const struct tally *tally);

#endif
