/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/blas.h"
#include "inference/core/conv.h"
#include "inference/core/conv_direct.h"
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"
#include "lib/image/decode.h"
#include "tests/unit/generated_weights.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* The original differs from its own result in float64 by 5e-5 where values reach 30, from sums of up
 * to 4608 products in float32; ours are summed in another order with folded batch norms. */
#define MAP_TOLERANCE 1e-4
#define SHOWN_PICTURES 4

static float *noise_array(size_t n, const char *name)
{
	struct generated_tensor tensor = { .elements = n, .scale = 1 };
	float *array = malloc(n * sizeof(*array));

	assert_non_null(array);
	snprintf(tensor.name, sizeof(tensor.name), "%s", name);
	generate_floats(&tensor, 0, array);
	return array;
}

/* Pictures side by side give what each gives alone, added to what was there. */
static void check_batch(const struct conv *conv, int pictures, int height, int width, bool add)
{
	size_t in_plane = (size_t)(height * width);
	size_t out_plane = (size_t)(conv_output_size(conv, height) * conv_output_size(conv, width));
	size_t n = (size_t)pictures, ins = (size_t)conv->in, outs = (size_t)conv->out;
	float *input = noise_array(ins * n * in_plane, "input");
	float *output = noise_array(outs * n * out_plane, "output");
	float *before = noise_array(outs * n * out_plane, "output");
	float *one = malloc(ins * in_plane * sizeof(*one)), *alone = malloc(outs * out_plane * sizeof(*alone));
	float *scratch = malloc((conv_scratch(conv, height, width) + 1) * sizeof(*scratch));
	struct conv linear = *conv;

	linear.slope = 1;
	conv_run_batch(conv, input, pictures, height, width, add, output, scratch);
	for (size_t p = 0; p < n; p++) {
		for (size_t c = 0; c < ins; c++)
			memcpy(one + c * in_plane, input + (c * n + p) * in_plane, in_plane * sizeof(*one));
		conv_run(&linear, one, height, width, alone, scratch);
		for (size_t i = 0; i < outs * out_plane; i++) {
			size_t at = (i / out_plane * n + p) * out_plane + i % out_plane;
			float wanted = alone[i] + (add ? before[at] : 0);

			wanted = wanted < 0 ? conv->slope * wanted : wanted;
			assert_true(fabsf(output[at] - wanted) < 1e-4f);
		}
	}
	free(input);
	free(output);
	free(before);
	free(one);
	free(alone);
	free(scratch);
}

static void test_batches(void **state)
{
	static const struct conv convs[] = {
		{ .in = 3, .out = 8, .kernel = 7, .stride = 2 },
		{ .in = 9, .out = 16, .kernel = 1, .stride = 1 },
		{ .in = 9, .out = 5, .kernel = 1, .stride = 2, .slope = 1 },
		{ .in = 9, .out = 8, .kernel = 3, .stride = 1 },
		{ .in = 9, .out = 16, .kernel = 3, .stride = 2, .slope = 0.1f },
	};
	float *weight = noise_array(9 * 16 * 9, "weight"), *bias = noise_array(16, "bias");
	float *packed = malloc(sizeof(*packed) * 9 * 16 * 9);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(blas_open(&err), 0);
	for (size_t i = 0; i < sizeof(convs) / sizeof(*convs); i++) {
		struct conv conv = convs[i];

		conv.weight = weight;
		conv.bias = bias;
		for (int pictures = 1; pictures <= 3; pictures++) {
			check_batch(&conv, pictures, 9, 13, false);
			check_batch(&conv, pictures, 40, 37, true);
		}
		if (conv_direct_serves(&conv)) {
			conv_direct_pack(&conv, packed);
			conv.packed = packed;
			check_batch(&conv, 3, 9, 13, false);
		}
	}
	free(weight);
	free(bias);
	free(packed);
}

static void read_picture(const char *path, float *out)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(image_decode_file(&image, path, NULL, NULL, &err), 0);
	assert_int_equal(image_to_input(&image, &image_input_shorter, out, &err), 0);
	image_release(&image);
}

