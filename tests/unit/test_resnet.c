/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"
#include "lib/image/crop.h"
#include "lib/image/decode.h"
#include "tests/unit/golden_set.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <string.h>

/* A ResNet of a set's spec, the pictures that are run and what it makes of them. */
struct golden_run {
	struct golden_set set;
	struct resnet *resnet;
	struct scratch scratch;
	float *input;
	size_t n; /* pictures */
	struct resnet_maps maps;
};

/* Only tensors whose names begin with `wanted` are made; the ResNet's stand behind `prefix`. */
static void open_run(struct golden_run *run, const char *set, const char *spec, const char *wanted,
		     const char *prefix, int layers)
{
	struct weights weights;
	struct err err = ERR_INIT;
	char *file;

	memset(run, 0, sizeof(*run));
	golden_open(&run->set, set, (const char *const[]){ NULL });
	file = generated_weights(golden_path(&run->set, spec), (const char *const[]){ wanted, NULL }, 1);
	assert_int_equal(weights_open(&weights, file, &err), 0);
	run->resnet = resnet_new(&weights, prefix, layers, &err);
	assert_non_null(run->resnet);
	weights_close(&weights);
	temporary_remove(file);
	run->input = malloc(RESNET_BATCH * IMAGENET_FLOATS * sizeof(*run->input));
	assert_non_null(run->input);
}

static void close_run(struct golden_run *run)
{
	free(run->input);
	scratch_release(&run->scratch);
	resnet_free(run->resnet);
	golden_close(&run->set);
}

/* One more picture, or with `box` [left, top, right, bottom] a part of it. */
static void add_picture(struct golden_run *run, const char *path, json_t *box,
			const struct image_input *input)
{
	struct image image = IMAGE_INIT, part = IMAGE_INIT;
	struct image_rect rect;
	struct err err = ERR_INIT;

	assert_true(run->n < RESNET_BATCH);
	assert_int_equal(image_decode_file(&image, path, NULL, NULL, &err), 0);
	rect = (struct image_rect){ 0, 0, image.width, image.height };
	if (box)
		assert_int_equal(json_unpack(box, "[iiii]", &rect.x0, &rect.y0,
					     &rect.x1, &rect.y1), 0);
	assert_int_equal(image_crop(&part, &image, rect, &err), 0);
	assert_int_equal(image_to_input(&part, input, run->input + run->n++ * IMAGENET_FLOATS, &err), 0);
	image_release(&part);
	image_release(&image);
}

static void run_pictures(struct golden_run *run)
{
	struct err err = ERR_INIT;

	assert_int_equal(resnet_run(run->resnet, run->input, (int)run->n, IMAGENET_SIDE, &run->scratch,
				    &run->maps, &err), 0);
	assert_int_equal(run->maps.stem_side, 56);
	for (int stage = 0; stage < RESNET_STAGES; stage++)
		assert_int_equal(run->maps.sides[stage], 56 >> stage);
}

/* The maps of one picture after stage 1 to 4, or the stem for stage 0: [channels, side, side]. */
static struct dump_entry map_of(struct golden_run *run, size_t stage, size_t picture)
{
	size_t channels = stage ? resnet_channels(stage - 1) : 64;
	size_t side = (size_t)(stage ? run->maps.sides[stage - 1] : run->maps.stem_side);
	const float *map = stage ? run->maps.stages[stage - 1] : run->maps.stem;
	size_t plane = side * side;
	float *values = arena_alloc(&run->set.arena, channels * plane, sizeof(*values));

	for (size_t c = 0; c < channels; c++)
		memcpy(values + c * plane, map + (c * run->n + picture) * plane, plane * sizeof(*values));
	return (struct dump_entry){ .n_dims = 3, .shape = { channels, side, side }, .values = values };
}

/* The last stage as rows of channels, one for each of the 49 regions. */
static struct dump_entry regions_of(struct golden_run *run, size_t picture)
{
	struct dump_entry map = map_of(run, RESNET_STAGES, picture);
	size_t channels = map.shape[0], regions = map.shape[1] * map.shape[2];
	float *values = arena_alloc(&run->set.arena, channels * regions, sizeof(*values));

	for (size_t i = 0; i < channels * regions; i++)
		values[i] = ((const float *)map.values)[i % channels * regions + i / channels];
	return (struct dump_entry){ .n_dims = 2, .shape = { regions, channels }, .values = values };
}

static const char *const map_names[] = { "stem", "stage1", "stage2", "stage3", "stage4" };

/* What the goldens of 152 layers show of each map: every so many rows and columns. */
static const size_t map_steps[][3] = { { 1, 8, 8 }, { 1, 8, 8 }, { 1, 4, 4 }, { 1, 2, 2 }, { 1, 1, 1 } };

/* The picture and the three crops of the entity set's shown tweet. */
static void add_shown(struct golden_run *run)
{
	struct golden_set *set = &run->set;
	size_t show = (size_t)json_integer_value(json_object_get(set->inputs, "show"));
	const json_t *tweet = json_array_get(json_object_get(set->inputs, "tweets"), show);
	const char *id = json_string_value(json_object_get(tweet, "imgid"));

	add_picture(run, golden_shared(set, json_object_get(tweet, "picture")), NULL, &image_input_shorter);
	for (int i = 0; i < 3; i++)
		add_picture(run,
			    arena_format(&set->arena, "%s/input/crops/%s_pred_yolo_crop_%d.png", set->folder,
					 id, i),
			    NULL, &image_input_shorter);
}

