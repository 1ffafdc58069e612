/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/metrics.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdlib.h>
#include <string.h>

/* What was seen last in one of the two columns. */
struct side {
	char prefix;
	long type;    /* id; NO_TYPE before the first word of seqeval */
	size_t begin; /* position where the latest entity starts */
};

#define NO_TYPE (-1L)

struct scoring {
	enum tag_rule rule;
	struct str_table types;
	struct type_score *scores; /* [types.n] by id; sorted and [n_scores] after the end */
	size_t n_scores, capacity;
	size_t tokens, correct_tags;
	size_t position;
	struct side gold, guess;
	bool in_correct; /* conlleval: both columns are inside the same entity so far */
};

static long type_id(struct scoring *scoring, const char *type)
{
	long id = str_table_add(&scoring->types, type, strlen(type));

	while (id >= 0 && scoring->n_scores < scoring->types.n) {
		if (GROW(scoring->scores, scoring->n_scores, scoring->capacity) < 0)
			return -1;
		scoring->scores[scoring->n_scores] = (struct type_score){
			str_table_text(&scoring->types, scoring->n_scores), 0, 0, 0
		};
		scoring->n_scores++;
	}
	return id;
}

struct scoring *scoring_new(enum tag_rule rule)
{
	struct scoring *scoring = calloc(1, sizeof(*scoring));
	struct side start = { 'O', NO_TYPE, 0 };

	if (!scoring)
		return NULL;
	scoring->rule = rule;
	str_table_init(&scoring->types);
	if (rule != TAG_SEQEVAL) {
		start.type = type_id(scoring, "");
		if (start.type < 0) {
			scoring_free(scoring);
			return NULL;
		}
	}
	scoring->gold = scoring->guess = start;
	return scoring;
}

void scoring_free(struct scoring *scoring)
{
	if (!scoring)
		return;
	str_table_release(&scoring->types);
	free(scoring->scores);
	free(scoring);
}

static bool side_ends(const struct scoring *scoring, const struct side *before,
		      const struct side *now)
{
	return tag_ends(scoring->rule, before->prefix, now->prefix, before->type == now->type);
}

static bool side_starts(const struct scoring *scoring, const struct side *before,
			const struct side *now)
{
	return tag_starts(scoring->rule, before->prefix, now->prefix, before->type == now->type);
}

/* conlleval counts an entity of a column where it starts, and a correct one where both end after
 * they went along together. */
static void step_conlleval(struct scoring *scoring, const struct side *gold,
			   const struct side *guess)
{
	bool gold_ends = side_ends(scoring, &scoring->gold, gold);
	bool guess_ends = side_ends(scoring, &scoring->guess, guess);
	bool gold_starts = side_starts(scoring, &scoring->gold, gold);
	bool guess_starts = side_starts(scoring, &scoring->guess, guess);

	if (scoring->in_correct) {
		if (gold_ends && guess_ends && scoring->gold.type == scoring->guess.type) {
			scoring->in_correct = false;
			scoring->scores[scoring->gold.type].correct++;
		} else if (gold_ends != guess_ends || gold->type != guess->type) {
			scoring->in_correct = false;
		}
	}
	if (gold_starts && guess_starts && gold->type == guess->type)
		scoring->in_correct = true;
	scoring->scores[gold->type].gold += gold_starts;
	scoring->scores[guess->type].found += guess_starts;
}

/* seqeval notes an entity where it ends; two are equal when they end here, started at the same word
 * and have the same type. */
