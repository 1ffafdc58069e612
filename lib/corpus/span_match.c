/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/span_match.h"

#include <stdbool.h>
#include <string.h>

/* Two entities that share a word, and the best matching of this and the pairs before. */
struct pair {
	size_t gold, guess;
	size_t before; /* pairs before it that it can go with */
	uint64_t best; /* worth of the best matching of the pairs up to this one */
};

/* All pairs, by gold and then by predicted entity. There are fewer than entities, unless a list overlaps
 * in itself, as seqeval has it of odd tags: then those past the room are left out. */
static size_t list_pairs(const struct span *gold, size_t n_gold, const struct span *guess,
			 size_t n_guess, struct pair *pairs)
{
	size_t n = 0, from = 0, room = n_gold + n_guess;

	for (size_t i = 0; i < n_gold; i++) {
		while (from < n_guess && guess[from].end <= gold[i].begin)
			from++;
		for (size_t j = from; j < n_guess && guess[j].begin < gold[i].end && n < room; j++)
			pairs[n++] = (struct pair){ i, j, 0, 0 };
	}
	return n;
}

/* Pairs that share an entity stand in a row, so those that go with pair k end where its rows begin. */
static void solve(struct pair *pairs, size_t n, const struct span *gold, const struct span *guess,
		  span_value *value)
{
	size_t gold_row = 0, guess_row = 0;

	for (size_t k = 0; k < n; k++) {
		struct pair *pair = &pairs[k];
		uint64_t without = k ? pairs[k - 1].best : 0, with;

		if (k && pairs[k - 1].gold != pair->gold)
			gold_row = k;
		if (k && pairs[k - 1].guess != pair->guess)
			guess_row = k;
		pair->before = gold_row < guess_row ? gold_row : guess_row;
		with = value(&gold[pair->gold], &guess[pair->guess]) +
		       (pair->before ? pairs[pair->before - 1].best : 0);
		pair->best = with > without ? with : without;
	}
}

int span_match(const struct span *gold, size_t n_gold, const struct span *guess, size_t n_guess,
	       span_value *value, size_t **partners, struct arena *arena, struct err *err)
{
	struct pair *pairs;
	size_t n;

	if (n_gold > SPAN_MATCH_LIMIT || n_guess > SPAN_MATCH_LIMIT)
		return err_set(err, ERR_DATA, "a sentence has more than %zu entities",
			       SPAN_MATCH_LIMIT);
	pairs = arena_alloc(arena, n_gold + n_guess + 1, sizeof(*pairs));
	*partners = arena_alloc(arena, n_gold + 1, sizeof(**partners));
	if (!pairs || !*partners)
		return err_set_memory(err);
	for (size_t i = 0; i < n_gold; i++)
		(*partners)[i] = SPAN_ALONE;
	n = list_pairs(gold, n_gold, guess, n_guess, pairs);
	solve(pairs, n, gold, guess, value);
	for (size_t k = n; k > 0;) {
		struct pair *pair = &pairs[k - 1];

		if (pair->best == (k > 1 ? pairs[k - 2].best : 0)) {
			k--;
			continue;
		}
		(*partners)[pair->gold] = pair->guess;
		k = pair->before;
	}
	return 0;
}

int span_match_pairs(const struct span *gold, size_t n_gold, const struct span *guess, size_t n_guess,
		     span_value *value, struct span_pair **pairs, size_t *n_pairs,
		     struct arena *arena, struct err *err)
{
	size_t *partners, n = 0;
	bool *taken;

	if (span_match(gold, n_gold, guess, n_guess, value, &partners, arena, err) < 0)
		return -1;
	taken = arena_alloc(arena, n_guess + 1, sizeof(*taken));
	*pairs = arena_alloc(arena, n_gold + n_guess + 1, sizeof(**pairs));
	if (!taken || !*pairs)
		return err_set_memory(err);
	for (size_t i = 0; i < n_gold; i++) {
		bool alone = partners[i] == SPAN_ALONE;

		(*pairs)[n++] = (struct span_pair){ &gold[i], alone ? NULL : &guess[partners[i]] };
		if (!alone)
			taken[partners[i]] = true;
	}
	for (size_t j = 0; j < n_guess; j++)
		if (!taken[j])
			(*pairs)[n++] = (struct span_pair){ NULL, &guess[j] };
	*n_pairs = n;
	return 0;
}

uint64_t span_value_place(const struct span *gold, const struct span *guess)
{
	bool same = gold->begin == guess->begin && gold->end == guess->end;

	return (same ? MATCH_FIRST : 0) + MATCH_SECOND +
	       (strcmp(gold->type, guess->type) == 0 ? MATCH_THIRD : 0);
}
