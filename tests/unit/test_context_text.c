/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/context_text.h"
#include "inference/text/piece_windows.h"
#include "inference/text/word_pieces.h"
#include "lib/base/file.h"
#include "tests/unit/test.h"

#include <jansson.h>

/* A tokenizer and the text that it lies in. */
struct fixture {
	struct file_map map;
	struct subword_tokenizer tokenizer;
};

/* That of the oracle for "bert" or "xlmr"; skips where it cannot be had. */
static void open_tokenizer(struct fixture *fixture, const char *kind)
{
	bool xlmr = strcmp(kind, "xlmr") == 0;
	char *path = file_join(shared_folder(),
			       xlmr ? "oracle/ita/spm_small.model" : "oracle/wordpiece/vocab.txt");
	struct err err = ERR_INIT;

	if (xlmr && !sentencepiece_is_there()) {
		printf("skip: built without SentencePiece\n");
		skip();
	}
	assert_int_equal(file_map_open(&fixture->map, path, &err), 0);
	if (subword_tokenizer_open(&fixture->tokenizer, (const char *)fixture->map.data,
				   fixture->map.size, xlmr, &err) < 0)
		fail_msg("%s", err.text);
	free(path);
}

static void close_tokenizer(struct fixture *fixture)
{
	subword_tokenizer_close(&fixture->tokenizer);
	file_map_close(&fixture->map);
}

static json_t *read_oracle(const char *name)
{
	char *folder = file_join(shared_folder(), "oracle/ita"), *path = file_join(folder, name);
	json_t *oracle = json_load_file(path, 0, NULL);

	assert_non_null(oracle);
	free(folder);
	free(path);
	return oracle;
}

/* Strings of an array; where `first` is set its elements are arrays that begin with the string. */
static const char **strings_of(const json_t *array, bool first, struct arena *arena)
{
	size_t n = json_array_size(array);
	const char **strings = arena_alloc(arena, n + 1, sizeof(*strings));

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(array, i);

		strings[i] = json_string_value(first ? json_array_get(item, 0) : item);
	}
	return strings;
}

static void check_join(const struct context_rules *rules, const json_t *record)
{
	const json_t *tweet = json_object_get(record, "tweet");
	const json_t *contexts = json_object_get(record, "contexts");
	const json_t *document = json_object_get(record, "document");
	struct arena arena = ARENA_INIT;
	const char **wanted = strings_of(document, true, &arena);
	struct err err = ERR_INIT;
	struct context_text joined;

	assert_int_equal(context_join(rules, strings_of(tweet, true, &arena), json_array_size(tweet),
				      strings_of(contexts, false, &arena), json_array_size(contexts),
				      &joined, &arena, &err), 0);
	assert_int_equal(joined.n, json_array_size(document));
	for (size_t i = 0; i < joined.n; i++)
		assert_string_equal(joined.words[i], wanted[i]);
	arena_release(&arena);
}

static void test_contexts_are_joined(void **state)
{
	static const struct {
		const char *name;
		size_t limit;
	} sets[] = { { "length_limit_510", 510 }, { "length_limit_60", 60 } };
	struct fixture fixture;
	json_t *oracle, *record;
	size_t k, n = 0;

	(void)state;
	open_tokenizer(&fixture, "xlmr");
	oracle = read_oracle("context.json");
	for (size_t i = 0; i < 2; i++) {
		const struct context_rules rules = { &fixture.tokenizer, sets[i].limit };

		json_array_foreach(json_object_get(oracle, sets[i].name), k, record) {
			check_join(&rules, record);
			n++;
		}
	}
	assert_int_equal(n, 11);
	json_decref(oracle);
	close_tokenizer(&fixture);
}

static void check_pieces(const struct subword_tokenizer *tokenizer, const json_t *record)
{
	const json_t *words = json_object_get(record, "words"), *ids = json_object_get(record, "ids");
	const json_t *counts = json_object_get(record, "pieces_of_word");
	struct word_pieces pieces = WORD_PIECES_INIT;
	size_t n = json_array_size(words);
	struct arena arena = ARENA_INIT;
	const char **strings = strings_of(words, false, &arena);
	struct err err = ERR_INIT;

	for (size_t i = 0; i < n; i++)
		if (strcmp(strings[i], CONTEXT_SEPARATOR) == 0)
			strings[i] = tokenizer->end_text;
	assert_int_equal(word_pieces_read(&pieces, tokenizer, strings, n, &err), 0);
	assert_int_equal(pieces.text.n, json_array_size(ids));
	for (size_t i = 0; i < pieces.text.n; i++)
		assert_int_equal(pieces.text.items[i].id, json_integer_value(json_array_get(ids, i)));
	assert_int_equal(pieces.n_words, n);
	for (size_t i = 0; i < n; i++) {
		/* The original's list ends early where nothing is left to give. */
		size_t wanted = (size_t)json_integer_value(json_array_get(counts, i));

		if (pieces.counts[i] != wanted)
			fail_msg("word %zu '%s' has %zu pieces instead of %zu", i, strings[i],
				 pieces.counts[i], wanted);
	}
	word_pieces_release(&pieces);
	arena_release(&arena);
}

