/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/golden_regions.h"

/* Shared by the tests. */
static struct golden_set set;

static int close_set(void **state)
{
	(void)state;
	if (set.inputs)
		golden_close(&set);
	return 0;
}

static void check_own(void)
{
	for (size_t i = 0; i < set.n; i++) {
		struct dump_entry probability = *golden_dump(&set, i, "match_probability");

		golden_check_joined(&set, "txt2img", i, golden_dump(&set, i, "txt2img"));
		golden_check_joined(&set, "gate", i, golden_dump(&set, i, "gate"));
		golden_check_part(&set, "bert_padded", i, golden_dump(&set, i, "bert_layer12"), NULL);
		golden_check_part(&set, "txt2img_padded", i, golden_dump(&set, i, "txt2img_padded"), NULL);
		golden_check_part(&set, "match_logits", i, golden_dump(&set, i, "match_logits"), NULL);
		assert_int_equal(probability.elements, 1);
		probability.n_dims = 0;
		golden_check_part(&set, "match_probability", i, &probability, NULL);
	}
	regions_check_names(&set, (const char *const[]){ "txt2img", "gate", "bert_padded", "txt2img_padded",
							"match_logits", "match_probability", NULL });
}

static void test_goldens(void **state)
{
	(void)state;
	regions_need(&set, "maf");
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	assert_string_equal(set.predictor->name, "maf");
	assert_string_equal(set.predictor->fallback, "17_06_4705.jpg");
	regions_check_common(&set);
	regions_check_mean(&set);
	regions_check_bert(&set);
	check_own();
	golden_free_predictor(&set);
}

/* More tweets than are padded together have the scores that they have otherwise. */
static void test_many(void **state)
{
	struct predict_record kept;
	size_t n = 9;

	(void)state;
	regions_need(&set, "maf");
	kept = set.records[1];
	for (size_t i = 1; i < n; i++)
		set.records[i] = i + 1 < n ? set.records[0] : kept;
	set.n = n;
	golden_predict(&set, (struct system_options){ .jobs = 1 });
	golden_check_joined(&set, "emissions", 0, golden_dump(&set, n - 2, "emissions"));
	golden_check_joined(&set, "emissions", 1, golden_dump(&set, n - 1, "emissions"));
	golden_free_predictor(&set);
}

/* The match is defined over 128 pieces alone. */
static void test_refuses_another_length(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	regions_need(&set, "maf");
	assert_null(predictor_open(set.models.data, NULL,
				   &(struct system_options){ .jobs = 1, .max_pieces = 64 }, &err));
	assert_non_null(strstr(err.text, "128 pieces a tweet and no other"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_refuses_another_length),
	};

	return cmocka_run_group_tests(tests, NULL, close_set);
}
