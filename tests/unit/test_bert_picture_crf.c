/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/golden_set.h"

static const json_t *tweet_of(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->inputs, "tweets"), i);
}

static void open_set(struct golden_set *set, const char *spec)
{
	golden_open(set, "bert_vit_crf", (const char *const[]){ spec, NULL });
	set->n = json_array_size(json_object_get(set->inputs, "tweets"));
	assert_in_range(set->n, 1, GOLDEN_RECORDS - 1);
	for (size_t i = 0; i < set->n; i++) {
		set->records[i].sentence = golden_sentence(set, json_object_get(tweet_of(set, i), "tokens"));
		set->records[i].pictures.whole =
			golden_shared(set, json_object_get(tweet_of(set, i), "image"));
	}
}

/* The golden has the tags of all pieces, of which those of first pieces are the words'. */
static void check_tags(const struct golden_set *set, const char *kind, size_t i)
{
	const json_t *golden = json_array_get(json_object_get(set->golden, kind), i);
	const json_t *tags = json_object_get(golden, "tags"), *place;
	json_t *words = json_array();
	size_t k;

	json_array_foreach(json_object_get(tweet_of(set, i), "first_piece"), k, place)
		json_array_append(words, json_array_get(tags, (size_t)json_integer_value(place)));
	golden_check_words(set, i, words);
	json_decref(words);
}

static void check_named(const struct golden_set *set, const char *kind, size_t i, const char *name,
			const char *dumped, const size_t *steps)
{
	char full[60];

	snprintf(full, sizeof(full), "%s.t%zu.%s", kind, i, name);
	golden_check(set, full, golden_dump(set, i, dumped), steps);
}

static void check_all(struct golden_set *set, const char *kind, const char *system)
{
	golden_predict(set, (struct system_options){ .jobs = 2, .max_pieces = 128 });
	assert_string_equal(set->predictor->name, system);
	for (size_t i = 0; i < set->n; i++) {
		check_tags(set, kind, i);
		golden_check_ids(set, i, json_object_get(tweet_of(set, i), "input_ids"));
		check_named(set, kind, i, "emissions", "emissions", NULL);
	}
}

static void check_pictures(const struct golden_set *set, const char *kind, size_t i)
{
	check_named(set, kind, i, "pixels", "pixels", (const size_t[]){ 1, 16, 16 });
	check_named(set, kind, i, "image_vector", "image_vector", NULL);
}

static void test_text(void **state)
{
	struct golden_set set;

	(void)state;
	open_set(&set, "spec_text.tsv");
	check_all(&set, "text", "bert_crf");
	for (size_t i = 0; i < set.n; i++)
		check_named(&set, "text", i, "hidden", "bert_layer12", (const size_t[]){ 1, 24 });
	golden_free_predictor(&set);
	golden_close(&set);
}

static void test_resnet(void **state)
{
	struct golden_set set;

	(void)state;
	open_set(&set, "spec_resnet.tsv");
	check_all(&set, "resnet", "bert_resnet_crf");
	for (size_t i = 0; i < set.n; i++) {
		check_pictures(&set, "resnet", i);
		check_named(&set, "resnet", i, "pooled", "pooled", NULL);
	}
	golden_free_predictor(&set);
	golden_close(&set);
}

static void test_vit(void **state)
{
	struct golden_set set;

	(void)state;
	open_set(&set, "spec_vit.tsv");
	check_all(&set, "vit", "bert_vit_crf");
	for (size_t i = 0; i < set.n; i++) {
		check_pictures(&set, "vit", i);
		check_named(&set, "vit", i, "image_states", "image_states", (const size_t[]){ 1, 32 });
	}
	golden_free_predictor(&set);
	golden_close(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_resnet),
		cmocka_unit_test(test_vit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
