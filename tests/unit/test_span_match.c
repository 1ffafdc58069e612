/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/span_match.h"
#include "lib/corpus/span_scores.h"

#include "lib/corpus/confusion.h"
#include "lib/corpus/nervaluate.h"
#include "tests/unit/test.h"

#include <stdbool.h>
#include <string.h>

#define MOST 8

static uint64_t dice_state = 1;

static unsigned dice(unsigned n)
{
	dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(dice_state >> 33) % n;
}

/* Up to MOST entities, in order, some of them side by side. */
static size_t draw_spans(struct span *spans)
{
	static const char *const types[] = { "A", "B" };
	size_t n = dice(MOST + 1), at = 0;

	for (size_t i = 0; i < n; i++) {
		size_t begin = at + dice(3), end = begin + 1 + dice(4);

		spans[i] = (struct span){ begin, end, types[dice(2)] };
		at = end;
	}
	return n;
}

/* The worth of the best matching of the gold entities from number i on, by trying all of them. */
static uint64_t best_of(const struct span *gold, size_t n_gold, const struct span *guess,
			size_t n_guess, size_t i, unsigned taken)
{
	uint64_t best;

	if (i == n_gold)
		return 0;
	best = best_of(gold, n_gold, guess, n_guess, i + 1, taken);
	for (size_t j = 0; j < n_guess; j++) {
		uint64_t with;

		if (taken & 1u << j || gold[i].begin >= guess[j].end ||
		    guess[j].begin >= gold[i].end)
			continue;
		with = span_value_place(&gold[i], &guess[j]) +
		       best_of(gold, n_gold, guess, n_guess, i + 1, taken | 1u << j);
		best = with > best ? with : best;
	}
	return best;
}

static void test_best(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t round = 0; round < 3000; round++) {
		struct span gold[MOST], guess[MOST];
		size_t n_gold = draw_spans(gold), n_guess = draw_spans(guess), *partners;
		struct err err = ERR_INIT;
		uint64_t worth = 0;
		unsigned taken = 0;

		arena_reset(&arena);
		assert_int_equal(span_match(gold, n_gold, guess, n_guess, span_value_place,
					    &partners, &arena, &err),
				 0);
		for (size_t i = 0; i < n_gold; i++) {
			if (partners[i] == SPAN_ALONE)
				continue;
			assert_true(partners[i] < n_guess && !(taken & 1u << partners[i]));
			taken |= 1u << partners[i];
			worth += span_value_place(&gold[i], &guess[partners[i]]);
		}
		assert_int_equal(worth, best_of(gold, n_gold, guess, n_guess, 0, 0));
	}
	arena_release(&arena);
}

static struct nervaluate *score(enum nervaluate_rule rule, const char *const *gold,
				const char *const *guess, size_t n)
{
	struct nervaluate *scores = nervaluate_new(rule);
	struct err err = ERR_INIT;

	assert_int_equal(nervaluate_add(scores, gold, guess, n, &err), 0);
	assert_int_equal(nervaluate_finish(scores, &err), 0);
	return scores;
}

static void assert_counts(const struct nervaluate *scores, enum nervaluate_schema schema,
			  size_t correct, size_t incorrect, size_t partial, size_t missed,
			  size_t spurious)
{
	const struct nervaluate_counts *counts = &nervaluate_total(scores)->counts[schema];

	assert_int_equal(counts->correct, correct);
	assert_int_equal(counts->incorrect, incorrect);
	assert_int_equal(counts->partial, partial);
	assert_int_equal(counts->missed, missed);
	assert_int_equal(counts->spurious, spurious);
}

/* One prediction over the last two words of a long entity and another over the whole of a short one: who
 * comes first wins with the greedy ways, the better pair with the best matching. */
static void test_order(void **state)
{
	const char *const gold[] = { "B-A", "I-A", "I-A", "B-B" };
	const char *const guess[] = { "O", "O", "B-A", "I-A" };
	struct nervaluate *greedy = score(NERVALUATE_0, gold, guess, 4);
	struct nervaluate *best = score(NERVALUATE_OPTIMAL, gold, guess, 4);

	(void)state;
	/* Version 0 lets the prediction meet both gold entities. */
	assert_counts(greedy, NERVALUATE_ENT_TYPE, 1, 1, 0, 0, 0);
	assert_counts(best, NERVALUATE_ENT_TYPE, 1, 0, 0, 1, 0);
	assert_counts(best, NERVALUATE_PARTIAL, 0, 0, 1, 1, 0);
	assert_counts(best, NERVALUATE_STRICT, 0, 1, 0, 1, 0);
	nervaluate_free(greedy);
	nervaluate_free(best);
}

