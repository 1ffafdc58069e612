/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/registry.h"
#include "tests/unit/generated_weights.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Of the largest value. The original differs from its own result in float64 by 4e-5 of some 14, and
 * by as much with another number of threads. */
#define TOLERANCE 1e-4
#define RECORDS 16

/* A set of goldens and the model that gave them. */
struct set {
	char folder[500];
	json_t *inputs, *golden;
	struct safetensors tensors;
	char *model, vocabulary[600];
	struct arena arena;
	size_t n;
	struct record_pictures pictures[RECORDS];
	const char *faults[RECORDS];
	struct prediction_dump dumps[RECORDS];
};

static json_t *load_json(const struct set *set, const char *name)
{
	char path[600];
	json_t *object;

	snprintf(path, sizeof(path), "%s/%s", set->folder, name);
	object = json_load_file(path, 0, NULL);
	assert_non_null(object);
	return object;
}

static const json_t *tweet_of(const struct set *set, size_t i)
{
	return json_array_get(json_object_get(set->inputs, "tweets"), i);
}

static const json_t *golden_of(const struct set *set, size_t i)
{
	return json_array_get(json_object_get(set->golden, "tweets"), i);
}

/* A missing picture has a name without a file, so that inf.png must take its place. */
static void place_pictures(struct set *set, size_t i)
{
	const char *whole = json_string_value(json_object_get(tweet_of(set, i), "picture"));
	const json_t *files = json_array_get(json_object_get(set->golden, "pictures"), i);
	struct record_pictures *pictures = &set->pictures[i];

	pictures->whole = arena_format(&set->arena, "%s/../../%s", set->folder, whole ? whole : "none.jpg");
	pictures->fallback = arena_format(&set->arena, "%s/input/inf.png", set->folder);
	for (size_t slot = 1; slot < json_array_size(files); slot++)
		pictures->crops[slot - 1] = arena_format(
			&set->arena, "%s/input/crops/%s", set->folder,
			json_string_value(json_object_get(json_array_get(files, slot), "file")));
}

static void set_open(struct set *set, const char *name)
{
	const char *shared = shared_folder();
	struct err err = ERR_INIT;
	char path[600];

	memset(set, 0, sizeof(*set));
	snprintf(set->folder, sizeof(set->folder), "%s/oracle/%s", shared, name);
	snprintf(set->vocabulary, sizeof(set->vocabulary), "%s/oracle/wordpiece/vocab.txt", shared);
	set->inputs = load_json(set, "inputs.json");
	set->golden = load_json(set, "golden.json");
	snprintf(path, sizeof(path), "%s/golden.safetensors", set->folder);
	assert_int_equal(safetensors_open(&set->tensors, path, &err), 0);
	snprintf(path, sizeof(path), "%s/spec.tsv", set->folder);
	set->model = generated_weights(path, (const char *const[]){ "", NULL }, 1);
	set->n = json_array_size(json_object_get(set->inputs, "tweets"));
	assert_in_range(set->n, 1, RECORDS);
	for (size_t i = 0; i < set->n; i++)
		place_pictures(set, i);
}

static void set_close(struct set *set)
{
	json_decref(set->inputs);
	json_decref(set->golden);
	safetensors_close(&set->tensors);
	temporary_remove(set->model);
	arena_release(&set->arena);
}

static struct predictor *open_model(const struct set *set, size_t max_pieces)
{
	const struct system_options options = { .vocabulary = set->vocabulary,
						.max_pieces = max_pieces };
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(set->model, NULL, &options, &err);

	if (!predictor)
		fail_msg("%s", err.text);
	return predictor;
}

static void check_ids(const json_t *wanted, const struct prediction_dump *dump)
{
	assert_int_equal(dump->n_pieces, json_array_size(wanted));
	for (size_t i = 0; i < dump->n_pieces; i++)
		assert_int_equal(dump->ids[i], json_integer_value(json_array_get(wanted, i)));
}

static void check_values(const char *name, const struct tensor *wanted, const float *values,
			 size_t n)
{
	double most = 0, largest = 0;

	assert_non_null(wanted);
	assert_int_equal(wanted->elements, n);
	for (size_t i = 0; i < n; i++) {
		float value;

		memcpy(&value, wanted->data + i * sizeof(value), sizeof(value));
		most = fmax(most, fabs((double)values[i] - value));
		largest = fmax(largest, fabs((double)value));
	}
	if (!(most <= TOLERANCE * largest))
		fail_msg("%s: off by %g where values reach %g", name, most, largest);
}

static void check_emissions(const struct set *set, const char *stem, size_t i)
{
	const struct prediction_dump *dump = &set->dumps[i];
	char name[40];

	snprintf(name, sizeof(name), "%s.%zu", stem, i);
	check_values(name, safetensors_find(&set->tensors, name), dump->emissions,
		     dump->n_pieces * dump->n_labels);
}

static const struct sentence *make_sentence(struct set *set, size_t i)
{
	const json_t *words = json_object_get(tweet_of(set, i), "words");
	struct sentence *sentence = arena_alloc(&set->arena, 1, sizeof(*sentence));

	sentence->n_tokens = json_array_size(words);
	sentence->tokens = arena_alloc(&set->arena, sentence->n_tokens, sizeof(*sentence->tokens));
	for (size_t k = 0; k < sentence->n_tokens; k++)
		sentence->tokens[k].word = json_string_value(json_array_get(words, k));
	return sentence;
}

