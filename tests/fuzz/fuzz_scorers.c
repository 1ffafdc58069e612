/* SPDX-License-Identifier: Apache-2.0 */
/* Any tags at all: a first byte for the scheme, then lines of gold and predicted tag apart by a blank, and
 * an empty line after each sentence. */
#include "lib/corpus/metrics.h"
#include "lib/corpus/nervaluate.h"
#include "lib/corpus/scorer_differences.h"
#include "lib/corpus/span_scores.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WORDS 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct scorers {
	struct scoring *conlleval, *seqeval;
	struct score_table umt, strict;
	struct nervaluate *first, *zero, *best;
	bool first_refuses, strict_refuses;
	struct scorer_view gold, guess, both;
	struct arena arena;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void add_sets(struct scorers *scorers, const char **gold, const char **guess, size_t n)
{
	struct span *gold_spans, *guess_spans;
	size_t n_gold, n_guess;
	struct err err = ERR_INIT;

	check(span_extract(SPAN_UMT, gold, n, &gold_spans, &n_gold, &scorers->arena, &err) == 0);
	check(span_extract(SPAN_UMT, guess, n, &guess_spans, &n_guess, &scorers->arena, &err) == 0);
	check(span_scores_add(&scorers->umt, gold_spans, n_gold, guess_spans, n_guess) == 0);
	if (scheme_strict_spans(scorers->gold.scheme, gold, n, &gold_spans, &n_gold, &scorers->arena,
				&err) < 0 ||
	    scheme_strict_spans(scorers->gold.scheme, guess, n, &guess_spans, &n_guess,
				&scorers->arena, &err) < 0)
		scorers->strict_refuses = true;
	else
		check(span_scores_add(&scorers->strict, gold_spans, n_gold, guess_spans, n_guess) == 0);
}

static void add_sentence(struct scorers *scorers, const char **gold, const char **guess, size_t n)
{
	struct scorer_entity *entities, *others;
	struct err err = ERR_INIT;
	size_t n_entities, n_others;

	arena_reset(&scorers->arena);
	for (size_t i = 0; i < n; i++) {
		check(scoring_add(scorers->conlleval, gold[i], guess[i]) == 0);
		check(scoring_add(scorers->seqeval, gold[i], guess[i]) == 0);
	}
	check(scoring_break(scorers->conlleval) == 0 && scoring_break(scorers->seqeval) == 0);
	add_sets(scorers, gold, guess, n);
	if (!scorers->first_refuses)
		scorers->first_refuses = nervaluate_add(scorers->first, gold, guess, n, &err) < 0;
	check(nervaluate_add(scorers->zero, gold, guess, n, &err) == 0);
	check(nervaluate_add(scorers->best, gold, guess, n, &err) == 0);
	check(scorer_entities(&scorers->gold, gold, n, &entities, &n_entities, &scorers->arena,
			      &err) == 0);
	check(scorer_entities(&scorers->guess, guess, n, &others, &n_others, &scorers->arena,
			      &err) == 0);
	scorers->both.refused = scorers->gold.refused | scorers->guess.refused;
	scorer_entities_in_both(&scorers->both, entities, n_entities, others, n_others);
}

static void check_table(const struct score_table *table)
{
	struct type_score total = score_table_total(table);

	check(total.correct <= total.gold && total.correct <= total.found);
}

/* The best matching has at least the credit of the greedy one. */
static void check_nervaluate(const struct scorers *scorers)
{
	const struct nervaluate_type *first = nervaluate_total(scorers->first);
	const struct nervaluate_type *best = nervaluate_total(scorers->best);

	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++) {
		const struct nervaluate_counts *a = &first->counts[s], *b = &best->counts[s];

		check(2 * b->correct + b->partial >= 2 * a->correct + a->partial);
		check(nervaluate_possible(a) == nervaluate_possible(b));
		check(nervaluate_actual(a) == nervaluate_actual(b));
	}
}

/* What the rules add is the difference of the counts. */
static void check_view(const struct scorer_view *view)
{
	for (size_t r = 0; r < READINGS; r++) {
		long long sum = (long long)view->counts[READING_CONLLEVAL];

		for (size_t rule = 0; rule < DIFFERENCE_RULES; rule++)
			sum += view->added[rule][r];
		check(view->refused & 1u << r || sum == (long long)view->counts[r]);
	}
}

static void finish(struct scorers *scorers)
{
	struct err err = ERR_INIT;

	check(scoring_finish(scorers->conlleval) == 0 && scoring_finish(scorers->seqeval) == 0);
	check_table(scoring_table(scorers->conlleval));
	check_table(scoring_table(scorers->seqeval));
	check_table(&scorers->umt);
	check_table(&scorers->strict);
	check(nervaluate_finish(scorers->zero, &err) == 0);
	check(nervaluate_finish(scorers->best, &err) == 0);
	check(nervaluate_finish(scorers->first, &err) == 0);
	if (!scorers->first_refuses)
		check_nervaluate(scorers);
	check_view(&scorers->gold);
	check_view(&scorers->guess);
	check_view(&scorers->both);
	check(scorers->both.counts[READING_UMT] == score_table_total(&scorers->umt).correct);
	scoring_free(scorers->conlleval);
	scoring_free(scorers->seqeval);
	score_table_release(&scorers->umt);
	score_table_release(&scorers->strict);
	nervaluate_free(scorers->first);
	nervaluate_free(scorers->zero);
	nervaluate_free(scorers->best);
	arena_release(&scorers->arena);
}

static void start(struct scorers *scorers, enum scheme scheme)
{
	memset(scorers, 0, sizeof(*scorers));
	scorers->conlleval = scoring_new(TAG_CONLLEVAL);
	scorers->seqeval = scoring_new(TAG_SEQEVAL);
	score_table_init(&scorers->umt);
	score_table_init(&scorers->strict);
	scorers->first = nervaluate_new(NERVALUATE_1);
	scorers->zero = nervaluate_new(NERVALUATE_0);
	scorers->best = nervaluate_new(NERVALUATE_OPTIMAL);
	scorers->gold.scheme = scorers->guess.scheme = scheme;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *gold[MOST_WORDS], *guess[MOST_WORDS];
	char *text = malloc(size + 1), *line, *rest;
	struct scorers scorers;
	size_t n = 0;

	start(&scorers, size ? data[0] % SCHEMES : SCHEME_IOB2);
	if (size)
		memcpy(text, data + 1, size - 1);
	text[size ? size - 1 : 0] = '\0';
	for (rest = text; (line = strsep(&rest, "\n"));) {
		char *blank = strchr(line, ' ');

		if (blank && n < MOST_WORDS) {
			*blank = '\0';
			gold[n] = line;
			guess[n++] = blank + 1;
		} else if (n) {
			add_sentence(&scorers, gold, guess, n);
			n = 0;
		}
	}
	if (n)
		add_sentence(&scorers, gold, guess, n);
	finish(&scorers);
	free(text);
	return 0;
}