/* A type that no B- or I- tag names does not count, wherever the tag that names it stands. */
static void test_late_type(void **state)
{
	const char *const single[] = { "S-A" }, *const inside[] = { "I-A" }, *const none[] = { "O" };
	struct nervaluate *scores = nervaluate_new(NERVALUATE_0);
	struct err err = ERR_INIT;
	size_t n;

	(void)state;
	assert_int_equal(nervaluate_add(scores, single, none, 1, &err), 0);
	assert_int_equal(nervaluate_finish(scores, &err), 0);
	assert_counts(scores, NERVALUATE_STRICT, 0, 0, 0, 0, 0);
	nervaluate_types(scores, &n);
	assert_int_equal(n, 0);
	nervaluate_free(scores);
	scores = nervaluate_new(NERVALUATE_0);
	assert_int_equal(nervaluate_add(scores, single, none, 1, &err), 0);
	assert_int_equal(nervaluate_add(scores, none, inside, 1, &err), 0);
	assert_int_equal(nervaluate_finish(scores, &err), 0);
	assert_counts(scores, NERVALUATE_STRICT, 0, 0, 0, 1, 1);
	nervaluate_free(scores);
}

static void test_refusal(void **state)
{
	const char *const gold[] = { "O", "S-A" };
	struct nervaluate *scores = nervaluate_new(NERVALUATE_1);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(nervaluate_add(scores, gold, gold, 2, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_int_equal(err.column, 2);
	nervaluate_free(scores);
}

static size_t total(const struct confusion *confusion)
{
	size_t sum = 0;

	for (size_t i = 0; i < confusion->n; i++)
		sum += confusion->cells[i].count;
	return sum;
}

/* seqeval has entities of odd tags end more than once: no list of theirs overruns. */
static void test_overlap_within_a_list(void **state)
{
	const char *const tags[] = { "B-A", "E-A", "U-A", "E-A", "U-A", "E-A",
				     "U-A", "E-A", "U-A", "E-A", "U-A" };
	struct score_table table;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct span_pair *pairs;
	struct span *spans;
	size_t n, n_pairs;

	(void)state;
	assert_int_equal(span_extract(SPAN_SEQEVAL, tags, 11, &spans, &n, &arena, &err), 0);
	assert_true(n >= 5);
	assert_int_equal(spans[1].begin, spans[0].begin);
	assert_int_equal(span_match_pairs(spans, n, spans, n, span_value_place, &pairs, &n_pairs,
					  &arena, &err), 0);
	assert_in_range(n_pairs, n, 2 * n);
	score_table_init(&table);
	assert_int_equal(span_scores_add(&table, spans, n, spans, n), 0);
	assert_int_equal(score_table_total(&table).correct, n);
	score_table_release(&table);
	arena_release(&arena);
}

/* Each entity is in one pair, and what was counted can be taken out again. */
static void test_pairs(void **state)
{
	struct span gold[] = { { 0, 2, "A" }, { 3, 4, "B" } };
	struct span guess[] = { { 1, 2, "B" }, { 2, 3, "A" }, { 3, 4, "B" } };
	struct score_table table;
	struct confusion confusion;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct span_pair *pairs;
	size_t n;

	(void)state;
	assert_int_equal(span_match_pairs(gold, 2, guess, 3, span_value_place, &pairs, &n, &arena,
					  &err), 0);
	assert_int_equal(n, 3);
	assert_ptr_equal(pairs[0].gold, &gold[0]);
	assert_ptr_equal(pairs[0].guess, &guess[0]);
	assert_ptr_equal(pairs[1].guess, &guess[2]);
	assert_null(pairs[2].gold);
	assert_ptr_equal(pairs[2].guess, &guess[1]);
	confusion_init(&confusion);
	score_table_init(&table);
	assert_int_equal(confusion_add(&confusion, "A", NULL), 0);
	assert_int_equal(confusion_add(&confusion, "A", "B"), 0);
	assert_int_equal(confusion_remove(&confusion, "A", NULL), 0);
	assert_int_equal(confusion_count(&confusion, "A", "B"), 1);
	assert_int_equal(total(&confusion), 1);
	assert_int_equal(span_scores_add(&table, gold, 2, guess, 3), 0);
	assert_int_equal(span_scores_add(&table, gold, 2, gold, 2), 0);
	assert_int_equal(span_scores_remove(&table, gold, 2, guess, 3), 0);
	assert_int_equal(score_table_total(&table).gold, 2);
	assert_int_equal(score_table_total(&table).found, 2);
	assert_int_equal(score_table_total(&table).correct, 2);
	confusion_release(&confusion);
	score_table_release(&table);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_best),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_late_type),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_overlap_within_a_list),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