/* The decoded label of each word's first piece; a word without one is O and has none. */
static void check_tags(const json_t *by_word, const struct prediction *prediction)
{
	assert_int_equal(prediction->n, json_array_size(by_word));
	for (size_t i = 0; i < prediction->n; i++) {
		const char *label = json_string_value(json_array_get(by_word, i));
		bool entity = label && label[1] == '-';

		assert_string_equal(prediction->raw[i], label ? label : "");
		assert_string_equal(prediction->tags[i], entity ? label : "O");
		assert_true(prediction->confidence[i] >= 0 && prediction->confidence[i] <= 1);
	}
}

static void test_entities(void **state)
{
	const struct sentence *sentences[RECORDS];
	struct prediction predictions[RECORDS];
	struct predictor *predictor;
	struct err err = ERR_INIT;
	struct set set;

	(void)state;
	set_open(&set, "hvpnet_ner");
	for (size_t i = 0; i < set.n; i++)
		sentences[i] = make_sentence(&set, i);
	predictor = open_model(&set, 0);
	assert_string_equal(predictor->name, "hvpnet_ner");
	assert_int_equal(predictor->predict_pictured(predictor, sentences, set.pictures, set.n,
						     predictions, set.faults, set.dumps, &set.arena,
						     &err), 0);
	for (size_t i = 0; i < set.n; i++) {
		assert_null(set.faults[i]);
		check_ids(json_object_get(tweet_of(&set, i), "input_ids"), &set.dumps[i]);
		check_emissions(&set, "emissions", i);
		check_tags(json_object_get(golden_of(&set, i), "by_word"), &predictions[i]);
	}
	predictor->free(predictor);

	/* The long tweet once more, cut later. */
	predictor = open_model(&set, 128);
	assert_int_equal(predictor->predict_pictured(predictor, sentences + 6, set.pictures + 6, 1,
						     predictions + 6, set.faults + 6, set.dumps + 6,
						     &set.arena, &err), 0);
	check_emissions(&set, "emissions128", 6);
	predictor->free(predictor);
	set_close(&set);
}

static struct mention read_mention(const json_t *tweet, const char *key)
{
	const json_t *mention = json_object_get(tweet, key), *place = json_object_get(mention, "pos");

	return (struct mention){ json_string_value(json_object_get(mention, "name")),
				 (long)json_integer_value(json_array_get(place, 0)),
				 (long)json_integer_value(json_array_get(place, 1)) };
}

static struct relation *make_relation(struct set *set, size_t i)
{
	const json_t *tweet = tweet_of(set, i), *words = json_object_get(tweet, "words");
	struct relation *relation = arena_alloc(&set->arena, 1, sizeof(*relation));

	relation->n_words = json_array_size(words);
	relation->words = arena_alloc(&set->arena, relation->n_words, sizeof(*relation->words));
	for (size_t k = 0; k < relation->n_words; k++)
		relation->words[k] = json_string_value(json_array_get(words, k));
	relation->head = read_mention(tweet, "h");
	relation->tail = read_mention(tweet, "t");
	return relation;
}

static void check_relation(const struct set *set, size_t i, const struct relation_prediction *got)
{
	const json_t *wanted = golden_of(set, i);
	const char *label = json_string_value(
		json_array_get(json_object_get(set->inputs, "labels"),
			       (size_t)json_integer_value(json_object_get(wanted, "predicted"))));
	double probability = json_real_value(json_object_get(wanted, "probability")), sum = 0;

	assert_string_equal(got->relation, label);
	assert_true(fabs((double)got->confidence - probability) < TOLERANCE);
	for (size_t k = 0; k < set->dumps[i].n_labels; k++)
		sum += (double)got->probabilities[k];
	assert_true(fabs(sum - 1) < 1e-5);
}

/* All lines, of which the last three get a fault each; what comes before must not change. */
static void test_relations(void **state)
{
	const struct relation *relations[RECORDS];
	struct relation_prediction predictions[RECORDS] = { { 0 } };
	struct predictor *predictor;
	struct relation *outside, *marked;
	struct err err = ERR_INIT;
	const struct tensor *logits;
	struct set set;

	(void)state;
	set_open(&set, "hvpnet_re");
	for (size_t i = 0; i < set.n; i++)
		relations[i] = make_relation(&set, i);
	assert_true(set.n + 3 <= RECORDS);
	relations[set.n] = relations[0];
	set.pictures[set.n].crops[0] = "no-such-crop.png";
	set.pictures[set.n].whole = set.pictures[0].whole;
	relations[set.n + 1] = outside = make_relation(&set, 0);
	outside->head.begin = 9999;
	relations[set.n + 2] = marked = make_relation(&set, 0);
	marked->words[0] = "<O>";
	set.pictures[set.n + 1] = set.pictures[set.n + 2] = set.pictures[0];

	predictor = open_model(&set, 0);
	assert_string_equal(predictor->name, "hvpnet_re");
	assert_int_equal(predictor->relate(predictor, relations, set.pictures, set.n + 3, predictions,
					   set.faults, set.dumps, &set.arena, &err), 0);
	logits = safetensors_find(&set.tensors, "logits");
	assert_non_null(logits);
	for (size_t i = 0; i < set.n; i++) {
		size_t labels = set.dumps[i].n_labels;
		struct tensor row = *logits;

		assert_null(set.faults[i]);
		row.elements = labels;
		row.data += i * labels * sizeof(float);
		check_ids(json_object_get(tweet_of(&set, i), "input_ids"), &set.dumps[i]);
		check_values("logits", &row, set.dumps[i].emissions, labels);
		check_relation(&set, i, &predictions[i]);
	}
	assert_non_null(strstr(set.faults[set.n], "no-such-crop.png"));
	assert_non_null(strstr(set.faults[set.n + 1], "80 word pieces"));
	assert_non_null(strstr(set.faults[set.n + 2], "80 word pieces"));
	predictor->free(predictor);
	set_close(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_relations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
