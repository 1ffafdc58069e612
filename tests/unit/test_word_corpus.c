/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/word_corpus.h"
#include "lib/base/file.h"
#include "tests/unit/golden_set.h"

#include <string.h>

static void open_corpus(struct word_corpus *corpus, const char *path)
{
	struct err err = ERR_INIT;
	char text[1400];

	if (word_corpus_open(corpus, path, &err) < 0)
		fail_msg("%s", err_format(&err, text, sizeof(text)));
}

/* The first numbers of `wanted`, as many as are not 0 among all. */
static void check_phrase(const struct word_corpus *corpus, const char *phrase, size_t cap,
			 const json_t *wanted)
{
	size_t n = 0, i;
	struct err err = ERR_INIT;
	json_t *id;
	int *ids;

	json_array_foreach(wanted, i, id)
		n += json_integer_value(id) != 0;
	if (word_corpus_encode(corpus, phrase, cap, &ids, &err) != (int)n)
		fail_msg("'%s': not %zu words", phrase, n);
	for (i = 0; i < n; i++)
		if (ids[i] != json_integer_value(json_array_get(wanted, i)))
			fail_msg("'%s': word %zu has the number %d", phrase, i, ids[i]);
	free(ids);
}

/* As the original tokenizes, in both forms of the file. */
static void test_phrases(void **state)
{
	const char *const paths[] = { "tests/oracle/onestage/words.pth", "tests/oracle/onestage/words_zip.pth" };
	json_t *cases = json_load_file("tests/oracle/onestage/words.json", JSON_ALLOW_NUL, NULL), *one;
	size_t i;

	(void)state;
	assert_non_null(cases);
	for (size_t form = 0; form < 2; form++) {
		struct word_corpus corpus;

		open_corpus(&corpus, paths[form]);
		assert_int_equal(corpus.size, 26);
		json_array_foreach(cases, i, one)
			check_phrase(&corpus, json_string_value(json_object_get(one, "phrase")),
				     (size_t)json_integer_value(json_object_get(one, "cap")),
				     json_object_get(one, "ids"));
		word_corpus_release(&corpus);
	}
	json_decref(cases);
}

static void check_golden_set(const char *name, const char *file)
{
	struct word_corpus corpus;
	struct golden_set set;
	json_t *item;
	size_t i;

	golden_open(&set, name, (const char *const[]){ NULL });
	open_corpus(&corpus, golden_path(&set, file));
	assert_int_equal(corpus.size, 358);
	json_array_foreach(json_object_get(set.inputs, "items"), i, item)
		check_phrase(&corpus, json_string_value(json_object_get(item, "phrase")), 20,
			     json_object_get(item, "word_id"));
	word_corpus_release(&corpus);
	golden_close(&set);
}

static void test_goldens(void **state)
{
	(void)state;
	check_golden_set("onestage_lstm", "corpus.pth");
	check_golden_set("onestage_lstm", "corpus_zip.pth");
	check_golden_set("onestage_lstm_light", "corpus.pth");
}

static void test_nothing_to_read(void **state)
{
	struct word_corpus corpus;
	struct err err = ERR_INIT;
	int *ids;

	(void)state;
	open_corpus(&corpus, "tests/oracle/onestage/words.pth");
	assert_int_equal(word_corpus_encode(&corpus, "", 20, &ids, &err), 0);
	free(ids);
	assert_int_equal(word_corpus_encode(&corpus, " \t ", 20, &ids, &err), 0);
	free(ids);
	word_corpus_release(&corpus);
}

static void assert_refused(const char *path, const char *what)
{
	struct word_corpus corpus;
	struct err err = ERR_INIT;

	assert_int_equal(word_corpus_open(&corpus, path, &err), -1);
	if (!strstr(err.text, what))
		fail_msg("%s", err.text);
}

/* A number that is rewritten in the bytes of the file. */
static void test_bad_files(void **state)
{
	struct buf bytes = BUF_INIT;
	struct word_corpus corpus;
	struct err err = ERR_INIT;
	char *at;

	(void)state;
	assert_int_equal(file_read_all("tests/oracle/onestage/words.pth", &bytes, 1 << 20, &err), 0);
	at = memmem(bytes.data, bytes.length, "X\x05\0\0\0<unk>q", 11);
	assert_non_null(at);
	at = memchr(at + 11, 'K', 4);
	assert_non_null(at);
	at[1] = 26;
	assert_int_equal(word_corpus_parse(&corpus, (unsigned char *)bytes.data, bytes.length, "bad.pth", &err), -1);
	assert_non_null(strstr(err.text, "below 26"));
	at[1] = 3;
	at = memmem(bytes.data, bytes.length, "<eos>", 5);
	memcpy(at, "<eox>", 5);
	assert_int_equal(word_corpus_parse(&corpus, (unsigned char *)bytes.data, bytes.length, "bad.pth", &err), -1);
	assert_non_null(strstr(err.text, "no word '<eos>'"));
	buf_release(&bytes);
	assert_refused("tests/oracle/onestage/words.json", "not a PyTorch file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phrases),
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_nothing_to_read),
		cmocka_unit_test(test_bad_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
