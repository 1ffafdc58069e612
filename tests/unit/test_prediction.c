/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/prediction.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>

static struct token tokens[] = { { .word = "Paris", .tag = "B-LOC" },
				 { .word = "\xff!", .tag = NULL } };
static const struct sentence sentence = { .id = "8", .tokens = tokens, .n_tokens = 2 };

static void test_round_trip(void **state)
{
	static const char *tags[] = { "B-LOC", "O" }, *raw[] = { "B-LOC", "X" };
	static const float confidence[] = { 0.1f, 1 };
	const struct prediction out = { 2, tags, raw, confidence, NULL };
	char *path = temporary_text("");
	FILE *stream = fopen(path, "w");
	struct json_lines reader;
	struct prediction in;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	json_t *object;

	(void)state;
	assert_int_equal(prediction_write(stream, &sentence, &out, NULL, 0), 0);
	fclose(stream);
	assert_int_equal(json_lines_open(&reader, path, &err), 0);
	assert_int_equal(json_lines_next(&reader, &object, &err), READ_OK);
	assert_int_equal(prediction_read(object, &sentence, &in, &arena, &err), 0);
	json_decref(object);
	assert_int_equal(in.n, 2);
	assert_string_equal(in.tags[0], "B-LOC");
	assert_string_equal(in.raw[1], "X");
	assert_memory_equal(in.confidence, confidence, sizeof(confidence));
	json_lines_close(&reader);
	arena_release(&arena);
	temporary_remove(path);
}

static void test_all_labels(void **state)
{
	static const char *tags[] = { "B-LOC", "O" }, *raw[] = { "B-LOC", "" }, *labels[] = { "O", "B-LOC" };
	static const float confidence[] = { 0.75f, 0 }, probabilities[] = { 0.25f, 0.75f, -1, -1 };
	const struct prediction out = { 2, tags, raw, confidence, probabilities };
	char text[400] = "";
	FILE *stream = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_int_equal(prediction_write(stream, &sentence, &out, labels, 2), 0);
	fclose(stream);
	assert_non_null(strstr(text, "\"labels\":[\"O\",\"B-LOC\"],\"probabilities\":[[0.25,0.75],null]}"));
}

static void test_refuses_what_does_not_fit(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "{}", "no array 'tokens'" },
		{ "{\"tokens\":[\"Paris\"]}", "has 1 words, but the sentence has 2" },
		{ "{\"tokens\":[\"Rome\",\"x\"]}", "word 1 of the prediction is not 'Paris'" },
		{ "{\"tokens\":[\"Paris\",\"\\ufffd!\"]}", "'tags' is no array of 2 strings" },
		{ "{\"tokens\":[\"Paris\",\"\\ufffd!\"],\"tags\":[\"O\",1],\"raw\":[\"O\",\"O\"]}",
		  "'tags'[1] is no string" },
		{ "{\"tokens\":[\"Paris\",\"\\ufffd!\"],\"tags\":[\"O\",\"O\"],\"raw\":[\"O\",\"O\"],"
		  "\"confidence\":[0.5,1.5]}",
		  "'confidence'[1] is no number from 0 to 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *object = json_loads(cases[i].json, 0, NULL);
		struct arena arena = ARENA_INIT;
		struct prediction out;
		struct err err = ERR_INIT;

		assert_non_null(object);
		assert_int_equal(prediction_read(object, &sentence, &out, &arena, &err), -1);
		if (!strstr(err.text, cases[i].message))
			fail_msg("'%s' does not say '%s'", err.text, cases[i].message);
		json_decref(object);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_all_labels),
		cmocka_unit_test(test_refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