static void step_seqeval(struct scoring *scoring, struct side *gold, struct side *guess)
{
	bool gold_ends = side_ends(scoring, &scoring->gold, gold);
	bool guess_ends = side_ends(scoring, &scoring->guess, guess);

	if (gold_ends)
		scoring->scores[scoring->gold.type].gold++;
	if (guess_ends)
		scoring->scores[scoring->guess.type].found++;
	if (gold_ends && guess_ends && scoring->gold.type == scoring->guess.type &&
	    scoring->gold.begin == scoring->guess.begin)
		scoring->scores[scoring->gold.type].correct++;
	gold->begin = side_starts(scoring, &scoring->gold, gold) ? scoring->position
								 : scoring->gold.begin;
	guess->begin = side_starts(scoring, &scoring->guess, guess) ? scoring->position
								    : scoring->guess.begin;
}

static int step(struct scoring *scoring, const char *gold_tag, const char *guess_tag)
{
	struct tag gold = tag_read(scoring->rule, gold_tag);
	struct tag guess = tag_read(scoring->rule, guess_tag);
	struct side gold_side = { gold.prefix, type_id(scoring, gold.type), 0 };
	struct side guess_side = { guess.prefix, type_id(scoring, guess.type), 0 };

	if (gold_side.type < 0 || guess_side.type < 0)
		return -1;
	if (scoring->rule == TAG_SEQEVAL)
		step_seqeval(scoring, &gold_side, &guess_side);
	else
		step_conlleval(scoring, &gold_side, &guess_side);
	scoring->gold = gold_side;
	scoring->guess = guess_side;
	scoring->position++;
	return 0;
}

int scoring_add(struct scoring *scoring, const char *gold, const char *guess)
{
	scoring->tokens++;
	scoring->correct_tags += tag_equal(scoring->rule, gold, guess);
	return step(scoring, gold, guess);
}

int scoring_break(struct scoring *scoring)
{
	return step(scoring, "O", "O");
}

static int compare_types(const void *a, const void *b)
{
	const struct type_score *x = a, *y = b;

	return strcmp(x->type, y->type);
}

int scoring_finish(struct scoring *scoring)
{
	size_t kept = 0;

	if (scoring->rule == TAG_SEQEVAL && step(scoring, "O", "O") < 0)
		return -1;
	if (scoring->in_correct)
		scoring->scores[scoring->gold.type].correct++;
	for (size_t i = 0; i < scoring->n_scores; i++)
		if (scoring->scores[i].gold || scoring->scores[i].found)
			scoring->scores[kept++] = scoring->scores[i];
	scoring->n_scores = kept;
	if (kept)
		qsort(scoring->scores, kept, sizeof(*scoring->scores), compare_types);
	return 0;
}

const struct type_score *scoring_types(const struct scoring *scoring, size_t *n)
{
	*n = scoring->n_scores;
	return scoring->scores;
}

struct type_score scoring_total(const struct scoring *scoring)
{
	struct type_score total = { NULL, 0, 0, 0 };

	for (size_t i = 0; i < scoring->n_scores; i++) {
		total.gold += scoring->scores[i].gold;
		total.found += scoring->scores[i].found;
		total.correct += scoring->scores[i].correct;
	}
	return total;
}

size_t scoring_tokens(const struct scoring *scoring)
{
	return scoring->tokens;
}

size_t scoring_correct_tags(const struct scoring *scoring)
{
	return scoring->correct_tags;
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
static struct ratios average(const struct scoring *scoring, bool weighted)
{
	struct ratios sum = { 0, 0, 0 };
	double weights = 0;

	for (size_t i = 0; i < scoring->n_scores; i++) {
		struct ratios one = score_ratios(&scoring->scores[i]);
		double weight = weighted ? (double)scoring->scores[i].gold : 1;

		sum.precision += one.precision * weight;
		sum.recall += one.recall * weight;
		sum.f1 += one.f1 * weight;
		weights += weight;
	}
	if (weights == 0)
		return sum;
	return (struct ratios){ sum.precision / weights, sum.recall / weights, sum.f1 / weights };
}

struct ratios scoring_macro(const struct scoring *scoring)
{
	return average(scoring, false);
}

struct ratios scoring_weighted(const struct scoring *scoring)
{
	return average(scoring, true);
}
