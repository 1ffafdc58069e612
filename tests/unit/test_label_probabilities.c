/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/label_probabilities.h"

#include "tests/unit/test.h"

#include <string.h>

static void assert_refused(const char *text, const char *message)
{
	json_t *object = json_loads(text, 0, NULL);
	struct arena arena = ARENA_INIT;
	struct label_probabilities said;
	struct err err = ERR_INIT;

	assert_non_null(object);
	assert_int_equal(label_probabilities_read(object, &said, &arena, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	if (!strstr(err.text, message))
		fail_msg("'%s' does not say '%s'", err.text, message);
	json_decref(object);
	arena_release(&arena);
}

static void test_refuses(void **state)
{
	(void)state;
	assert_refused("{}", "no array 'tokens'");
	assert_refused("{\"tokens\":[\"a\"]}", "neither 'probabilities' nor 'tags' and 'confidence'");
	assert_refused("{\"tokens\":[\"a\"],\"tags\":[\"O\"]}", "neither 'probabilities'");
	assert_refused("{\"tokens\":[\"a\"],\"tags\":[],\"confidence\":[1]}", "'tags' is no array of 1");
	assert_refused("{\"tokens\":[\"a\"],\"tags\":[\"O\"],\"confidence\":[2]}", "no number from 0 to 1");
	assert_refused("{\"tokens\":[\"a\"],\"probabilities\":[]}", "'probabilities' is no array of 1 rows");
	assert_refused("{\"tokens\":[\"a\",\"b\"],\"probabilities\":[[1,0],[1]]}",
		       "'probabilities[1]' is no array of 2 numbers");
	assert_refused("{\"tokens\":[\"a\"],\"labels\":[\"O\"],\"probabilities\":[[1,0]]}",
		       "'probabilities[0]' is no array of 1 numbers");
	assert_refused("{\"tokens\":[\"a\"],\"labels\":[1],\"probabilities\":[[1]]}", "'labels'[0] is no string");
	assert_refused("{\"tokens\":[\"a\"],\"labels\":\"O\",\"probabilities\":[[1]]}", "'labels' is no array");
	assert_refused("{\"tokens\":[\"a\"],\"probabilities\":[[-0.5]]}", "no number from 0 to 1");
}

static void test_reads(void **state)
{
	json_t *object = json_loads("{\"id\":\"8\",\"tokens\":[\"a\",\"\\ufffd\"],\"labels\":[\"O\",\"B-X\"],"
				    "\"probabilities\":[null,[0.25,0.75]]}", 0, NULL);
	struct token tokens[] = { { .word = "a" }, { .word = "\xff" } };
	struct sentence sentence = { .id = "8", .tokens = tokens, .n_tokens = 2 };
	struct arena arena = ARENA_INIT;
	struct label_probabilities said;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(label_probabilities_read(object, &said, &arena, &err), 0);
	assert_int_equal(said.n, 2);
	assert_string_equal(said.id, "8");
	assert_int_equal(said.columns, 2);
	assert_true(said.rows[0] < 0 && said.rows[2] == 0.25 && said.rows[3] == 0.75);
	assert_string_equal(said.labels[1], "B-X");
	assert_null(said.tags);
	assert_true(label_probabilities_fit(object, &sentence));
	sentence.id = "9";
	assert_false(label_probabilities_fit(object, &sentence));
	sentence.id = NULL;
	assert_true(label_probabilities_fit(object, &sentence));
	tokens[0].word = "b";
	assert_false(label_probabilities_fit(object, &sentence));
	json_decref(object);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
