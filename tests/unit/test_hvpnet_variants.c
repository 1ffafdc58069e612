/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/registry.h"
#include "lib/base/buf.h"
#include "tests/unit/generated_weights.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define FOLDER "tests/oracle/hvpnet_variants/"
#define SEED 11
/* Of the largest emission: float32 sums of another order, through a ResNet and twelve layers. */
#define TOLERANCE 1e-4

static char *base; /* the tensors that the variants share */

static int make_base(void **state)
{
	(void)state;
	base = generated_weights(FOLDER "model.spec", (const char *const[]){ "", NULL }, SEED);
	return 0;
}

static int remove_base(void **state)
{
	(void)state;
	temporary_remove(base);
	return 0;
}

static struct predictor *open_variant(const char *kind, const char *named)
{
	struct buf files = BUF_INIT, spec = BUF_INIT;
	struct err err = ERR_INIT;
	struct predictor *predictor;
	char *own;

	buf_add_format(&spec, FOLDER "%s.spec", kind);
	own = generated_weights(spec.data, (const char *const[]){ "", NULL }, SEED);
	buf_add_format(&files, "%s,%s", base, own);
	predictor = predictor_open(files.data, NULL,
				   &(struct system_options){ .jobs = 2, .vocabulary = FOLDER "vocab.txt",
							     .max_pieces = 64, .variant = named }, &err);
	temporary_remove(own);
	buf_release(&files);
	buf_release(&spec);
	if (!predictor)
		fail_msg("%s: %s", err.file, err.text);
	return predictor;
}

static void fill_record(const json_t *tweet, struct predict_record *record, struct arena *arena)
{
	const json_t *words = json_object_get(tweet, "words"), *crops = json_object_get(tweet, "crops");
	const char *const folder = "tests/sample/pictures/";
	struct sentence *sentence = arena_alloc(arena, 1, sizeof(*sentence));

	sentence->n_tokens = json_array_size(words);
	sentence->tokens = arena_alloc(arena, sentence->n_tokens, sizeof(*sentence->tokens));
	for (size_t i = 0; i < sentence->n_tokens; i++)
		sentence->tokens[i].word = json_string_value(json_array_get(words, i));
	record->sentence = sentence;
	record->pictures.whole = arena_format(arena, "%s%s", folder,
					      json_string_value(json_object_get(tweet, "whole")));
	for (size_t i = 0; i < json_array_size(crops); i++)
		record->pictures.crops[i] = arena_format(arena, "%s%s", folder,
							 json_string_value(json_array_get(crops, i)));
}

static void check_tweet(const struct safetensors *goldens, const char *name, const json_t *tweet,
			const struct prediction_dump *dump, const struct prediction *tags,
			const struct predictor *predictor)
{
	const struct tensor *wanted = safetensors_find(goldens, name);
	const struct dump_entry *got = prediction_dump_find(dump, 0, "emissions");
	const json_t *decoded = json_object_get(tweet, "decoded");
	double off = 0, largest = 0;
	float value;

	assert_non_null(wanted);
	assert_int_equal(got->elements, wanted->elements);
	for (size_t i = 0; i < got->elements; i++) {
		memcpy(&value, wanted->data + i * sizeof(value), sizeof(value));
		off = fmax(off, fabs((double)value - ((const float *)got->values)[i]));
		largest = fmax(largest, fabs((double)value));
	}
	if (!(off <= TOLERANCE * largest))
		fail_msg("%s: off by %g where emissions reach %g", name, off, largest);
	/* Each word is one piece, behind [CLS]. */
	assert_int_equal(tags->n + 2, json_array_size(decoded));
	for (size_t i = 0; i < tags->n; i++)
		assert_string_equal(tags->raw[i],
				    predictor->labels[json_integer_value(json_array_get(decoded, i + 1))]);
}

/* The tweets of one variant, which the options name or not. */
static void check_variant(const char *kind, const char *named)
{
	json_t *tweets = json_load_file(FOLDER "tweets.json", 0, NULL), *tweet;
	struct predictor *predictor = open_variant(kind, named);
	struct safetensors goldens;
	struct err err = ERR_INIT;
	size_t i, seen = 0;
	char name[80];

	assert_non_null(tweets);
	assert_int_equal(safetensors_open(&goldens, FOLDER "golden.safetensors", &err), 0);
	json_array_foreach(tweets, i, tweet) {
		struct predict_record record = { .sentence = NULL };
		struct arena arena = ARENA_INIT;
		struct prediction_dump dump;
		struct outcome outcome;

		if (strcmp(json_string_value(json_object_get(tweet, "variant")), kind) != 0)
			continue;
		prediction_dump_init(&dump, false);
		fill_record(tweet, &record, &arena);
		assert_int_equal(predictor->predict(predictor, &record, 1, &outcome, &dump, &arena, &err), 0);
		assert_null(outcome.fault);
		snprintf(name, sizeof(name), "%s.%zu.emissions", kind, seen++);
		check_tweet(&goldens, name, tweet, &dump, &outcome.tags, predictor);
		prediction_dump_release(&dump);
		arena_release(&arena);
	}
	assert_int_equal(seen, 3);
	safetensors_close(&goldens);
	predictor->free(predictor);
	json_decref(tweets);
}

static void test_flat(void **state)
{
	(void)state;
	check_variant("flat", NULL);
	check_variant("flat", "flat");
}

static void test_1t3(void **state)
{
	(void)state;
	check_variant("1t3", NULL);
}

static void test_only_objects(void **state)
{
	(void)state;
	check_variant("only-obj", "only-obj");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flat),
		cmocka_unit_test(test_1t3),
		cmocka_unit_test(test_only_objects),
	};

	return cmocka_run_group_tests(tests, make_base, remove_base);
}
