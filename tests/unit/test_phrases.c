/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/conll.h"
#include "preprocess/chunker.h"
#include "preprocess/phrase_file.h"
#include "preprocess/phrases.h"
#include "tests/unit/temporary.h"
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

/* The texts of the phrases of a tweet from these sources, joined by '|'. */
static void phrases_text(const char *sources, const struct phrase_file *file, const char *const *words,
			 const char *const *tags, size_t n, char *out, size_t size)
{
	struct sentence sentence = { .id = "1", .n_tokens = n };
	struct record record = { .id = "1", .name = "IMGID:1", .words = (const char **)words,
				 .n_words = n, .sentence = &sentence };
	struct phrases_choice choice = PHRASES_CHOICE_INIT;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct found_phrase *found;
	size_t n_found, at = 0;

	if (sources)
		assert_int_equal(phrases_choice_parse(&choice, sources, &err), 0);
	choice.file = file;
	assert_int_equal(phrases_of_record(&record, &choice, tags, &found, &n_found, &arena, &err), 0);
	out[0] = '\0';
	for (size_t i = 0; i < n_found; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? "|" : "", found[i].text);
	arena_release(&arena);
}

static const char *const cat_words[] = { "My", "cat", "Chelsea", "sees", "the", "Charles", "River", "boats" };
static const char *const cat_tags[] = { "O", "O", "B-PER", "O", "O", "B-LOC", "I-LOC", "O" };

static void test_a_noun_before_a_name_is_a_phrase_of_its_own(void **state)
{
	char text[256];

	(void)state;
	phrases_text(NULL, NULL, cat_words, cat_tags, 7, text, sizeof(text));
	assert_string_equal(text, "Chelsea|Charles River|My cat");
	phrases_text(NULL, NULL, cat_words, cat_tags, 8, text, sizeof(text));
	assert_string_equal(text, "Chelsea|Charles River|My cat|the Charles River boats");
}

static void test_sources_are_mixed_in_their_order(void **state)
{
	static const struct {
		const char *sources, *phrases;
	} cases[] = {
		{ "hvpnet", "My cat Chelsea|Chelsea|the Charles River boats|boats" },
		{ "entities,hvpnet", "Chelsea|Charles River|My cat Chelsea|the Charles River boats|boats" },
		{ "umgf", "location|organization|person|miscellaneous" },
		{ "mnre", "" },
		{ "noun-phrases,entities", "My cat Chelsea|the Charles River boats|Chelsea|Charles River" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		phrases_text(cases[i].sources, NULL, cat_words, cat_tags, 8, text, sizeof(text));
		assert_string_equal(text, cases[i].phrases);
	}
}

static void test_names_of_sources(void **state)
{
	struct phrases_choice choice = PHRASES_CHOICE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(phrases_choice_parse(&choice, "umgf,umgf", &err), -1);
	assert_string_equal(err.text, "'umgf' is named twice");
	assert_int_equal(phrases_choice_parse(&choice, "umg", &err), -1);
	assert_int_equal(phrases_choice_parse(&choice, "", &err), -1);
	assert_int_equal(phrases_choice_parse(&choice, "umgf,", &err), -1);
	assert_int_equal(phrases_choice_parse(&choice, "mnre,entities,file", &err), 0);
	assert_int_equal(choice.n, 3);
	assert_int_equal(choice.sources[2], PHRASES_FILE);
}

static void assert_from_file(const char *lines, const char *sources, const char *phrases)
{
	char *path = temporary_text(lines), text[256];
	struct err err = ERR_INIT;
	struct phrase_file *file = phrase_file_read(path, &err);

	assert_non_null(file);
	phrases_text(sources, file, cat_words, cat_tags, 8, text, sizeof(text));
	assert_string_equal(text, phrases);
	phrase_file_free(file);
	temporary_remove(path);
}

static void test_phrases_of_a_file(void **state)
{
	(void)state;
	assert_from_file("1\ta cat\n2\ta dog\n\n1\tTom\tperson\n", "file", "a cat|Tom");
	assert_from_file("IMGID:1\ta cat\n", "file,entities", "a cat|Chelsea|Charles River");
	assert_from_file("{\"id\":\"1\",\"phrases\":[{\"text\":\"Chelsea\",\"kind\":\"misc\",\"begin\":2,"
			 "\"end\":3}]}\n", "file,entities", "Chelsea|Charles River");
	assert_from_file("", "file", "");
}

static void test_bad_lines_of_a_file(void **state)
{
	static const struct {
		const char *lines, *message;
	} cases[] = {
		{ "1\ta\n1 a\n", "a line of phrases is 'id<TAB>phrase'" },
		{ "1\ta\n1\t\n", "a line of phrases is 'id<TAB>phrase'" },
		{ "1\ta\n1\ta\tcat\n", "'cat' is no kind" },
		{ "{\"id\":\"1\",\"phrases\":[]}\n{\"id\":\"1\",\"phrases\":[{\"text\":\"a\"}]}\n",
		  "phrase 1 needs" },
		{ "{\"id\":\"1\",\"phrases\":[]}\n{\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *path = temporary_text(cases[i].lines);
		struct err err = ERR_INIT;

		assert_null(phrase_file_read(path, &err));
		assert_int_equal(err.line, 2);
		assert_non_null(strstr(err.text, cases[i].message));
		temporary_remove(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunker_is_as_good_as_it_says),
		cmocka_unit_test(test_a_noun_before_a_name_is_a_phrase_of_its_own),
		cmocka_unit_test(test_sources_are_mixed_in_their_order),
		cmocka_unit_test(test_names_of_sources),
		cmocka_unit_test(test_phrases_of_a_file),
		cmocka_unit_test(test_bad_lines_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
