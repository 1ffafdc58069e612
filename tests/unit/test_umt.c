/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_check.h"
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

static const char *const rows[] = { "main_emissions", "aux_emissions", "self_attention",
				    "self_attention_v2", "txt2img", "txt2txt", "gate", NULL };
static const char *const regions[] = { "vismap_v2", "img2txt", NULL };

static void check_own(void)
{
	const char *names[10] = { NULL };
	size_t n = 0;

	for (size_t k = 0; rows[k]; k++) {
		for (size_t i = 0; i < set.n; i++)
			golden_check_joined(&set, rows[k], i, golden_dump(&set, i, rows[k]));
		names[n++] = rows[k];
	}
	for (size_t k = 0; regions[k]; k++) {
		for (size_t i = 0; i < set.n; i++)
			golden_check_part(&set, regions[k], i, golden_dump(&set, i, regions[k]), NULL);
		names[n++] = regions[k];
	}
	regions_check_names(&set, names);
}

static void test_goldens(void **state)
{
	(void)state;
	regions_need(&set, "umt");
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	assert_string_equal(set.predictor->name, "umt");
	assert_string_equal(set.predictor->fallback, "17_06_4705.jpg");
	regions_check_common(&set);
	regions_check_mean(&set);
	regions_check_bert(&set);
	check_own();
	golden_free_predictor(&set);
}

/* One tweet alone has the scores that it has among others. */
static void test_alone(void **state)
{
	(void)state;
	regions_need(&set, "umt");
	set.n = 1;
	golden_predict(&set, (struct system_options){ .jobs = 1 });
	golden_check_joined(&set, "emissions", 0, golden_dump(&set, 0, "emissions"));
	golden_free_predictor(&set);
}

/* The first tweet's input [3, 224, 224], on the heap. */
static float *input_of(uint64_t seed)
{
	const struct dump_entry *entry;
	float *copy;

	set.n = 1;
	golden_predict(&set, (struct system_options){ .jobs = 1, .random_crop = true, .seed = seed });
	assert_null(set.outcomes[0].fault);
	entry = golden_dump(&set, 0, "image");
	copy = malloc(entry->elements * sizeof(*copy));
	assert_non_null(copy);
	memcpy(copy, entry->values, entry->elements * sizeof(*copy));
	golden_free_predictor(&set);
	return copy;
}

static void test_random_crop(void **state)
{
	float *one, *again, *two;

	(void)state;
	regions_need(&set, "umt");
	one = input_of(1);
	again = input_of(1);
	two = input_of(2);
	assert_memory_equal(one, again, 1000 * sizeof(*one));
	assert_memory_not_equal(one, two, 1000 * sizeof(*one));
	free(one);
	free(again);
	free(two);
}

static const char *fault_of(struct record_pictures pictures)
{
	set.n = 1;
	set.records[0].pictures = pictures;
	golden_predict(&set, (struct system_options){ .jobs = 1 });
	golden_free_predictor(&set);
	return set.outcomes[0].fault;
}

/* Of which tweet the picture is too small, the goldens say. */
static void test_pictures_that_cannot_be_read(void **state)
{
	const char *small = NULL, *fault;

	(void)state;
	regions_need(&set, "umt");
	for (size_t i = 0; i < set.n; i++) {
		const json_t *tweet = regions_tweet(&set, i);

		if (!json_equal(json_object_get(tweet, "image"), json_object_get(tweet, "picture_read")))
			small = set.records[i].pictures.whole;
	}
	assert_non_null(small);
	fault = fault_of((struct record_pictures){ .whole = small });
	assert_non_null(strstr(fault, "too small"));
	assert_non_null(strstr(fault, "nor is there 17_06_4705.jpg"));
	fault = fault_of((struct record_pictures){ .whole = "none.jpg", .fallback = small });
	assert_non_null(strstr(fault, "too small"));
	assert_null(strstr(fault, "nor is there"));
	assert_string_equal(fault_of((struct record_pictures){ NULL }), "it has no picture");
}

/* pytorch_model.bin without pytorch_encoder.bin. */
static void test_forgotten_encoder(void **state)
{
	struct err err = ERR_INIT;
	struct model_survey survey;
	struct weights weights;

	(void)state;
	regions_need(&set, "umt");
	assert_int_equal(weights_open(&weights, arena_string(&set.arena, set.models.data,
							     strcspn(set.models.data, ",")), &err), 0);
	assert_int_equal(model_survey(&weights, NULL, &survey, &err), 0);
	assert_string_equal(survey.system, "umt");
	assert_false(survey.runs);
	assert_int_equal(survey.wrong.n, 1);
	assert_non_null(strstr(survey.wrong.items[0], "pytorch_encoder.bin"));
	assert_int_equal(survey.left_over.n, 5); /* the pooler and the second head's CRF */
	model_survey_release(&survey);
	weights_close(&weights);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_random_crop),
		cmocka_unit_test(test_pictures_that_cannot_be_read),
		cmocka_unit_test(test_forgotten_encoder),
	};

	return cmocka_run_group_tests(tests, NULL, close_set);
}
