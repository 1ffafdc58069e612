/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/blas.h"
#include "inference/systems/hvpnet_pictures.h"
#include "lib/image/decode.h"
#include "tests/unit/generated_weights.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Of the largest value. The original is off by 5e-5 of some 30 from its own result in float64. */
#define TOLERANCE 1e-4
#define LAYERS 12
#define HIDDEN 768

static struct safetensors golden;

/* Element by element; `at` gives ours for the wanted tensor's index. */
static void check(const char *name, float (*at)(const void *context, const size_t *index),
		  const void *context)
{
	const struct tensor *wanted = safetensors_find(&golden, name);
	double most = 0, largest = 0;

	assert_non_null(wanted);
	for (size_t i = 0; i < wanted->elements; i++) {
		size_t index[SAFETENSORS_DIMS] = { 0 }, left = i;
		float value;

		for (size_t d = wanted->n_dims; d-- > 0; left /= wanted->shape[d])
			index[d] = left % wanted->shape[d];
		memcpy(&value, wanted->data + i * sizeof(value), sizeof(value));
		most = fmax(most, fabs((double)at(context, index) - value));
		largest = fmax(largest, fabs((double)value));
	}
	if (!(most <= TOLERANCE * largest))
		fail_msg("%s: off by %g where values reach %g", name, most, largest);
}

/* All tweets of a set, slot by slot. */
struct set {
	size_t n, show;
	struct prompt_picture (*pictures)[PROMPT_SLOTS]; /* [n] */
};

static float pooled_at(const void *context, const size_t *index)
{
	const struct set *set = context;

	return set->pictures[set->show][0].pooled[(index[0] * 2 + index[1]) * 2 + index[2]];
}

/* The first 8 channels of each stage. */
static float pooled_slice_at(const void *context, const size_t *index)
{
	static const size_t first[] = { 0, 256, 768, 1792 };
	const struct set *set = context;
	size_t channel = first[index[2] / 8] + index[2] % 8;

	return set->pictures[index[0]][index[1]].pooled[(channel * 2 + index[3]) * 2 + index[4]];
}

static float prompt_at(const void *context, const size_t *index)
{
	const struct set *set = context;

	return set->pictures[set->show][index[0]]
		.blocks[(index[1] * PROMPT_BLOCKS + index[2]) * 2 * HIDDEN + index[3]];
}

static float gates_at(const void *context, const size_t *index)
{
	const struct set *set = context;

	return set->pictures[index[0]][index[2]].gates[index[1] * PROMPT_BLOCKS + index[3]];
}

/* [heads, rows, 64] of what the encoder gets as [rows, H]. */
static float prefix_at(const void *context, const size_t *index)
{
	const float *matrix = context;

	return matrix[index[1] * HIDDEN + index[0] * 64 + index[2]];
}

static void read_picture(const char *path, float *out)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(image_decode_file(&image, path, NULL, NULL, &err), 0);
	assert_int_equal(image_to_imagenet(&image, out, &err), 0);
	image_release(&image);
}

/* The four pictures of a tweet as the golden's list of files names them, zeros where there is none. */
static void read_slots(const char *folder, const json_t *tweet, const json_t *files, float *out)
{
	const char *whole = json_string_value(json_object_get(tweet, "picture"));
	char path[900];

	memset(out, 0, PROMPT_SLOTS * IMAGENET_FLOATS * sizeof(*out));
	for (size_t slot = 0; slot < json_array_size(files); slot++, out += IMAGENET_FLOATS) {
		const json_t *file = json_object_get(json_array_get(files, slot), "file");

		if (slot > 0)
			snprintf(path, sizeof(path), "%s/input/crops/%s", folder, json_string_value(file));
		else if (whole)
			snprintf(path, sizeof(path), "%s/../../%s", folder, whole);
		else
			snprintf(path, sizeof(path), "%s/input/inf.png", folder);
		read_picture(path, out);
	}
}

static void make_room(const struct hvpnet_prompt *prompt, struct prompt_picture *picture)
{
	picture->pooled = malloc(hvpnet_prompt_pooled_size() * sizeof(float));
	picture->blocks = malloc(hvpnet_prompt_blocks_size(prompt) * sizeof(float));
	picture->gates = malloc(hvpnet_prompt_gates_size(prompt) * sizeof(float));
	assert_true(picture->pooled && picture->blocks && picture->gates);
}

static void run_set(const struct hvpnet_prompt *prompt, const char *folder, struct set *set)
{
	char path[700];
	float *input = malloc(PROMPT_SLOTS * IMAGENET_FLOATS * sizeof(*input));
	struct prompt_scratch scratch = { 0 };
	struct err err = ERR_INIT;
	json_t *inputs, *outputs, *tweets;

	snprintf(path, sizeof(path), "%s/inputs.json", folder);
	inputs = json_load_file(path, 0, NULL);
	snprintf(path, sizeof(path), "%s/golden.json", folder);
	outputs = json_load_file(path, 0, NULL);
	assert_true(inputs && outputs);
	tweets = json_object_get(inputs, "tweets");
	set->n = json_array_size(tweets);
	set->show = (size_t)json_integer_value(json_object_get(inputs, "show"));
	set->pictures = malloc(set->n * sizeof(*set->pictures));
	for (size_t i = 0; i < set->n; i++) {
		const json_t *files = json_array_get(json_object_get(outputs, "pictures"), i);

		read_slots(folder, json_array_get(tweets, i), files, input);
		for (size_t slot = 0; slot < PROMPT_SLOTS; slot++)
			make_room(prompt, &set->pictures[i][slot]);
		assert_int_equal(hvpnet_prompt_run(prompt, input, PROMPT_SLOTS, &scratch,
						   set->pictures[i], &err), 0);
	}
	prompt_scratch_release(&scratch);
	json_decref(inputs);
	json_decref(outputs);
	free(input);
}

