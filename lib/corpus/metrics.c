/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/metrics.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdlib.h>
#include <string.h>

/* What was seen last in one of the two columns. */
struct side {
	char prefix;
	long type;    /* id in the table; NO_TYPE before the first word of seqeval */
	size_t begin; /* position where the latest entity starts */
};

#define NO_TYPE (-1L)

/* A tag as the rule reads it. */
struct known_tag {
	char prefix;
	long type; /* id in the table */
};

struct scoring {
	enum tag_rule rule;
	struct score_table table;
	struct str_table tags;
	struct known_tag *known; /* [n_known], by id of the tag; tag 0 is "O" */
	size_t n_known, capacity;
	size_t position;
	struct side gold, guess;
	bool in_correct; /* conlleval: both columns are inside the same entity so far */
};

/* The tag is new: read it. */
static int learn_tag(struct scoring *scoring, const char *text)
{
	struct tag tag = tag_read(scoring->rule, text);
	long type = score_table_type(&scoring->table, tag.type, strlen(tag.type));

	if (type < 0 || GROW(scoring->known, scoring->n_known, scoring->capacity) < 0)
		return -1;
	scoring->known[scoring->n_known++] = (struct known_tag){ tag.prefix, type };
	return 0;
}

/* What the rule makes of a tag, read once a run; NULL when memory is out. */
static const struct known_tag *know_tag(struct scoring *scoring, const char *text)
{
	bool outside = text[0] == 'O' && text[1] == '\0';
	long id = outside ? 0 : str_table_add(&scoring->tags, text, strlen(text));

	if (id < 0 || ((size_t)id == scoring->n_known && learn_tag(scoring, text) < 0))
		return NULL;
	return &scoring->known[id];
}

struct scoring *scoring_new(enum tag_rule rule)
{
	struct scoring *scoring = calloc(1, sizeof(*scoring));
	struct side start = { 'O', NO_TYPE, 0 };

	if (!scoring)
		return NULL;
	scoring->rule = rule;
	score_table_init(&scoring->table);
	str_table_init(&scoring->tags);
	if (str_table_add(&scoring->tags, "O", 1) < 0 || !know_tag(scoring, "O")) {
		scoring_free(scoring);
		return NULL;
	}
	if (rule != TAG_SEQEVAL)
		start.type = scoring->known[0].type;
	scoring->gold = scoring->guess = start;
	return scoring;
}

void scoring_free(struct scoring *scoring)
{
	if (!scoring)
		return;
	score_table_release(&scoring->table);
	str_table_release(&scoring->tags);
	free(scoring->known);
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
	struct type_score *scores = scoring->table.scores;

	if (scoring->in_correct) {
		if (gold_ends && guess_ends && scoring->gold.type == scoring->guess.type) {
			scoring->in_correct = false;
			scores[scoring->gold.type].correct++;
		} else if (gold_ends != guess_ends || gold->type != guess->type) {
			scoring->in_correct = false;
		}
	}
	if (gold_starts && guess_starts && gold->type == guess->type)
		scoring->in_correct = true;
	scores[gold->type].gold += gold_starts;
	scores[guess->type].found += guess_starts;
}

/* seqeval notes an entity where it ends; two are equal when they end here, started at the same word
 * and have the same type. */
static void step_seqeval(struct scoring *scoring, struct side *gold, struct side *guess)
{
	bool gold_ends = side_ends(scoring, &scoring->gold, gold);
	bool guess_ends = side_ends(scoring, &scoring->guess, guess);
	struct type_score *scores = scoring->table.scores;

	if (gold_ends)
		scores[scoring->gold.type].gold++;
	if (guess_ends)
		scores[scoring->guess.type].found++;
	if (gold_ends && guess_ends && scoring->gold.type == scoring->guess.type &&
	    scoring->gold.begin == scoring->guess.begin)
		scores[scoring->gold.type].correct++;
	gold->begin = side_starts(scoring, &scoring->gold, gold) ? scoring->position
								 : scoring->gold.begin;
	guess->begin = side_starts(scoring, &scoring->guess, guess) ? scoring->position
								    : scoring->guess.begin;
}

static bool outside(const struct scoring *scoring, const struct side *side, const char *tag)
{
	return side->prefix == 'O' && side->type == scoring->known[0].type && tag[0] == 'O' &&
	       tag[1] == '\0';
}

static int step(struct scoring *scoring, const char *gold_tag, const char *guess_tag)
{
	const struct known_tag *known;
	struct side gold, guess;

	/* Most words: nothing starts and nothing ends. */
	if (outside(scoring, &scoring->gold, gold_tag) &&
	    outside(scoring, &scoring->guess, guess_tag)) {
		scoring->position++;
		return 0;
	}
	known = know_tag(scoring, gold_tag);
	if (!known)
		return -1;
	gold = (struct side){ known->prefix, known->type, 0 };
	known = know_tag(scoring, guess_tag);
	if (!known)
		return -1;
	guess = (struct side){ known->prefix, known->type, 0 };
	if (scoring->rule == TAG_SEQEVAL)
		step_seqeval(scoring, &gold, &guess);
	else
		step_conlleval(scoring, &gold, &guess);
	scoring->gold = gold;
	scoring->guess = guess;
	scoring->position++;
	return 0;
}

int scoring_add(struct scoring *scoring, const char *gold, const char *guess)
{
	scoring->table.tokens++;
	scoring->table.correct_tags += gold == guess || tag_equal(scoring->rule, gold, guess);
	return step(scoring, gold, guess);
}

int scoring_break(struct scoring *scoring)
{
	return step(scoring, "O", "O");
}

int scoring_finish(struct scoring *scoring)
{
	if (scoring->rule == TAG_SEQEVAL && step(scoring, "O", "O") < 0)
		return -1;
	if (scoring->in_correct)
		scoring->table.scores[scoring->gold.type].correct++;
	score_table_finish(&scoring->table);
	return 0;
}

const struct score_table *scoring_table(const struct scoring *scoring)
{
	return &scoring->table;
}
