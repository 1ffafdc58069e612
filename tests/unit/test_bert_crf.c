/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_check.h"
#include "inference/systems/registry.h"
#include "lib/base/file.h"
#include "tests/unit/generated_weights.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* What the tests share. */
struct set {
	const char *shared;
	char *model; /* with the weights of HVPNeT's goldens */
	char *vocabulary;
};

static struct set set;

static char *shared_path(const char *name)
{
	return file_join(set.shared, name);
}

static json_t *load_json(const char *name)
{
	char *path = shared_path(name);
	json_t *json = json_load_file(path, JSON_ALLOW_NUL, NULL);

	assert_non_null(json);
	free(path);
	return json;
}

static char *make_model(const char *spec_name)
{
	char *spec = shared_path(spec_name);
	char *path = generated_weights(spec, (const char *const[]){ "", NULL }, 1);

	free(spec);
	return path;
}

/* Made by the first test that needs it. */
static void need_weights(void)
{
	if (set.model)
		return;
	set.shared = shared_folder();
	set.vocabulary = shared_path("oracle/wordpiece/vocab.txt");
	set.model = make_model("oracle/bert_crf/spec.tsv");
}

static int remove_weights(void **state)
{
	(void)state;
	if (set.model)
		temporary_remove(set.model);
	free(set.vocabulary);
	return 0;
}

static struct predictor *open_model(const char *model, size_t max_pieces)
{
	const struct system_options options = { .jobs = 2, .vocabulary = set.vocabulary,
						.max_pieces = max_pieces };
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(model, NULL, &options, &err);
	char text[1400];

	if (!predictor)
		fail_msg("%s", err_format(&err, text, sizeof(text)));
	return predictor;
}

/* Tweets of the inputs and what came out. */
struct run {
	struct predictor *predictor; /* has the labels */
	struct arena arena;
	json_t *inputs, *golden;
	struct safetensors tensors;
	size_t n;
	struct prediction *predictions;
	struct prediction_dump *dumps;
};

static struct sentence *sentence_of(const json_t *words, struct arena *arena)
{
	struct sentence *sentence = arena_alloc(arena, 1, sizeof(*sentence));

	sentence->n_tokens = json_array_size(words);
	sentence->tokens = arena_alloc(arena, sentence->n_tokens, sizeof(*sentence->tokens));
	for (size_t i = 0; i < sentence->n_tokens; i++)
		sentence->tokens[i].word = json_string_value(json_array_get(words, i));
	return sentence;
}

static void run_folder(struct run *run, const char *model, const char *folder, const char *words,
		       size_t max_pieces)
{
	struct err err = ERR_INIT;
	const struct sentence **sentences;
	const json_t *tweets;
	char name[128], *path;

	memset(run, 0, sizeof(*run));
	snprintf(name, sizeof(name), "oracle/%s/inputs.json", folder);
	run->inputs = load_json(name);
	snprintf(name, sizeof(name), "oracle/%s/golden.json", folder);
	run->golden = load_json(name);
	snprintf(name, sizeof(name), "oracle/%s/golden.safetensors", folder);
	path = shared_path(name);
	assert_int_equal(safetensors_open(&run->tensors, path, &err), 0);
	free(path);
	tweets = json_object_get(run->inputs, "tweets");
	run->n = json_array_size(tweets);
	sentences = arena_alloc(&run->arena, run->n, sizeof(*sentences));
	run->predictions = arena_alloc(&run->arena, run->n, sizeof(*run->predictions));
	run->dumps = arena_alloc(&run->arena, run->n, sizeof(*run->dumps));
	for (size_t i = 0; i < run->n; i++)
		sentences[i] = sentence_of(json_object_get(json_array_get(tweets, i), words), &run->arena);
	run->predictor = open_model(model, max_pieces);
	assert_string_equal(run->predictor->name, "bert_crf");
	assert_int_equal(run->predictor->predict(run->predictor, sentences, run->n, run->predictions,
						 run->dumps, &run->arena, &err),
			 0);
}

