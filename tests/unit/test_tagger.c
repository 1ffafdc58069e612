/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/registry.h"
#include "inference/text/tweet.h"
#include "lib/formats/safetensors.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define MODEL "inference/models/tagger.safetensors"

static const struct system_options one_job = { .jobs = 1 };

/* What PyTorch made of some tweets with the same weights. */
struct golden {
	json_t *tweets;
	struct safetensors tensors;
	size_t n;
	struct arena arena;
	struct sentence *sentences; /* [n] */
	struct predict_record *records; /* [n] */
};

static void golden_open(struct golden *golden)
{
	struct err err = ERR_INIT;

	memset(golden, 0, sizeof(*golden));
	golden->tweets = json_load_file("tests/oracle/tagger/tweets.json", JSON_ALLOW_NUL, NULL);
	assert_non_null(golden->tweets);
	assert_int_equal(
		safetensors_open(&golden->tensors, "tests/oracle/tagger/golden.safetensors", &err), 0);
	golden->n = json_array_size(golden->tweets);
	golden->sentences = arena_alloc(&golden->arena, golden->n, sizeof(*golden->sentences));
	golden->records = arena_alloc(&golden->arena, golden->n, sizeof(*golden->records));
	for (size_t i = 0; i < golden->n; i++) {
		const json_t *words = json_object_get(json_array_get(golden->tweets, i), "words");
		struct sentence *sentence = &golden->sentences[i];

		sentence->n_tokens = json_array_size(words);
		sentence->tokens = arena_alloc(&golden->arena, sentence->n_tokens,
					       sizeof(*sentence->tokens));
		for (size_t k = 0; k < sentence->n_tokens; k++)
			sentence->tokens[k].word = json_string_value(json_array_get(words, k));
		golden->records[i].sentence = sentence;
	}
}

static void golden_close(struct golden *golden)
{
	json_decref(golden->tweets);
	safetensors_close(&golden->tensors);
	arena_release(&golden->arena);
}

static const struct tensor *golden_tensor(const struct golden *golden, size_t tweet, const char *part)
{
	char name[64];
	const struct tensor *tensor;

	snprintf(name, sizeof(name), "%zu.%s", tweet, part);
	tensor = safetensors_find(&golden->tensors, name);
	assert_non_null(tensor);
	assert_int_equal(tensor->type, TENSOR_F32);
	assert_int_equal((uintptr_t)tensor->data % sizeof(float), 0);
	return tensor;
}

/* Relative to the largest emission of the tweet: single emissions near 0 have no digits to agree in,
 * as float32 sums of different order differ by their largest term. */
static void check_emissions(const struct golden *golden, size_t tweet, const float *emissions,
			    size_t n)
{
	const struct tensor *tensor = golden_tensor(golden, tweet, "emissions");
	const float *wanted = (const float *)(const void *)tensor->data;
	float largest = 0, off = 0;

	assert_int_equal(tensor->elements, n);
	for (size_t i = 0; i < n; i++) {
		largest = fmaxf(largest, fabsf(wanted[i]));
		off = fmaxf(off, fabsf(wanted[i] - emissions[i]));
	}
	if (!(off <= 1e-4f * largest))
		fail_msg("tweet %zu: an emission is off by %g, the largest is %g", tweet, (double)off,
			 (double)largest);
}

static const struct dump_entry *entry_of(const struct prediction_dump *dump, size_t record,
					 const char *name)
{
	const struct dump_entry *entry = prediction_dump_find(dump, record, name);

	assert_non_null(entry);
	return entry;
}

/* Tweet number `tweet` against what came of record number `record`. */
static void check_tweet(const struct golden *golden, size_t tweet, const struct prediction *prediction,
			const struct prediction_dump *dump, size_t record)
{
	const json_t *object = json_array_get(golden->tweets, tweet);
	const json_t *ids = json_object_get(object, "ids"), *tags = json_object_get(object, "tags");
	const struct tensor *tensor = golden_tensor(golden, tweet, "confidence");
	const float *confidence = (const float *)(const void *)tensor->data;
	const struct dump_entry *pieces = entry_of(dump, record, "ids");
	const struct dump_entry *emissions = entry_of(dump, record, "emissions");

	assert_int_equal(pieces->elements, json_array_size(ids));
	for (size_t i = 0; i < pieces->elements; i++)
		assert_int_equal(((const int *)pieces->values)[i],
				 json_integer_value(json_array_get(ids, i)));
	check_emissions(golden, tweet, emissions->values, emissions->elements);
	assert_int_equal(prediction->n, json_array_size(tags));
	for (size_t i = 0; i < prediction->n; i++) {
		assert_string_equal(prediction->tags[i], json_string_value(json_array_get(tags, i)));
		/* A marginal moves by up to a quarter of what the emissions of the sentence do. */
		assert_true(fabsf(prediction->confidence[i] - confidence[i]) < 1e-4f);
	}
}

