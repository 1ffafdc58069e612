/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/conll.h"
#include "preprocess/chunker.h"
#include "preprocess/phrases.h"
#include "tests/unit/test.h"

#include <string.h>

struct score {
	size_t gold, found, both;
};

static double f1(const struct score *score)
{
	return 2.0 * (double)score->both / (double)(score->gold + score->found);
}

/* Exact spans of b-np and i-np against the chunker's. */
static void score_sentence(const struct sentence *sentence, struct arena *arena, struct score *score)
{
	size_t n = sentence->n_tokens, n_chunks, k = 0;
	const char **words = arena_alloc(arena, n, sizeof(*words));
	struct chunk *chunks = arena_alloc(arena, n, sizeof(*chunks));

	for (size_t i = 0; i < n; i++)
		words[i] = sentence->tokens[i].word;
	n_chunks = chunk_noun_phrases(words, n, arena_alloc(arena, n, 1), chunks);
	score->found += n_chunks;
	for (size_t i = 0; i < n; i++) {
		size_t end = i + 1;

		if (strcmp(sentence->tokens[i].tag, "b-np") != 0)
			continue;
		while (end < n && strcmp(sentence->tokens[end].tag, "i-np") == 0)
			end++;
		score->gold++;
		while (k < n_chunks && chunks[k].begin < i)
			k++;
		score->both += k < n_chunks && chunks[k].begin == i && chunks[k].end == end;
	}
}

static void test_chunker_is_as_good_as_it_says(void **state)
{
	char path[4096];
	struct err err = ERR_INIT;
	struct arena arena = ARENA_INIT;
	struct sentence sentence;
	struct score halves[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	struct conll_reader *reader;

	(void)state;
	snprintf(path, sizeof(path), "%s/data/twitter_nlp/chunk.txt", shared_folder());
	reader = conll_open(path, &err);
	assert_non_null(reader);
	while (conll_next(reader, &sentence, &arena, &err) == READ_OK) {
		score_sentence(&sentence, &arena, &halves[sentence.record >= 394]);
		arena_reset(&arena);
	}
	conll_close(reader);
	arena_release(&arena);
	print_message("noun phrases: F1 %.4f on the first half, %.4f on the second\n",
		      f1(&halves[0]), f1(&halves[1]));
	/* What chunker.h says, rounded. */
	assert_true(f1(&halves[0]) > 0.785);
	assert_true(f1(&halves[1]) > 0.765);
}

/* The texts of the phrases of a tweet, joined by '|'. */
static void phrases_text(const char *const *words, const char *const *tags, size_t n, char *out,
			 size_t size)
{
	struct sentence sentence = { .id = "1", .n_tokens = n };
	struct record record = { .id = "1", .name = "IMGID:1", .words = (const char **)words,
				 .n_words = n, .sentence = &sentence };
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct found_phrase *found;
	size_t n_found, at = 0;

	assert_int_equal(phrases_of_record(&record, tags, &found, &n_found, &arena, &err), 0);
	out[0] = '\0';
	for (size_t i = 0; i < n_found; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? "|" : "", found[i].text);
	arena_release(&arena);
}

static void test_a_noun_before_a_name_is_a_phrase_of_its_own(void **state)
{
	static const char *const words[] = { "My",	"cat", "Chelsea", "sees",
					     "the", "Charles", "River",	  "boats" };
	static const char *const tags[] = { "O", "O", "B-PER", "O", "O", "B-LOC", "I-LOC", "O" };
	char text[256];

	(void)state;
	phrases_text(words, tags, 7, text, sizeof(text));
	assert_string_equal(text, "Chelsea|Charles River|My cat");
	phrases_text(words, tags, 8, text, sizeof(text));
	assert_string_equal(text, "Chelsea|Charles River|My cat|the Charles River boats");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunker_is_as_good_as_it_says),
		cmocka_unit_test(test_a_noun_before_a_name_is_a_phrase_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
