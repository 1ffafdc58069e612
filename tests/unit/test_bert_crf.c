/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_check.h"
#include "inference/systems/registry.h"
#include "lib/base/file.h"
#include "tests/unit/golden_set.h"

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

static const json_t *tweet_of(const json_t *object, const char *key, size_t i)
{
	return json_array_get(json_object_get(object, key), i);
}

/* All tweets of a folder's inputs, whose words are under `words`. */
static void run_folder(struct golden_set *run, const char *folder, const char *spec,
		       const char *words, size_t max_pieces)
{
	golden_open(run, folder, (const char *const[]){ spec, NULL });
	run->n = json_array_size(json_object_get(run->inputs, "tweets"));
	assert_in_range(run->n, 1, GOLDEN_RECORDS);
	for (size_t i = 0; i < run->n; i++)
		run->records[i].sentence = golden_sentence(
			run, json_object_get(tweet_of(run->inputs, "tweets", i), words));
	golden_predict(run, (struct system_options){ .jobs = 2, .max_pieces = max_pieces });
	assert_string_equal(run->predictor->name, "bert_crf");
}

static void run_release(struct golden_set *run)
{
	golden_free_predictor(run);
	golden_close(run);
}

static void check_emissions(const struct golden_set *run, size_t i, const char *format)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.%zu", format, i);
	golden_check(run, name, golden_dump(run, i, "emissions"), NULL);
}

static void test_hvpnet_without_prompt(void **state)
{
	size_t show;
	struct golden_set run;

	(void)state;
	run_folder(&run, "bert_crf", "spec.tsv", "words", 0);
	for (size_t i = 0; i < run.n; i++) {
		golden_check_ids(&run, i,
				 json_object_get(tweet_of(run.inputs, "tweets", i), "input_ids"));
		check_emissions(&run, i, "emissions");
		golden_check_words(&run, i,
				   json_object_get(tweet_of(run.golden, "tweets", i), "by_word"));
	}
	show = (size_t)json_integer_value(json_object_get(run.inputs, "show"));
	golden_check(&run, "embeddings", golden_dump(&run, show, "bert_embeddings"), NULL);
	golden_check(&run, "last_hidden", golden_dump(&run, show, "bert_layer12"), NULL);
	run_release(&run);
}

/* The tweets that are longer than 80 pieces, cut at 128 instead. */
static void test_hvpnet_at_128_pieces(void **state)
{
	struct golden_set run;
	const char *key;
	json_t *tweet;

	(void)state;
	run_folder(&run, "bert_crf", "spec.tsv", "words", 128);
	json_object_foreach(json_object_get(run.golden, "max_seq_128"), key, tweet) {
		size_t i = strtoul(key, NULL, 10);

		assert_true(i < run.n);
		golden_check_ids(&run, i, json_object_get(tweet, "input_ids"));
		check_emissions(&run, i, "emissions128");
	}
	run_release(&run);
}

static void test_plain_port(void **state)
{
	struct golden_set run;
	char name[64];

	(void)state;
	run_folder(&run, "bert_vit_crf", "spec_text.tsv", "tokens", 128);
	for (size_t i = 0; i < run.n; i++) {
		const json_t *input = tweet_of(run.inputs, "tweets", i);
		const json_t *tags = json_object_get(tweet_of(run.golden, "text", i), "tags");
		const json_t *first = json_object_get(input, "first_piece");

		golden_check_ids(&run, i, json_object_get(input, "input_ids"));
		snprintf(name, sizeof(name), "text.t%zu.emissions", i);
		golden_check(&run, name, golden_dump(&run, i, "emissions"), NULL);
		for (size_t k = 0; k < run.outcomes[i].tags.n; k++) {
			size_t piece = (size_t)json_integer_value(json_array_get(first, k));

			assert_string_equal(run.outcomes[i].tags.raw[k],
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

static void assert_refused(const struct system_options *options, const char *text, const char *file)
{
	struct err err = ERR_INIT;

	assert_null(predictor_open(set.model, NULL, options, &err));
	if (!strstr(err.text, text))
		fail_msg("'%s' instead of '%s'", err.text, text);
	assert_string_equal(err.file, file);
}

static void test_refuses_what_does_not_fit(void **state)
{
	char *other;

	(void)state;
	need_weights();
	other = temporary_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nThe\n");
	assert_refused(&(struct system_options){ .jobs = 1 }, "holds no vocabulary", set.model);
	assert_refused(&(struct system_options){ .jobs = 1, .vocabulary = other },
		       "has 6 pieces, but the model has vectors for 30522", other);
	assert_refused(&(struct system_options){ .jobs = 1, .vocabulary = set.vocabulary,
						 .labels = "O,B-PER,I-PER" },
		       "it has 13 labels, but 3 are named", set.model);
	assert_refused(&(struct system_options){ .jobs = 1, .vocabulary = set.vocabulary,
						 .max_pieces = 513 },
		       "513 pieces a tweet", set.model);
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
