/* SPDX-License-Identifier: Apache-2.0 */
/* One-stage grounding on the sample's pictures, against tests/oracle/onestage/network.json. */
#include "inference/systems/onestage.h"
#include "lib/base/sha256.h"
#include "lib/image/decode.h"
#include "tests/unit/generated_weights.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define FOLDER "tests/oracle/onestage/"
#define CORNER_TOLERANCE 0.02 /* at 256 pixels */
#define NUMBER_TOLERANCE 2e-4 /* of numbers up to 3 */

struct network {
	struct onestage *model;
	struct onestage_state *state;
	json_t *golden;
};

static void fail_with(const struct err *err)
{
	char text[1400];

	fail_msg("%s", err_format(err, text, sizeof(text)));
}

static void open_network(struct network *network)
{
	const struct onestage_options options = { .words = FOLDER "words.pth" };
	char *path = generated_weights(FOLDER "network.tsv", (const char *const[]){ "", NULL }, 1);
	struct err err = ERR_INIT;

	network->model = onestage_open(path, &options, &err);
	/* The file is mapped: its name may go at once. */
	temporary_remove(path);
	if (!network->model)
		fail_with(&err);
	network->state = onestage_state_new(network->model, 2, &err);
	network->golden = json_load_file(FOLDER "network.json", 0, NULL);
	assert_non_null(network->state);
	assert_non_null(network->golden);
}

static void close_network(struct network *network)
{
	json_decref(network->golden);
	onestage_state_free(network->state);
	onestage_free(network->model);
}

static void read_picture(struct image *image, const json_t *item)
{
	struct err err = ERR_INIT;
	char path[200];

	snprintf(path, sizeof(path), "tests/sample/pictures/%s",
		 json_string_value(json_object_get(item, "picture")));
	if (image_decode_file(image, path, NULL, NULL, &err) < 0)
		fail_with(&err);
}

/* The square that the network sees, equal in each of its bytes. */
static void check_square(const struct image *image, const json_t *item)
{
	struct image square = IMAGE_INIT;
	struct area_letterbox letterbox;
	struct err err = ERR_INIT;
	char digest[SHA256_HEX];

	area_letterbox_place(&letterbox, image->width, image->height, ONESTAGE_SIDE);
	assert_int_equal(area_letterbox_image(&square, image, &letterbox, &err), 0);
	sha256_bytes(square.rgb, (size_t)3 * ONESTAGE_SIDE * ONESTAGE_SIDE, digest);
	assert_string_equal(digest, json_string_value(json_object_get(item, "letterbox_sha256")));
	image_release(&square);
}

/* Every step-th of the original's numbers [channels, side, side] of each scale. */
static void check_samples(const json_t *item, size_t step, const float *numbers)
{
	for (int scale = 0; scale < ONESTAGE_SCALES; scale++) {
		const json_t *samples = json_array_get(json_object_get(item, "samples"), (size_t)scale);
		const float *rows = numbers + onestage_first_place(scale) * ONESTAGE_NUMBERS;
		size_t places = onestage_side(scale) * onestage_side(scale), i;
		json_t *wanted;

		assert_int_equal(json_array_size(samples), (ONESTAGE_NUMBERS * places + step - 1) / step);
		json_array_foreach(samples, i, wanted) {
			double got = (double)rows[i * step % places * ONESTAGE_NUMBERS + i * step / places];

			if (!(fabs(got - json_number_value(wanted)) <= NUMBER_TOLERANCE))
				fail_msg("scale %d, sample %zu: %g, not %g", scale, i, got,
					 json_number_value(wanted));
		}
	}
}

static void check_corners(const json_t *item, const char *key, const float corners[4], double tolerance)
{
	for (size_t i = 0; i < 4; i++) {
		double wanted = json_number_value(json_array_get(json_object_get(item, key), i));

		if (!(fabs(wanted - (double)corners[i]) <= tolerance))
			fail_msg("%s: corner %zu is %g, not %g", key, i, (double)corners[i], wanted);
	}
}

