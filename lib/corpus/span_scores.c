/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/span_scores.h"

#include <stdint.h>
#include <string.h>

bool span_equal(const struct span *a, const struct span *b)
{
	return a->begin == b->begin && a->end == b->end && strcmp(a->type, b->type) == 0;
}

static struct type_score *score_of(struct score_table *table, const char *type)
{
	long id = score_table_type(table, type, strlen(type));

	return id < 0 ? NULL : &table->scores[id];
}

/* Count entities `one` at a time: 1, or SIZE_MAX, which wraps to one less. */
static int count(struct score_table *table, const struct span *gold, size_t n_gold,
		 const struct span *guess, size_t n_guess, size_t one)
{
	for (size_t i = 0; i < n_guess; i++) {
		struct type_score *score = score_of(table, guess[i].type);

		if (!score)
			return -1;
		score->found += one;
	}
	for (size_t i = 0, j = 0; i < n_gold; i++) {
		struct type_score *score = score_of(table, gold[i].type);

		if (!score)
			return -1;
		score->gold += one;
		while (j < n_guess && guess[j].begin < gold[i].begin)
			j++;
		for (size_t k = j; k < n_guess && guess[k].begin == gold[i].begin; k++)
			if (span_equal(&guess[k], &gold[i]))
				score->correct += one;
	}
	return 0;
}

int span_scores_add(struct score_table *table, const struct span *gold, size_t n_gold,
		    const struct span *guess, size_t n_guess)
{
	return count(table, gold, n_gold, guess, n_guess, 1);
}

int span_scores_remove(struct score_table *table, const struct span *gold, size_t n_gold,
		       const struct span *guess, size_t n_guess)
{
	return count(table, gold, n_gold, guess, n_guess, SIZE_MAX);
}