static void check_all_pieces(const char *kind, const char *key)
{
	struct fixture fixture;
	json_t *oracle, *record;
	size_t i, n = 0;

	open_tokenizer(&fixture, kind);
	oracle = read_oracle("context.json");
	json_array_foreach(json_object_get(oracle, key), i, record) {
		check_pieces(&fixture.tokenizer, record);
		n++;
	}
	assert_true(n > 10);
	json_decref(oracle);
	close_tokenizer(&fixture);
}

static void test_words_get_pieces_of_bert(void **state)
{
	(void)state;
	check_all_pieces("bert", "pieces_bert");
}

static void test_words_get_pieces_of_xlm_roberta(void **state)
{
	(void)state;
	check_all_pieces("xlmr", "pieces_xlmr");
}

/* A BERT whose vocabulary ships with the test. */
static void open_small(struct subword_tokenizer *tokenizer)
{
	static const char vocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\nc\n";
	struct err err = ERR_INIT;

	assert_int_equal(subword_tokenizer_open(tokenizer, vocabulary, strlen(vocabulary), false, &err),
			 0);
}

static void assert_counts(const char *const *words, size_t n, const char *wanted)
{
	struct word_pieces pieces = WORD_PIECES_INIT;
	struct subword_tokenizer tokenizer;
	struct buf got = BUF_INIT;
	struct err err = ERR_INIT;

	open_small(&tokenizer);
	assert_int_equal(word_pieces_read(&pieces, &tokenizer, words, n, &err), 0);
	for (size_t i = 0; i < n; i++)
		buf_add_format(&got, "%zu", pieces.counts[i]);
	assert_string_equal(got.data, wanted);
	buf_release(&got);
	word_pieces_release(&pieces);
	subword_tokenizer_close(&tokenizer);
}

static void test_words_without_pieces(void **state)
{
	(void)state;
	assert_counts((const char *const[]){ "abb", "\xe2\x80\x8b", "c" }, 3, "301");
	assert_counts((const char *const[]){ "\xe2\x80\x8b", "\xe2\x80\x8b" }, 2, "00");
	assert_counts((const char *const[]){ "ABb", "x", "\xe2\x80\x8b", "\xe2\x80\x8b" }, 4, "3100");
	/* The token that begins a text is nobody's piece. */
	assert_counts((const char *const[]){ "[CLS]", "a" }, 2, "01");
	assert_counts((const char *const[]){ "a", "[CLS]" }, 2, "11");
	assert_counts(NULL, 0, "");
}

static void test_first_field_of_a_word(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	assert_string_equal(context_first_field("abc", &arena), "abc");
	assert_string_equal(context_first_field("a\xc2\xa0" "b", &arena), "a");
	assert_string_equal(context_first_field("\xe2\x80\xa8" "b\tc", &arena), "b");
	assert_string_equal(context_first_field("\xc2\x85", &arena), "");
	assert_string_equal(context_first_field("a\xff", &arena), "a\xff");
	assert_string_equal(context_first_field("", &arena), "");
	arena_release(&arena);
}

static void test_short_texts_have_one_window(void **state)
{
	const struct window_rules rules = window_rules_of(512);

	(void)state;
	assert_int_equal(rules.room, 510);
	assert_int_equal(rules.overlap, 256);
	assert_int_equal(piece_windows(&rules, 0), 1);
	assert_int_equal(piece_windows(&rules, 510), 1);
	assert_int_equal(piece_window_end(&rules, 510, 0), 510);
	assert_int_equal(piece_window_of(&rules, 510, 509), 0);
}

/* The original cuts 510 pieces off, goes on 256 before the cut, and joins the windows' states
 * without the last 129 of all so far and without the first 129 of the next. */
static void check_windows(size_t n)
{
	const struct window_rules rules = window_rules_of(512);
	size_t start = 0, left = n, windows = 1, joined[4096], length = 0;

	for (size_t i = 0; i < (n < 510 ? n : 510) + 2; i++)
		joined[length++] = 0;
	for (; left > 510; windows++) {
		left -= 254;
		start += 254;
		assert_int_equal(piece_window_start(&rules, windows), start);
		length -= 129;
		for (size_t i = 129; i < (left < 510 ? left : 510) + 2; i++)
			joined[length++] = windows;
	}
	assert_int_equal(length, n + 2);
	assert_int_equal(piece_windows(&rules, n), windows);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(piece_window_of(&rules, n, i), joined[i + 1]);
	assert_int_equal(piece_window_end(&rules, n, windows - 1), n);
}

static void test_long_texts_have_windows_that_overlap(void **state)
{
	(void)state;
	for (size_t n = 511; n < 4000; n += n < 1300 ? 1 : 97)
		check_windows(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contexts_are_joined),
		cmocka_unit_test(test_words_get_pieces_of_bert),
		cmocka_unit_test(test_words_get_pieces_of_xlm_roberta),
		cmocka_unit_test(test_words_without_pieces),
		cmocka_unit_test(test_first_field_of_a_word),
		cmocka_unit_test(test_short_texts_have_one_window),
		cmocka_unit_test(test_long_texts_have_windows_that_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