static void check_found(const json_t *item, const struct onestage_found *found, float ratio)
{
	const struct onestage_choice *choice = &found->choice;

	assert_true(found->any);
	assert_int_equal(choice->scale, json_integer_value(json_object_get(item, "scale")));
	assert_int_equal(choice->anchor, json_integer_value(json_object_get(item, "anchor_in_scale")));
	assert_int_equal(choice->row, json_integer_value(json_object_get(item, "row")));
	assert_int_equal(choice->column, json_integer_value(json_object_get(item, "column")));
	check_corners(item, "box_xyxy_at_256", choice->corners, CORNER_TOLERANCE);
	check_corners(item, "box_xyxy_final", found->published, CORNER_TOLERANCE / (double)ratio);
}

static void test_as_the_original(void **state)
{
	struct network network;
	struct err err = ERR_INIT;
	json_t *item;
	size_t i;

	(void)state;
	open_network(&network);
	assert_true(json_array_size(json_object_get(network.golden, "items")) >= 6);
	json_array_foreach(json_object_get(network.golden, "items"), i, item) {
		const char *phrase = json_string_value(json_object_get(item, "phrase"));
		size_t step = (size_t)json_integer_value(json_object_get(network.golden, "step"));
		struct image image = IMAGE_INIT;
		struct area_letterbox letterbox;
		struct onestage_found found;
		const float *numbers;
		bool said;

		read_picture(&image, item);
		check_square(&image, item);
		area_letterbox_place(&letterbox, image.width, image.height, ONESTAGE_SIDE);
		if (onestage_ground(network.model, network.state, &image, &phrase, 1, &found, &err) < 0 ||
		    onestage_ask(network.model, network.state, &phrase, 1, &said, &numbers, &err) < 0)
			fail_with(&err);
		check_samples(item, step, numbers);
		check_found(item, &found, letterbox.ratio);
		image_release(&image);
	}
	close_network(&network);
}

/* Put a number where the first one of a tensor stands in the file, and give back what was there. */
static float put_number(const char *path, const char *tensor, float number)
{
	struct safetensors file;
	struct err err = ERR_INIT;
	const struct tensor *found;
	FILE *stream = fopen(path, "r+b");
	float before;

	assert_non_null(stream);
	assert_int_equal(safetensors_open(&file, path, &err), 0);
	found = safetensors_find(&file, tensor);
	assert_non_null(found);
	memcpy(&before, found->data, sizeof(before));
	assert_int_equal(fseek(stream, (long)(found->data - file.map.data), SEEK_SET), 0);
	assert_int_equal(fwrite(&number, sizeof(number), 1, stream), 1);
	fclose(stream);
	safetensors_close(&file);
	return before;
}

static void test_no_numbers(void **state)
{
	static const struct {
		const char *tensor, *message;
	} cases[] = {
		{ "textmodel.embedding.weight", "textmodel.embedding.weight" },
		{ "textmodel.rnn.bias_hh_l0", "textmodel.rnn.bias_hh_l0" },
		{ "mapping_lang.4.weight", "mapping_lang.4" },
		{ "fcn_out.2.1.bias", "fcn_out.2.1" },
		{ "visumodel.module_list.0.batch_norm_0.bias", "layer 0" },
	};
	const struct onestage_options options = { .words = FOLDER "words.pth" };
	char *path = generated_weights(FOLDER "network.tsv", (const char *const[]){ "", NULL }, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		float before = put_number(path, cases[i].tensor, i % 2 ? INFINITY : NAN);
		struct err err = ERR_INIT;

		assert_null(onestage_open(path, &options, &err));
		assert_int_equal(err.kind, ERR_DATA);
		if (!strstr(err.text, cases[i].message))
			fail_msg("%s: %s", cases[i].tensor, err.text);
		put_number(path, cases[i].tensor, before);
	}
	temporary_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_as_the_original),
					    cmocka_unit_test(test_no_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