static void predict_and_check(int jobs)
{
	struct golden golden;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(MODEL, NULL, &(struct system_options){ .jobs = jobs }, &err);
	struct prediction_dump dump;
	struct outcome *outcomes;

	golden_open(&golden);
	prediction_dump_init(&dump, false);
	assert_non_null(predictor);
	outcomes = arena_alloc(&arena, golden.n, sizeof(*outcomes));
	assert_int_equal(predictor->predict(predictor, golden.records, golden.n, outcomes, &dump,
					    &arena, &err),
			 0);
	for (size_t i = 0; i < golden.n; i++)
		check_tweet(&golden, i, &outcomes[i].tags, &dump, i);
	/* One at a time gives the same. */
	for (size_t i = 0; i < golden.n; i++) {
		prediction_dump_clear(&dump);
		assert_int_equal(predictor->predict(predictor, &golden.records[i], 1, outcomes, &dump,
						    &arena, &err),
				 0);
		check_tweet(&golden, i, &outcomes[0].tags, &dump, 0);
	}
	assert_int_equal(predictor->predict(predictor, NULL, 0, NULL, NULL, &arena, &err), 0);
	predictor->free(predictor);
	prediction_dump_release(&dump);
	arena_release(&arena);
	golden_close(&golden);
}

static void test_agrees_with_pytorch(void **state)
{
	(void)state;
	predict_and_check(1);
	predict_and_check(3);
}

static void test_empty_sentences(void **state)
{
	struct token token = { .word = "Paris" };
	struct sentence empty = { .n_tokens = 0 }, one = { .tokens = &token, .n_tokens = 1 };
	const struct predict_record records[] = { { .sentence = &empty }, { .sentence = &one },
						  { .sentence = &empty } };
	struct outcome out[3];
	struct prediction_dump dump;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(MODEL, NULL, &one_job, &err);

	(void)state;
	prediction_dump_init(&dump, false);
	assert_non_null(predictor);
	assert_int_equal(predictor->predict(predictor, records, 3, out, &dump, &arena, &err), 0);
	assert_true(out[0].tags.n == 0 && out[1].tags.n == 1 && out[2].tags.n == 0);
	assert_int_equal(entry_of(&dump, 0, "ids")->elements, 0);
	assert_int_equal(entry_of(&dump, 1, "ids")->elements, 3);
	assert_int_equal(entry_of(&dump, 2, "ids")->elements, 0);
	assert_int_equal(predictor->predict(predictor, records, 1, out, NULL, &arena, &err), 0);
	assert_int_equal(out[0].tags.n, 0);
	predictor->free(predictor);
	prediction_dump_release(&dump);
	arena_release(&arena);
}

static bool stop_after_first(struct progress *progress)
{
	return progress->done++ > 0;
}

/* Many batches in one call: who wants to stop does not wait for all of them. */
static void test_stops_between_batches(void **state)
{
	struct token tokens[100];
	struct sentence sentence = { .tokens = tokens, .n_tokens = 100 };
	struct predict_record records[20];
	struct outcome outcomes[20];
	struct progress progress = { .stopped = stop_after_first };
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(MODEL, NULL, &one_job, &err);

	(void)state;
	assert_non_null(predictor);
	for (size_t i = 0; i < 100; i++)
		tokens[i] = (struct token){ .word = "Paris" };
	for (size_t i = 0; i < 20; i++)
		records[i] = (struct predict_record){ .sentence = &sentence };
	predictor->progress = &progress;
	assert_int_equal(predictor->predict(predictor, records, 20, outcomes, NULL, &arena, &err), -1);
	assert_int_equal(err.kind, ERR_STOPPED);
	assert_int_equal(progress.done, 2);
	predictor->free(predictor);
	arena_release(&arena);
}

