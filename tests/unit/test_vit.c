/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/image_input.h"
#include "inference/vision/vit.h"
#include "lib/image/decode.h"
#include "tests/unit/golden_set.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

#define SHOWN 2 /* pictures of the set that are run */

static float *read_pictures(struct golden_set *set)
{
	float *input = malloc(SHOWN * IMAGENET_FLOATS * sizeof(*input));

	assert_non_null(input);
	for (size_t i = 0; i < SHOWN; i++) {
		const json_t *tweet = json_array_get(json_object_get(set->inputs, "tweets"), i);
		struct image image = IMAGE_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(image_decode_file(&image, golden_shared(set, json_object_get(tweet, "image")),
						   NULL, NULL, &err), 0);
		assert_int_equal(image_to_input(&image, &image_input_vit, input + i * IMAGENET_FLOATS,
						&err), 0);
		image_release(&image);
	}
	return input;
}

static struct vit *open_vit(struct weights *weights, char *path)
{
	struct err err = ERR_INIT;
	struct vit *vit;
	char text[1400];

	assert_int_equal(weights_open(weights, path, &err), 0);
	vit = vit_new(weights, "vit.", &err);
	if (!vit)
		fail_msg("%s", err_format(&err, text, sizeof(text)));
	return vit;
}

/* Two pictures at once and each alone, against transformers' ViTModel. */
static void test_states(void **state)
{
	struct scratch scratch = SCRATCH_INIT, alone = SCRATCH_INIT;
	const float *states, *one;
	struct golden_set set;
	struct weights weights;
	struct err err = ERR_INIT;
	float *input;
	char *path;
	struct vit *vit;

	(void)state;
	golden_open(&set, "bert_vit_crf", (const char *const[]){ NULL });
	path = generated_weights(golden_path(&set, "spec_vit.tsv"), (const char *const[]){ "vit.", NULL }, 1);
	vit = open_vit(&weights, path);
	assert_int_equal(vit_hidden(vit), 768);
	input = read_pictures(&set);
	assert_int_equal(vit_run(vit, input, SHOWN, &scratch, &states, &err), 0);
	for (size_t i = 0; i < SHOWN; i++) {
		struct dump_entry entry = { .n_dims = 2, .shape = { VIT_ROWS, 768 } };
		const char *name = arena_format(&set.arena, "vit.t%zu.image_states", i);

		entry.values = states + i * VIT_ROWS * 768;
		golden_check(&set, name, &entry, (const size_t[]){ 1, 32 });
		assert_int_equal(vit_run(vit, input + i * IMAGENET_FLOATS, 1, &alone, &one, &err), 0);
		entry.values = one;
		golden_check(&set, name, &entry, (const size_t[]){ 1, 32 });
	}
	scratch_release(&scratch);
	scratch_release(&alone);
	vit_free(vit);
	weights_close(&weights);
	temporary_remove(path);
	free(input);
	golden_close(&set);
}

/* A ViT of one layer, 128 hidden units and 100 between layers, in which tensor `odd` is left out, or
 * has the shape [7] instead of its own with `wrong`. */