static void run_release(struct run *run)
{
	run->predictor->free(run->predictor);
	json_decref(run->inputs);
	json_decref(run->golden);
	safetensors_close(&run->tensors);
	arena_release(&run->arena);
}

/* Relative to the largest: emissions near 0 have no digits to agree in, as float32 sums of different
 * order differ by their largest term. */
static void check_emissions(const struct run *run, const char *name, const struct prediction_dump *dump)
{
	const struct tensor *tensor = safetensors_find(&run->tensors, name);
	float largest = 0, off = 0, wanted;

	assert_non_null(tensor);
	assert_int_equal(tensor->elements, dump->n_pieces * dump->n_labels);
	for (size_t i = 0; i < tensor->elements; i++) {
		memcpy(&wanted, tensor->data + i * sizeof(wanted), sizeof(wanted));
		largest = fmaxf(largest, fabsf(wanted));
		off = fmaxf(off, fabsf(wanted - dump->emissions[i]));
	}
	if (!(off <= 1e-4f * largest))
		fail_msg("%s: off by %g, the largest is %g", name, (double)off, (double)largest);
}

static void check_ids(const json_t *ids, const struct prediction_dump *dump)
{
	assert_int_equal(dump->n_pieces, json_array_size(ids));
	for (size_t i = 0; i < dump->n_pieces; i++)
		assert_int_equal(dump->ids[i], json_integer_value(json_array_get(ids, i)));
}

/* null stands for a word that was cut off or has no pieces. */
static void check_words(const json_t *labels, const struct prediction *prediction)
{
	assert_int_equal(prediction->n, json_array_size(labels));
	for (size_t i = 0; i < prediction->n; i++) {
		const char *label = json_string_value(json_array_get(labels, i));
		bool is_tag = label && strchr("BI", label[0]) && label[1] == '-';

		assert_string_equal(prediction->raw[i], label ? label : "");
		assert_string_equal(prediction->tags[i], is_tag ? label : "O");
		assert_true(label ? prediction->confidence[i] > 0 && prediction->confidence[i] <= 1
				  : prediction->confidence[i] == 0);
	}
}

static void test_hvpnet_without_prompt(void **state)
{
	struct run run;
	char name[64];

	(void)state;
	need_weights();
	run_folder(&run, set.model, "bert_crf", "words", 0);
	for (size_t i = 0; i < run.n; i++) {
		const json_t *input = json_array_get(json_object_get(run.inputs, "tweets"), i);
		const json_t *golden = json_array_get(json_object_get(run.golden, "tweets"), i);

		snprintf(name, sizeof(name), "emissions.%zu", i);
		check_ids(json_object_get(input, "input_ids"), &run.dumps[i]);
		check_emissions(&run, name, &run.dumps[i]);
		check_words(json_object_get(golden, "by_word"), &run.predictions[i]);
	}
	run_release(&run);
}

/* The tweets that are longer than 80 pieces, cut at 128 instead. */
static void test_hvpnet_at_128_pieces(void **state)
{
	const char *key;
	struct run run;
	json_t *tweet;
	char name[64];

	(void)state;
	need_weights();
	run_folder(&run, set.model, "bert_crf", "words", 128);
	json_object_foreach(json_object_get(run.golden, "max_seq_128"), key, tweet) {
		size_t i = strtoul(key, NULL, 10);

		assert_true(i < run.n);
		snprintf(name, sizeof(name), "emissions128.%zu", i);
		check_ids(json_object_get(tweet, "input_ids"), &run.dumps[i]);
		check_emissions(&run, name, &run.dumps[i]);
	}
	run_release(&run);
}

