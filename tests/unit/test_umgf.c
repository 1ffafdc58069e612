/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/crop.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"
#include "tests/unit/golden_set.h"

#define OBJECTS 4

static const json_t *tweet_of(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->inputs, "tweets"), i);
}

static const json_t *golden_of(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->golden, "tweets"), i);
}

static int edge(const json_t *crop, size_t i)
{
	return (int)json_integer_value(json_array_get(json_object_get(crop, "box"), i));
}

/* A tweet's crops as files. */
static void cut_crops(struct golden_set *set, size_t i)
{
	const char *path = golden_shared(set, json_object_get(tweet_of(set, i), "image"));
	const json_t *crops = json_object_get(tweet_of(set, i), "crops");
	struct image whole = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(json_array_size(crops), OBJECTS);
	assert_int_equal(image_decode_file(&whole, path, NULL, NULL, &err), 0);
	for (size_t k = 0; k < OBJECTS; k++) {
		const json_t *crop = json_array_get(crops, k);
		struct image cut = IMAGE_INIT;
		char *file = temporary_text("");

		assert_int_equal(image_crop(&cut, &whole, (struct image_rect){ edge(crop, 0), edge(crop, 1),
									       edge(crop, 2), edge(crop, 3) },
					    &err), 0);
		assert_int_equal(image_encode_png(&cut, file, &err), 0);
		image_release(&cut);
		set->records[i].pictures.crops[k] = arena_copy(&set->arena, file);
		free(file);
	}
	image_release(&whole);
}

static void open_set(struct golden_set *set)
{
	golden_open(set, "umgf", (const char *const[]){ "spec.tsv", NULL });
	set->n = json_array_size(json_object_get(set->inputs, "tweets"));
	assert_in_range(set->n, 1, GOLDEN_RECORDS - 2);
	for (size_t i = 0; i < set->n; i++) {
		set->records[i].sentence = golden_sentence(set, json_object_get(tweet_of(set, i), "tokens"));
		cut_crops(set, i);
	}
}

static void close_set(struct golden_set *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < OBJECTS; k++)
			unlink(set->records[i].pictures.crops[k]);
	golden_close(set);
}

static void check_pictures(const struct golden_set *set, size_t i)
{
	static const char *const vectors[] = { "avgpool", "resnet_fc", "trans_obj" };
	static const struct {
		const char *name;
		size_t step; /* between the golden's rows and columns */
	} maps[] = { { "image", 1 }, { "stem", 8 }, { "stage1", 8 }, { "stage2", 4 },
		     { "stage3", 2 }, { "stage4", 1 } };

	for (size_t k = 0; k < sizeof(maps) / sizeof(*maps); k++)
		golden_check_part(set, maps[k].name, i, golden_dump(set, i, maps[k].name),
				  (const size_t[]){ 1, 1, maps[k].step, maps[k].step });
	for (size_t k = 0; k < sizeof(vectors) / sizeof(*vectors); k++)
		golden_check_part(set, vectors[k], i, golden_dump(set, i, vectors[k]), NULL);
}

static void check_layer(const struct golden_set *set, size_t i, int layer)
{
	static const char *const texts[] = { "x_self", "x_fused", "x" };
	static const char *const objects[] = { "o_self", "o_fused", "o", "x2o_gate", "o2x_gate" };
	char name[40];

	for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
		snprintf(name, sizeof(name), "%s_%d", texts[k], layer);
		if (layer % 5 == 0 || k == 2)
			golden_check_joined(set, name, i, golden_dump(set, i, name));
	}
	for (size_t k = 0; k < sizeof(objects) / sizeof(*objects); k++) {
		snprintf(name, sizeof(name), "%s_%d", objects[k], layer);
		if (layer % 5 == 0 || k == 2)
			golden_check_part(set, name, i, golden_dump(set, i, name), NULL);
	}
}

static void check_tweet(const struct golden_set *set, size_t i)
{
	static const char *const joined[] = { "bert_embeddings", "bert_layer1", "bert_layer6",
					      "bert_layer12", "trans_txt", "emissions" };

	golden_check_ids(set, i, json_object_get(tweet_of(set, i), "input_ids"));
	golden_check_words(set, i, json_object_get(golden_of(set, i), "word_tags"));
	for (size_t k = 0; k < sizeof(joined) / sizeof(*joined); k++)
		golden_check_joined(set, joined[k], i, golden_dump(set, i, joined[k]));
	check_pictures(set, i);
	for (int layer = 0; layer < 6; layer++)
		check_layer(set, i, layer);
}

/* One thread, one tweet at a time and no dump of the intermediates. */
static void check_alone(struct golden_set *set)
{
	struct predict_record records[GOLDEN_RECORDS];
	size_t n = set->n;

	memcpy(records, set->records, n * sizeof(*records));
	set->n = 1;
	set->dump.all = false;
	golden_predict(set, (struct system_options){ .jobs = 1 });
	for (size_t i = 0; i < n; i++) {
		struct err err = ERR_INIT;

		prediction_dump_clear(&set->dump);
		assert_int_equal(set->predictor->predict(set->predictor, &records[i], 1, set->outcomes,
							 &set->dump, &set->arena, &err), 0);
		golden_check_words(set, 0, json_object_get(golden_of(set, i), "word_tags"));
	}
	golden_free_predictor(set);
}

static void test_tweets(void **state)
{
	struct golden_set set;
	size_t n;

	(void)state;
	open_set(&set);
	n = set.n;
	set.records[n] = set.records[0];
	set.records[n].pictures.crops[2] = "crop_location_7.jpg";
	set.records[n + 1] = (struct predict_record){ .sentence = set.records[0].sentence };
	set.n = n + 2;
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	assert_string_equal(set.predictor->name, "umgf");
	assert_non_null(strstr(set.outcomes[n].fault, "crop_location_7.jpg"));
	assert_non_null(set.outcomes[n + 1].fault);
	set.n = n;
	for (size_t i = 0; i < n; i++)
		check_tweet(&set, i);
	golden_free_predictor(&set);
	check_alone(&set);
	close_set(&set, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tweets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