static json_t *load_json(const char *shared, const char *name)
{
	char path[600];
	json_t *object;

	snprintf(path, sizeof(path), "%s/oracle/%s", shared, name);
	object = json_load_file(path, 0, NULL);
	assert_non_null(object);
	return object;
}

/* The first 8 channels of a map, top left 7 x 7, of all shown pictures. */
static void check_map(const struct safetensors *golden, const char *name, const float *map, int side)
{
	const struct tensor *wanted = safetensors_find(golden, name);
	double most = 0, largest = 0;

	assert_non_null(wanted);
	for (size_t i = 0; i < wanted->elements; i++) {
		size_t x = i % 7, y = i / 7 % 7, channel = i / 49 % 8, picture = i / 392;
		size_t row = ((channel * SHOWN_PICTURES + picture) * (size_t)side + y) * (size_t)side;
		float value;

		memcpy(&value, wanted->data + i * sizeof(value), sizeof(value));
		most = fmax(most, fabs((double)map[row + x] - value));
		largest = fmax(largest, fabs((double)value));
	}
	if (!(most <= MAP_TOLERANCE * largest))
		fail_msg("%s: off by %g where values reach %g", name, most, largest);
}

/* The picture and the three crops of the entity set's shown tweet. */
static void read_shown(const char *shared, float *input)
{
	json_t *inputs = load_json(shared, "hvpnet_ner/inputs.json");
	size_t show = (size_t)json_integer_value(json_object_get(inputs, "show"));
	const json_t *tweet = json_array_get(json_object_get(inputs, "tweets"), show);
	const char *id = json_string_value(json_object_get(tweet, "imgid"));
	char path[700];

	snprintf(path, sizeof(path), "%s/%s", shared,
		 json_string_value(json_object_get(tweet, "picture")));
	read_picture(path, input);
	for (int i = 0; i < SHOWN_PICTURES - 1; i++) {
		snprintf(path, sizeof(path),
			 "%s/oracle/hvpnet_ner/input/crops/%s_pred_yolo_crop_%d.png", shared, id, i);
		read_picture(path, input + (size_t)(i + 1) * IMAGENET_FLOATS);
	}
	json_decref(inputs);
}

static void test_stages(void **state)
{
	const char *shared = shared_folder();
	float *input = malloc(SHOWN_PICTURES * IMAGENET_FLOATS * sizeof(*input));
	struct scratch scratch = SCRATCH_INIT;
	struct safetensors golden;
	struct weights weights;
	struct resnet_maps maps;
	struct resnet *resnet;
	struct err err = ERR_INIT;
	char path[600], name[20], *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/hvpnet_ner/spec.tsv", shared);
	file = generated_weights(path, (const char *const[]){ "image_model.", NULL }, 1);
	assert_int_equal(weights_open(&weights, file, &err), 0);
	resnet = resnet_new(&weights, "image_model.resnet.", 50, &err);
	assert_non_null(resnet);
	weights_close(&weights);
	temporary_remove(file);
	read_shown(shared, input);
	assert_int_equal(resnet_run(resnet, input, SHOWN_PICTURES, IMAGENET_SIDE, &scratch, &maps, &err), 0);

	snprintf(path, sizeof(path), "%s/oracle/hvpnet_ner/golden.safetensors", shared);
	assert_int_equal(safetensors_open(&golden, path, &err), 0);
	check_map(&golden, "stem", maps.stem, maps.stem_side);
	for (int stage = 0; stage < RESNET_STAGES; stage++) {
		snprintf(name, sizeof(name), "stage%d", stage + 1);
		assert_int_equal(maps.sides[stage], 56 >> stage);
		check_map(&golden, name, maps.stages[stage], maps.sides[stage]);
	}
	safetensors_close(&golden);
	scratch_release(&scratch);
	resnet_free(resnet);
	free(input);
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
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_bad_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
