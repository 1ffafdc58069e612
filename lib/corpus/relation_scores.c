/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/relation_scores.h"

#include <stdlib.h>
#include <string.h>

struct relation_scores {
	struct score_table table;
	const char *negative; /* static */
	bool negative_seen;
};

static const char *const negatives[] = { "NA", "na", "no_relation", "Other", "Others", "none", "None" };

const char *relation_negative_class(const char *const *relations, size_t n)
{
	for (size_t k = 0; k < sizeof(negatives) / sizeof(*negatives); k++)
		for (size_t i = 0; i < n; i++)
			if (strcmp(relations[i], negatives[k]) == 0)
				return negatives[k];
	return NULL;
}

static bool is_negative(const struct relation_scores *scores, const char *relation)
{
	return scores->negative && strcmp(relation, scores->negative) == 0;
}

struct relation_scores *relation_scores_new(const char *const *relations, size_t n)
{
	struct relation_scores *scores = calloc(1, sizeof(*scores));

	if (!scores)
		return NULL;
	score_table_init(&scores->table);
	scores->negative = relation_negative_class(relations, n);
	for (size_t i = 0; i < n; i++) {
		if (is_negative(scores, relations[i]) ||
		    score_table_type(&scores->table, relations[i], strlen(relations[i])) >= 0)
			continue;
		relation_scores_free(scores);
		return NULL;
	}
	return scores;
}

void relation_scores_free(struct relation_scores *scores)
{
	if (!scores)
		return;
	score_table_release(&scores->table);
	free(scores);
}

/* The score of a relation, NULL for the negative class. */
static int find_score(struct relation_scores *scores, const char *relation,
		      struct type_score **score, struct err *err)
{
	long id;

	*score = NULL;
	if (is_negative(scores, relation)) {
		scores->negative_seen = true;
		return 0;
	}
	id = str_table_find(&scores->table.names, relation, strlen(relation));
	if (id < 0)
		return err_set(err, ERR_DATA, "the relation map has no '%.80s'", relation);
	*score = &scores->table.scores[id];
	return 0;
}

int relation_scores_add(struct relation_scores *scores, const char *gold, const char *predicted,
			struct err *err)
{
	struct type_score *gold_score, *found_score;

	if (find_score(scores, gold, &gold_score, err) < 0 ||
	    find_score(scores, predicted, &found_score, err) < 0)
		return -1;
	scores->table.tokens++;
	scores->table.correct_tags += gold_score == found_score;
	if (gold_score)
		gold_score->gold++;
	if (found_score)
		found_score->found++;
	if (gold_score && gold_score == found_score)
		gold_score->correct++;
	return 0;
}

const struct score_table *relation_scores_table(const struct relation_scores *scores)
{
	return &scores->table;
}

const char *relation_scores_negative(const struct relation_scores *scores)
{
	return scores->negative;
}

bool relation_scores_negative_seen(const struct relation_scores *scores)
{
	return scores->negative_seen;
}
