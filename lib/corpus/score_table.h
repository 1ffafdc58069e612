/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many entities of each type there are in the gold tags, in the predicted ones, and in both: what
 * every scorer comes down to, and the ratios that follow from it.
 *
 *	struct score_table table;
 *	score_table_init(&table);
 *	long type = score_table_type(&table, "PER", 3);
 *	table.scores[type].gold++;
 *	score_table_finish(&table);
 */
#ifndef TAGSIGHT_CORPUS_SCORE_TABLE_H
#define TAGSIGHT_CORPUS_SCORE_TABLE_H

#include "lib/base/str_table.h"

#include <stddef.h>

struct type_score {
	const char *type;            /* belongs to the table; NULL for all types together */
	size_t gold, found, correct; /* entities */
};

/* Ratios in [0, 1]; 0 where the divisor is 0. */
struct ratios {
	double precision, recall, f1;
};

struct score_table {
	struct str_table names;
	struct type_score *scores; /* [n]: by id of the type; after the end sorted by name */
	size_t n, capacity;
	size_t tokens, correct_tags; /* words, and those whose two tags are equal */
};

void score_table_init(struct score_table *table);
void score_table_release(struct score_table *table);

/* The id of a type of `length` bytes, added when it is new; -1 when memory is out. */
long score_table_type(struct score_table *table, const char *type, size_t length);

/* Drop the types without any entity and sort the others by bytes. No type can be added after it. */
void score_table_finish(struct score_table *table);

/* Sums over all types. */
struct type_score score_table_total(const struct score_table *table);

/* The score of a type after the end; NULL when it has no entity. */
const struct type_score *score_table_find(const struct score_table *table, const char *type);

struct ratios score_ratios(const struct type_score *score);

/* Averages over the types after the end, plain and weighted by gold entities. */
struct ratios score_table_macro(const struct score_table *table);
struct ratios score_table_weighted(const struct score_table *table);

/* Part of the words whose two tags are equal; 0 without words. */
double score_table_accuracy(const struct score_table *table);

#endif
