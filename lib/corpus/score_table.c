/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/score_table.h"

#include "lib/base/checked.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void score_table_init(struct score_table *table)
{
	memset(table, 0, sizeof(*table));
	str_table_init(&table->names);
}

void score_table_release(struct score_table *table)
{
	str_table_release(&table->names);
	free(table->scores);
	score_table_init(table);
}

long score_table_type(struct score_table *table, const char *type, size_t length)
{
	long id = str_table_add(&table->names, type, length);

	while (id >= 0 && table->n < table->names.n) {
		if (GROW(table->scores, table->n, table->capacity) < 0)
			return -1;
		table->scores[table->n] =
			(struct type_score){ str_table_text(&table->names, table->n), 0, 0, 0 };
		table->n++;
	}
	return id;
}

static int compare_types(const void *a, const void *b)
{
	const struct type_score *x = a, *y = b;

	return strcmp(x->type, y->type);
}

void score_table_finish(struct score_table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->n; i++)
		if (table->scores[i].gold || table->scores[i].found)
			table->scores[kept++] = table->scores[i];
	table->n = kept;
	if (kept)
		qsort(table->scores, kept, sizeof(*table->scores), compare_types);
}

struct type_score score_table_total(const struct score_table *table)
{
	struct type_score total = { NULL, 0, 0, 0 };

	for (size_t i = 0; i < table->n; i++) {
		total.gold += table->scores[i].gold;
		total.found += table->scores[i].found;
		total.correct += table->scores[i].correct;
	}
	return total;
}

const struct type_score *score_table_find(const struct score_table *table, const char *type)
{
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->scores[i].type, type) == 0)
			return &table->scores[i];
	return NULL;
}

struct ratios score_ratios(const struct type_score *score)
{
	struct ratios out = { 0, 0, 0 };

	if (score->found)
		out.precision = (double)score->correct / (double)score->found;
	if (score->gold)
		out.recall = (double)score->correct / (double)score->gold;
	if (out.precision + out.recall > 0)
		out.f1 = 2 * out.precision * out.recall / (out.precision + out.recall);
	return out;
}

/* The weight of each type is 1 or its number of gold entities. */
static struct ratios average(const struct score_table *table, bool weighted)
{
	struct ratios sum = { 0, 0, 0 };
	double weights = 0;

	for (size_t i = 0; i < table->n; i++) {
		struct ratios one = score_ratios(&table->scores[i]);
		double weight = weighted ? (double)table->scores[i].gold : 1;

		sum.precision += one.precision * weight;
		sum.recall += one.recall * weight;
		sum.f1 += one.f1 * weight;
		weights += weight;
	}
	if (weights == 0)
		return sum;
	return (struct ratios){ sum.precision / weights, sum.recall / weights, sum.f1 / weights };
}

struct ratios score_table_macro(const struct score_table *table)
{
	return average(table, false);
}

struct ratios score_table_weighted(const struct score_table *table)
{
	return average(table, true);
}

double score_table_accuracy(const struct score_table *table)
{
	return table->tokens ? (double)table->correct_tags / (double)table->tokens : 0;
}