static void test_50_layers(void **state)
{
	struct golden_run run;

	(void)state;
	open_run(&run, "hvpnet_ner", "spec.tsv", "image_model.", "image_model.resnet.", 50);
	add_shown(&run);
	run_pictures(&run);
	for (size_t picture = 0; picture < run.n; picture++)
		for (size_t stage = 0; stage <= RESNET_STAGES; stage++) {
			struct dump_entry map = map_of(&run, stage, picture);

			golden_check_part(&run.set, map_names[stage], picture, &map, NULL);
		}
	close_run(&run);
}

static const json_t *golden_tweet(const struct golden_run *run, size_t number)
{
	return json_array_get(json_object_get(run->set.inputs, "tweets"), number);
}

static void test_101_layers(void **state)
{
	struct golden_run run;

	(void)state;
	open_run(&run, "rpbert", "spec.tsv", "encoder_v.", "encoder_v.", 101);
	for (size_t i = 0; i < 2; i++)
		add_picture(&run, golden_shared(&run.set, json_object_get(golden_tweet(&run, i), "image")),
			    NULL, &image_input_both);
	run_pictures(&run);
	for (size_t i = 0; i < run.n; i++) {
		struct dump_entry regions = regions_of(&run, i);

		golden_check(&run.set, arena_format(&run.set.arena, "t%zu.regions", i), &regions, NULL);
	}
	close_run(&run);
}

static void test_152_layers(void **state)
{
	struct golden_run run;

	(void)state;
	open_run(&run, "umt", "spec-encoder.tsv", "resnet.", "resnet.", 152);
	for (size_t i = 0; i < 2; i++)
		add_picture(&run,
			    golden_shared(&run.set, json_object_get(golden_tweet(&run, i), "picture_read")),
			    NULL, &image_input_centre);
	run_pictures(&run);
	for (size_t i = 0; i < run.n; i++) {
		struct dump_entry regions = regions_of(&run, i);

		golden_check_part(&run.set, "regions", i, &regions, NULL);
		for (size_t stage = 0; stage < RESNET_STAGES; stage++) {
			struct dump_entry map = map_of(&run, stage, i);

			golden_check_part(&run.set, map_names[stage], i, &map, map_steps[stage]);
		}
	}
	close_run(&run);
}

/* The mean of each map of the last stage. */
static struct dump_entry pooled_of(struct golden_run *run, size_t picture)
{
	struct dump_entry map = map_of(run, RESNET_STAGES, picture);
	size_t plane = map.shape[1] * map.shape[2];
	float *values = arena_alloc(&run->set.arena, map.shape[0], sizeof(*values));

	for (size_t c = 0; c < map.shape[0]; c++) {
		values[c] = 0;
		for (size_t i = 0; i < plane; i++)
			values[c] += ((const float *)map.values)[c * plane + i] / (float)plane;
	}
	return (struct dump_entry){ .n_dims = 1, .shape = { map.shape[0] }, .values = values };
}

/* Crops of one picture, as UMGF cuts them. */
static void test_152_layers_of_crops(void **state)
{
	const size_t shown = 2, tweet = 1, crops = 4; /* pictures run; place and pictures of the golden */
	struct golden_run run;
	const json_t *from;

	(void)state;
	open_run(&run, "umgf", "spec.tsv", "resnet.", "resnet.", 152);
	from = golden_tweet(&run, tweet);
	for (size_t i = 0; i < shown; i++)
		add_picture(&run, golden_shared(&run.set, json_object_get(from, "image")),
			    json_object_get(json_array_get(json_object_get(from, "crops"), i), "box"),
			    &image_input_shorter);
	run_pictures(&run);
	for (size_t i = 0; i < run.n; i++) {
		struct dump_entry pooled = pooled_of(&run, i);

		golden_check_block(&run.set, "avgpool", (tweet * crops + i) * 64, (const size_t[]){ 64 },
				   &pooled, NULL);
		for (size_t stage = 0; stage <= RESNET_STAGES; stage++) {
			struct dump_entry map = map_of(&run, stage, i);

			golden_check_block(&run.set, map_names[stage], (tweet * crops + i) * 4 * 7 * 7,
					   (const size_t[]){ 4, 7, 7 }, &map, map_steps[stage]);
		}
	}
	close_run(&run);
}

/* Writes one tensor alone, as a model that lacks the others or has them otherwise. */
static void check_refused(const char *name, size_t n_dims, const size_t *shape, const char *message)
{
	static const float zeros[64 * 3 * 7 * 7];
	char *path = temporary_text("");
	struct err err = ERR_INIT;
	struct safetensors_writer *writer = safetensors_writer_new(path, &err);
	struct weights weights;

	assert_int_equal(safetensors_add(writer, name, TENSOR_F32, n_dims, shape, zeros, &err), 0);
	assert_int_equal(safetensors_writer_commit(writer, &err), 0);
	assert_int_equal(weights_open(&weights, path, &err), 0);
	assert_null(resnet_new(&weights, "resnet.", 101, &err));
	assert_non_null(strstr(err.text, message));
	weights_close(&weights);
	temporary_remove(path);
}

static void test_bad_weights(void **state)
{
	(void)state;
	check_refused("resnet.conv1.weight", 4, (size_t[]){ 64, 3, 7, 7 }, "'resnet.bn1.weight'");
	check_refused("resnet.conv1.weight", 3, (size_t[]){ 64, 3, 49 }, "[64, 3, 49]");
	check_refused("conv1.weight", 4, (size_t[]){ 64, 3, 7, 7 }, "'resnet.conv1.weight'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_50_layers),
		cmocka_unit_test(test_101_layers),
		cmocka_unit_test(test_152_layers),
		cmocka_unit_test(test_152_layers_of_crops),
		cmocka_unit_test(test_bad_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