static char *write_small(const char *odd, bool wrong)
{
	static const char *const spec[] = {
		"vit.embeddings.cls_token f32 1,1,128 0 0.1",
		"vit.embeddings.position_embeddings f32 1,197,128 0 0.1",
		"vit.embeddings.patch_embeddings.projection.weight f32 128,3,16,16 0 0.05",
		"vit.embeddings.patch_embeddings.projection.bias f32 128 0 0.05",
		"vit.encoder.layer.0.attention.attention.query.weight f32 128,128 0 0.1",
		"vit.encoder.layer.0.attention.attention.query.bias f32 128 0 0.1",
		"vit.encoder.layer.0.attention.attention.key.weight f32 128,128 0 0.1",
		"vit.encoder.layer.0.attention.attention.key.bias f32 128 0 0.1",
		"vit.encoder.layer.0.attention.attention.value.weight f32 128,128 0 0.1",
		"vit.encoder.layer.0.attention.attention.value.bias f32 128 0 0.1",
		"vit.encoder.layer.0.attention.output.dense.weight f32 128,128 0 0.1",
		"vit.encoder.layer.0.attention.output.dense.bias f32 128 0 0.1",
		"vit.encoder.layer.0.intermediate.dense.weight f32 100,128 0 0.1",
		"vit.encoder.layer.0.intermediate.dense.bias f32 100 0 0.1",
		"vit.encoder.layer.0.output.dense.weight f32 128,100 0 0.1",
		"vit.encoder.layer.0.output.dense.bias f32 128 0 0.1",
		"vit.encoder.layer.0.layernorm_before.weight f32 128 1 0.1",
		"vit.encoder.layer.0.layernorm_before.bias f32 128 0 0.1",
		"vit.encoder.layer.0.layernorm_after.weight f32 128 1 0.1",
		"vit.encoder.layer.0.layernorm_after.bias f32 128 0 0.1",
		"vit.layernorm.weight f32 128 1 0.1",
		"vit.layernorm.bias f32 128 0 0.1",
	};
	struct buf text = BUF_INIT;
	char *path, *weights;

	for (size_t i = 0; i < sizeof(spec) / sizeof(*spec); i++) {
		bool is_odd = odd && strncmp(spec[i], odd, strcspn(spec[i], " ")) == 0;

		if (!is_odd)
			buf_add_format(&text, "%s\n", spec[i]);
		else if (wrong)
			buf_add_format(&text, "%s f32 7 0 1\n", odd);
	}
	path = temporary_text(text.data);
	weights = generated_weights(path, (const char *const[]){ "vit.", NULL }, 1);
	temporary_remove(path);
	buf_release(&text);
	return weights;
}

/* Sizes are the tensors' own: a product whose width is no multiple of anything, patches wider than it. */
static void test_small(void **state)
{
	float *input = calloc(IMAGENET_FLOATS, sizeof(*input));
	struct scratch scratch = SCRATCH_INIT;
	char *path = write_small(NULL, false);
	struct err err = ERR_INIT;
	struct weights weights;
	const float *states;
	struct vit *vit;

	(void)state;
	assert_non_null(input);
	vit = open_vit(&weights, path);
	assert_int_equal(vit_hidden(vit), 128);
	assert_int_equal(vit_run(vit, input, 1, &scratch, &states, &err), 0);
	for (size_t i = 0; i < VIT_ROWS * 128; i++)
		assert_true(isfinite(states[i]));
	scratch_release(&scratch);
	vit_free(vit);
	weights_close(&weights);
	temporary_remove(path);
	free(input);
}

static void check_refused(const char *odd, bool wrong, const char *message)
{
	char *path = write_small(odd, wrong);
	struct err err = ERR_INIT;
	struct weights weights;

	assert_int_equal(weights_open(&weights, path, &err), 0);
	assert_null(vit_new(&weights, "vit.", &err));
	assert_int_equal(err.kind, ERR_DATA);
	if (!strstr(err.text, message))
		fail_msg("'%s' does not say '%s'", err.text, message);
	weights_close(&weights);
	temporary_remove(path);
}

static void test_bad_weights(void **state)
{
	(void)state;
	check_refused("vit.embeddings.cls_token", false, "no tensor 'vit.embeddings.cls_token'");
	check_refused("vit.embeddings.position_embeddings", true, "has shape [7]");
	check_refused("vit.embeddings.patch_embeddings.projection.weight", false,
		      "no tensor 'vit.embeddings.patch_embeddings.projection.weight'");
	check_refused("vit.embeddings.patch_embeddings.projection.weight", true, "7 hidden units");
	check_refused("vit.encoder.layer.0.intermediate.dense.weight", false,
		      "no tensor 'vit.encoder.layer.0.intermediate.dense.weight'");
	check_refused("vit.encoder.layer.0.output.dense.bias", true, "has shape [7]");
	check_refused("vit.encoder.layer.0.layernorm_after.bias", false, "layernorm_after.bias'");
	check_refused("vit.layernorm.weight", false, "no tensor 'vit.layernorm.weight'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_bad_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