static void check_prefixes(const struct hvpnet_prompt *prompt, const struct set *set)
{
	float *memory = malloc(hvpnet_prompt_prefix_size(prompt) * sizeof(*memory));
	const struct prompt_picture *slots[PROMPT_SLOTS];
	struct encoder_prefix prefixes[LAYERS];

	for (size_t slot = 0; slot < PROMPT_SLOTS; slot++)
		slots[slot] = &set->pictures[set->show][slot];
	hvpnet_prompt_prefix(prompt, slots, memory, prefixes);
	check("prefix_key.0", prefix_at, prefixes[0].keys);
	check("prefix_value.0", prefix_at, prefixes[0].values);
	check("prefix_key.11", prefix_at, prefixes[11].keys);
	check("prefix_value.11", prefix_at, prefixes[11].values);
	free(memory);
}

/* Records that share pictures and lack objects give what each picture gives alone; no file and no
 * empty slot is looked at twice. */
static void check_store(const struct hvpnet_prompt *prompt, const struct set *set, const char *folder)
{
	struct record_pictures records[4] = { 0 };
	struct tweet_pictures tweets[4];
	struct picture_store store;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	size_t blocks = hvpnet_prompt_blocks_size(prompt);

	records[0].whole = arena_format(&arena, "%s/input/inf.png", folder);
	records[0].crops[0] = arena_copy(&arena, records[0].whole);
	records[1].whole = "no-such-picture.jpg";
	records[1].fallback = records[0].whole;
	records[2].whole = "no-such-picture.jpg";
	assert_int_equal(picture_store_init(&store, prompt, 2, &err), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(picture_store_load(&store, records, 4, tweets, &arena, &err), 0);
		assert_int_equal(store.paths.n, 3); /* the picture, zeros, the one that is not there */
	}
	assert_null(tweets[0].fault);
	assert_null(tweets[1].fault);
	assert_non_null(strstr(tweets[2].fault, "no-such-picture.jpg"));
	assert_non_null(tweets[3].fault);
	assert_ptr_equal(tweets[0].slots[0], tweets[0].slots[1]);
	assert_ptr_equal(tweets[0].slots[0], tweets[1].slots[0]);
	/* The last tweet of either set has inf.png and two crops, so that its last slot is empty. */
	for (size_t i = 0; i < blocks; i++) {
		assert_true(fabsf(tweets[0].slots[0]->blocks[i] - set->pictures[set->n - 1][0].blocks[i]) < 1e-3f);
		assert_true(fabsf(tweets[0].slots[2]->blocks[i] - set->pictures[set->n - 1][3].blocks[i]) < 1e-3f);
	}
	picture_store_release(&store);
	arena_release(&arena);
}

static void check_set(const char *name, const char *const *prefixes)
{
	const char *shared = shared_folder();
	char folder[500], path[600], *file;
	struct hvpnet_prompt prompt;
	struct weights weights;
	struct err err = ERR_INIT;
	struct set set;

	snprintf(folder, sizeof(folder), "%s/oracle/%s", shared, name);
	snprintf(path, sizeof(path), "%s/spec.tsv", folder);
	file = generated_weights(path, prefixes, 1);
	snprintf(path, sizeof(path), "%s/golden.safetensors", folder);
	assert_int_equal(safetensors_open(&golden, path, &err), 0);
	assert_int_equal(weights_open(&weights, file, &err), 0);
	assert_int_equal(hvpnet_prompt_init(&prompt, &weights, LAYERS, HIDDEN, &err), 0);
	run_set(&prompt, folder, &set);
	check("pooled", pooled_at, &set);
	check("pooled_slice", pooled_slice_at, &set);
	check("prompt", prompt_at, &set);
	check("gates", gates_at, &set);
	check_prefixes(&prompt, &set);
	check_store(&prompt, &set, folder);
	for (size_t i = 0; i < set.n * PROMPT_SLOTS; i++) {
		free(set.pictures[i / PROMPT_SLOTS][i % PROMPT_SLOTS].pooled);
		free(set.pictures[i / PROMPT_SLOTS][i % PROMPT_SLOTS].blocks);
		free(set.pictures[i / PROMPT_SLOTS][i % PROMPT_SLOTS].gates);
	}
	free(set.pictures);
	hvpnet_prompt_release(&prompt);
	weights_close(&weights);
	temporary_remove(file);
	safetensors_close(&golden);
}

static const char *const prompt_tensors[] = { "image_model.", "encoder_conv.", "gates.", NULL };

static void test_entities(void **state)
{
	(void)state;
	check_set("hvpnet_ner", prompt_tensors);
}

static void test_relations(void **state)
{
	(void)state;
	check_set("hvpnet_re", prompt_tensors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_relations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