static void test_plain_port(void **state)
{
	struct run run;
	char name[64], *model;

	(void)state;
	need_weights();
	model = make_model("oracle/bert_vit_crf/spec_text.tsv");
	run_folder(&run, model, "bert_vit_crf", "tokens", 128);
	temporary_remove(model);
	for (size_t i = 0; i < run.n; i++) {
		const json_t *input = json_array_get(json_object_get(run.inputs, "tweets"), i);
		const json_t *golden = json_array_get(json_object_get(run.golden, "text"), i);
		const json_t *tags = json_object_get(golden, "tags");
		const json_t *first = json_object_get(input, "first_piece");

		snprintf(name, sizeof(name), "text.t%zu.emissions", i);
		check_ids(json_object_get(input, "input_ids"), &run.dumps[i]);
		check_emissions(&run, name, &run.dumps[i]);
		for (size_t k = 0; k < run.predictions[i].n; k++) {
			size_t piece = (size_t)json_integer_value(json_array_get(first, k));

			assert_string_equal(run.predictions[i].raw[k],
					    json_string_value(json_array_get(tags, piece)));
		}
	}
	run_release(&run);
}

static void test_survey_names_what_is_left_over(void **state)
{
	struct model_survey survey;
	struct err err = ERR_INIT;
	struct weights weights;

	(void)state;
	need_weights();
	assert_int_equal(weights_open(&weights, set.model, &err), 0);
	assert_int_equal(model_survey(&weights, NULL, &survey, &err), 0);
	assert_string_equal(survey.system, "bert_crf");
	assert_true(survey.runs);
	assert_int_equal(survey.wrong.n, 0);
	assert_int_equal(survey.left_over.n, 2);
	assert_string_equal(survey.left_over.items[1], "bert.pooler.dense.weight");
	model_survey_release(&survey);
	weights_close(&weights);
}

/* A model whose CRF and bias are missing. */
static void test_survey_names_all_that_is_missing(void **state)
{
	static const char *const parts[] = { "bert.embeddings", "bert.encoder.layer.0.", "fc.weight",
					     NULL };
	struct model_survey survey;
	struct err err = ERR_INIT;
	struct weights weights;
	char *spec, *path;

	(void)state;
	need_weights();
	spec = shared_path("oracle/bert_crf/spec.tsv");
	path = generated_weights(spec, parts, 1);
	assert_int_equal(weights_open(&weights, path, &err), 0);
	assert_int_equal(model_survey(&weights, NULL, &survey, &err), 0);
	assert_string_equal(survey.system, "");
	model_survey_release(&survey);
	assert_int_equal(model_survey(&weights, "bert_crf", &survey, &err), 0);
	assert_false(survey.runs);
	assert_int_equal(survey.wrong.n, 4);
	assert_non_null(strstr(survey.wrong.items[0], "'fc.bias'"));
	assert_non_null(strstr(survey.wrong.items[3], "'crf.transitions'"));
	assert_int_equal(survey.left_over.n, 0);
	model_survey_release(&survey);
	weights_close(&weights);
	temporary_remove(path);
	free(spec);
}

static void assert_refused(const struct system_options *options, const char *text)
{
	struct err err = ERR_INIT;

	assert_null(predictor_open(set.model, NULL, options, &err));
	if (!strstr(err.text, text))
		fail_msg("'%s' instead of '%s'", err.text, text);
}

static void test_refuses_what_does_not_fit(void **state)
{
	char *other;

	(void)state;
	need_weights();
	other = temporary_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nThe\n");
	assert_refused(&(struct system_options){ .jobs = 1 }, "holds no vocabulary");
	assert_refused(&(struct system_options){ .jobs = 1, .vocabulary = other },
		       "has 6 pieces, but the model has vectors for 30522");
	assert_refused(&(struct system_options){ .jobs = 1, .vocabulary = set.vocabulary,
						 .labels = "O,B-PER,I-PER" },
		       "it has 13 labels, but 3 are named");
	assert_refused(&(struct system_options){ .jobs = 1, .vocabulary = set.vocabulary,
						 .max_pieces = 513 },
		       "513 pieces a tweet");
	temporary_remove(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hvpnet_without_prompt),
		cmocka_unit_test(test_hvpnet_at_128_pieces),
		cmocka_unit_test(test_plain_port),
		cmocka_unit_test(test_survey_names_what_is_left_over),
		cmocka_unit_test(test_survey_names_all_that_is_missing),
		cmocka_unit_test(test_refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, remove_weights);
}