static void test_word_cases(void **state)
{
	static const struct {
		const char *word;
		enum word_case class;
	} cases[] = {
		{ "HtTpx", CASE_URL },	       { "@nasa", CASE_MENTION },    { "#Mars", CASE_HASHTAG },
		{ "@", CASE_NO_LETTERS },      { "2-1", CASE_NO_LETTERS },   { "", CASE_NO_LETTERS },
		{ "post-9", CASE_LOWER },      { "J.", CASE_SINGLE_CAPITAL }, { "RT", CASE_ALL_CAPITALS },
		{ "Paris", CASE_CAPITALISED }, { "iPhone", CASE_MIXED },     { "McCoy", CASE_MIXED },
		{ "\xc3\x84rztin", CASE_CAPITALISED }, { "\xe6\x9d\xb1\xe4\xba\xac", CASE_LOWER },
		{ "\xef\xb8\x8f", CASE_NO_LETTERS },   { "\xff", CASE_NO_LETTERS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (word_case(cases[i].word) != cases[i].class)
			fail_msg("'%s' is %d, not %d", cases[i].word, (int)word_case(cases[i].word),
				 (int)cases[i].class);
}

static void test_refuses_other_models(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(predictor_open("inference/models/detector.safetensors", NULL, &one_job, &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, "predicts nothing"));
	assert_null(predictor_open("inference/models/detector.safetensors", "tagger", &one_job, &err));
	assert_non_null(strstr(err.text, "its format is 'tagsight-vision-1'"));
	assert_null(predictor_open("inference/models/README.md", NULL, &one_job, &err));
	assert_non_null(strstr(err.text, "no safetensors file"));
}

/* The model with one number of a tensor replaced, in a temporary file. */
static char *changed_model(const char *tensor_name, float number)
{
	struct safetensors file;
	struct err err = ERR_INIT;
	const struct tensor *tensor;
	unsigned char *bytes;
	char *path;

	assert_int_equal(safetensors_open(&file, MODEL, &err), 0);
	tensor = safetensors_find(&file, tensor_name);
	assert_non_null(tensor);
	assert_int_equal(tensor->type, TENSOR_F32);
	bytes = malloc(file.map.size);
	assert_non_null(bytes);
	memcpy(bytes, file.map.data, file.map.size);
	memcpy(bytes + (tensor->data - (const unsigned char *)file.map.data) + sizeof(number), &number,
	       sizeof(number));
	path = temporary_file(bytes, file.map.size);
	free(bytes);
	safetensors_close(&file);
	return path;
}

static void refuses_number(float number, const char *message)
{
	char *path = changed_model("classifier.bias", number);
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(path, NULL, &one_job, &err);
	struct token token = { .word = "Paris" };
	struct sentence sentence = { .tokens = &token, .n_tokens = 1 };
	const struct predict_record record = { .sentence = &sentence };
	struct arena arena = ARENA_INIT;
	struct outcome outcome;

	assert_non_null(predictor);
	assert_int_equal(predictor->predict(predictor, &record, 1, &outcome, NULL, &arena, &err), -1);
	if (!strstr(err.text, message))
		fail_msg("'%s' instead of '%s'", err.text, message);
	assert_string_equal(err.file, path);
	predictor->free(predictor);
	arena_release(&arena);
	temporary_remove(path);
}

static void test_names_weights_that_are_no_numbers(void **state)
{
	(void)state;
	refuses_number(NAN, "number 1 of tensor 'classifier.bias' is not finite");
	refuses_number(-INFINITY, "number 1 of tensor 'classifier.bias' is not finite");
}

/* Weights may be finite and give scores that are not; who has none gets a fault, and the others go on. */
static void test_numbers_too_large(void **state)
{
	struct token token = { .word = "Paris" };
	struct sentence empty = { .n_tokens = 0 }, one = { .tokens = &token, .n_tokens = 1 };
	const struct predict_record records[] = { { .sentence = &one }, { .sentence = &empty } };
	char *path = changed_model("encoder.embeddings.norm.weight", 1e30f);
	struct predictor *predictor;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct outcome out[2];

	(void)state;
	predictor = predictor_open(path, NULL, &one_job, &err);
	assert_non_null(predictor);
	assert_int_equal(predictor->predict(predictor, records, 2, out, NULL, &arena, &err), 0);
	assert_non_null(out[0].fault);
	assert_non_null(strstr(out[0].fault, "its scores are not finite"));
	assert_null(out[1].fault);
	predictor->free(predictor);
	arena_release(&arena);
	temporary_remove(path);
}

/* No emission shows these; minus infinity bars a step, which is well. */
static void test_names_scores_that_are_no_numbers(void **state)
{
	static const float wrong[] = { NAN, INFINITY };
	struct err err = ERR_INIT;
	struct predictor *predictor;
	char *path;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		path = changed_model("crf.transitions", wrong[i]);
		assert_null(predictor_open(path, NULL, &one_job, &err));
		assert_string_equal(err.text, "number 1 of tensor 'crf.transitions' is not finite");
		temporary_remove(path);
	}
	path = changed_model("crf.transitions", -INFINITY);
	predictor = predictor_open(path, NULL, &one_job, &err);
	assert_non_null(predictor);
	predictor->free(predictor);
	temporary_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_pytorch),
		cmocka_unit_test(test_empty_sentences),
		cmocka_unit_test(test_stops_between_batches),
		cmocka_unit_test(test_word_cases),
		cmocka_unit_test(test_refuses_other_models),
		cmocka_unit_test(test_names_weights_that_are_no_numbers),
		cmocka_unit_test(test_numbers_too_large),
		cmocka_unit_test(test_names_scores_that_are_no_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
