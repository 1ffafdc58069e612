/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/image_input.h"
#include "lib/base/sha256.h"
#include "lib/image/decode.h"
#include "tests/unit/golden_set.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static void open_set(struct golden_set *set, const char *name)
{
	golden_open(set, name, (const char *const[]){ NULL });
}

static void read_picture(const char *path, const struct image_input *input, float *out)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	char text[1400];

	if (image_decode_file(&image, path, NULL, NULL, &err) < 0 ||
	    image_to_input(&image, input, out, &err) < 0)
		fail_msg("%s: %s", path, err_format(&err, text, sizeof(text)));
	image_release(&image);
}

static float *new_pixels(void)
{
	float *pixels = malloc(IMAGENET_FLOATS * sizeof(*pixels));

	assert_non_null(pixels);
	return pixels;
}

/* The levels that the floats were made of, as SHA-256 of RGB, row by row. */
static void check_levels(const float *pixels, const struct image_input *input, const json_t *wanted)
{
	unsigned char *rgb = malloc(IMAGENET_FLOATS);
	char hex[SHA256_HEX];

	assert_non_null(rgb);
	for (size_t i = 0; i < IMAGENET_FLOATS; i++) {
		size_t plane = i % 3, at = plane * (IMAGENET_FLOATS / 3) + i / 3;

		rgb[i] = (unsigned char)lrintf((pixels[at] * input->deviation[plane] + input->mean[plane]) *
					       255);
	}
	sha256_bytes(rgb, IMAGENET_FLOATS, hex);
	assert_string_equal(hex, json_string_value(wanted));
	free(rgb);
}

/* Each picture that Pillow can read, both ways. */
static void test_resized(void **state)
{
	struct golden_set set;
	float *pixels = new_pixels();
	json_t *picture;
	size_t i, compared = 0;

	(void)state;
	open_set(&set, "image_tensor");
	json_array_foreach(json_object_get(set.golden, "pictures"), i, picture) {
		const char *path = golden_shared(&set, json_object_get(picture, "file"));

		if (!json_object_get(picture, "rgb_sha256"))
			continue;
		read_picture(path, &image_input_both, pixels);
		check_levels(pixels, &image_input_both, json_object_get(picture, "resize224_sha256"));
		read_picture(path, &image_input_vit, pixels);
		check_levels(pixels, &image_input_vit, json_object_get(picture, "resize224_sha256"));
		read_picture(path, &image_input_shorter, pixels);
		check_levels(pixels, &image_input_shorter,
			     json_object_get(picture, "resize256_crop224_sha256"));
		compared++;
	}
	assert_true(compared > 10);
	free(pixels);
	golden_close(&set);
}

/* The middle 8 x 8 of each picture that can be read, bit for bit. */
static void test_normalised(void **state)
{
	struct golden_set set;
	float *pixels = new_pixels();
	json_t *picture;
	size_t i, compared = 0;

	(void)state;
	open_set(&set, "image_tensor");
	json_array_foreach(json_object_get(set.golden, "pictures"), i, picture) {
		const struct tensor *wanted = safetensors_find(
			&set.tensors, arena_format(&set.arena, "p%02zu.normalised.centre", i));

		if (!wanted)
			continue;
		read_picture(golden_shared(&set, json_object_get(picture, "file")), &image_input_shorter,
			     pixels);
		for (size_t row = 0; row < 3 * 8; row++)
			assert_memory_equal(pixels + (row / 8 * IMAGENET_SIDE + 108 + row % 8) * IMAGENET_SIDE + 108,
					    wanted->data + row * 8 * sizeof(float), 8 * sizeof(float));
		compared++;
	}
	assert_true(compared > 10);
	free(pixels);
	golden_close(&set);
}

static const char *hvpnet_file(struct golden_set *set, const json_t *tweet, const json_t *picture,
			       size_t number)
{
	const char *whole = golden_shared(set, json_object_get(tweet, "picture"));

	if (number > 0)
		return arena_format(&set->arena, "%s/input/crops/%s", set->folder,
				    json_string_value(json_object_get(picture, "file")));
	return whole ? whole : arena_format(&set->arena, "%s/input/inf.png", set->folder);
}

/* Every float of every picture that the originals read for a set: whole pictures and crops in
 * colour, grey, with a palette and with alpha, offsets that round half to even. */
static void check_hvpnet(const char *name)
{
	struct golden_set set;
	float *pixels = new_pixels();
	json_t *pictures, *picture;
	size_t i, k;

	open_set(&set, name);
	json_array_foreach(json_object_get(set.golden, "pictures"), i, pictures) {
		const json_t *tweet = json_array_get(json_object_get(set.inputs, "tweets"), i);

		json_array_foreach(pictures, k, picture) {
			char hash[20];

			read_picture(hvpnet_file(&set, tweet, picture, k), &image_input_shorter, pixels);
			snprintf(hash, sizeof(hash), "%016llx",
				 (unsigned long long)fnv1a64(pixels, IMAGENET_FLOATS * sizeof(*pixels)));
			assert_string_equal(hash, json_string_value(json_object_get(picture, "tensor_fnv1a64")));
		}
	}
	free(pixels);
	golden_close(&set);
}

static void test_hvpnet(void **state)
{
	(void)state;
	check_hvpnet("hvpnet_ner");
	check_hvpnet("hvpnet_re");
}

/* The golden's corner or grid [3, n, n] of pixels `step` apart, bit for bit, from element `first` on. */
static void check_grid(const struct golden_set *set, const char *name, size_t first, size_t n,
		       size_t step, const float *pixels)
{
	const struct tensor *wanted = safetensors_find(&set->tensors, name);

	assert_non_null(wanted);
	assert_true(first + 3 * n * n <= wanted->elements);
	for (size_t i = 0; i < 3 * n * n; i++) {
		size_t plane = i / (n * n), y = i / n % n * step, x = i % n * step;
		const float *got = &pixels[(plane * IMAGENET_SIDE + y) * IMAGENET_SIDE + x];

		assert_memory_equal(got, wanted->data + (first + i) * sizeof(*got), sizeof(*got));
	}
}

/* The pixels KIND.tK.pixels or tK.pixels of a set, as many to a side as the golden has. */
static void check_pixels(const char *name, const char *kind, const struct image_input *input)
{
	struct golden_set set;
	float *pixels = new_pixels();
	json_t *tweet;
	size_t i;

	open_set(&set, name);
	json_array_foreach(json_object_get(set.inputs, "tweets"), i, tweet) {
		const char *golden = arena_format(&set.arena, "%st%zu.pixels", kind, i);
		const struct tensor *tensor = safetensors_find(&set.tensors, golden);

		assert_non_null(tensor);
		read_picture(golden_shared(&set, json_object_get(tweet, "image")), input, pixels);
		check_grid(&set, golden, 0, tensor->shape[1], IMAGENET_SIDE / tensor->shape[1], pixels);
	}
	assert_true(i > 3);
	free(pixels);
	golden_close(&set);
}

static void test_pixels(void **state)
{
	(void)state;
	check_pixels("bert_vit_crf", "vit.", &image_input_vit);
	check_pixels("bert_vit_crf", "resnet.", &image_input_shorter);
	check_pixels("rpbert", "", &image_input_both);
}

static void check_centre(const char *name)
{
	struct golden_set set;
	float *pixels = new_pixels();
	json_t *tweet;
	size_t i;

	open_set(&set, name);
	json_array_foreach(json_object_get(set.inputs, "tweets"), i, tweet) {
		read_picture(golden_shared(&set, json_object_get(tweet, "picture_read")),
			     &image_input_centre, pixels);
		check_levels(pixels, &image_input_centre, json_object_get(tweet, "crop_rgb_sha256"));
		check_grid(&set, "image", i * 3 * 8 * 8, 8, 1, pixels);
	}
	assert_true(i > 3);
	free(pixels);
	golden_close(&set);
}

static void test_centre(void **state)
{
	(void)state;
	check_centre("umt");
	check_centre("maf");
}

static void check_refused(int width, int height, const struct image_input *input, const char *message)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	float pixel;

	assert_int_equal(image_alloc(&image, width, height, &err), 0);
	assert_int_equal(image_to_input(&image, input, &pixel, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.text, message);
	image_release(&image);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused(2, 2100, &image_input_shorter,
		      "a picture of 2 x 2100 pixels is too narrow to be read");
	check_refused(600, 223, &image_input_centre,
		      "a picture of 600 x 223 pixels is too small: 224 x 224 are cut out of it");
	check_refused(223, 600, &image_input_centre,
		      "a picture of 223 x 600 pixels is too small: 224 x 224 are cut out of it");
}

/* Narrow pictures have a square all the same, and the smallest that is cut is whole. */
static void test_extremes(void **state)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	float *pixels = new_pixels();

	(void)state;
	assert_int_equal(image_alloc(&image, 1, 5000, &err), 0);
	memset(image.rgb, 255, 3 * 5000);
	assert_int_equal(image_to_input(&image, &image_input_vit, pixels, &err), 0);
	for (size_t i = 0; i < IMAGENET_FLOATS; i++)
		assert_true(pixels[i] == 1);
	image_release(&image);
	assert_int_equal(image_alloc(&image, IMAGENET_SIDE, IMAGENET_SIDE, &err), 0);
	image.rgb[0] = 255;
	assert_int_equal(image_to_input(&image, &image_input_centre, pixels, &err), 0);
	assert_true(pixels[0] > 2 && pixels[1] < -2);
	image_release(&image);
	free(pixels);
}

/* A picture whose pixels say where they lie. */
static void paint(struct image *image, int width, int height)
{
	struct err err = ERR_INIT;

	assert_int_equal(image_alloc(image, width, height, &err), 0);
	for (int i = 0; i < width * height; i++) {
		image->rgb[3 * i] = (unsigned char)(i % width);
		image->rgb[3 * i + 1] = (unsigned char)(i / width);
	}
}

/* Where a crop begins and which way it is turned, each of its pixels looked at. */
static void read_place(const struct image *crop, int *left, int *top, bool *turned)
{
	int side = IMAGENET_SIDE;

	assert_int_equal(crop->width, side);
	assert_int_equal(crop->height, side);
	*turned = crop->rgb[0] > crop->rgb[3];
	*left = *turned ? crop->rgb[3 * (side - 1)] : crop->rgb[0];
	*top = crop->rgb[1];
	for (int i = 0; i < side * side; i++) {
		int x = *turned ? side - 1 - i % side : i % side;

		assert_int_equal(crop->rgb[3 * i], *left + x);
		assert_int_equal(crop->rgb[3 * i + 1], *top + i / side);
	}
}

/* Each place and both ways come up, the same for the same seed and name. */
static void test_random_crop(void **state)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	unsigned met[3] = { 0, 0, 0 };

	(void)state;
	paint(&image, IMAGENET_SIDE + 3, IMAGENET_SIDE + 1);
	for (unsigned i = 0; i < 100; i++) {
		struct image crop = IMAGE_INIT, again = IMAGE_INIT;
		const char *name = i % 2 ? "1.jpg" : "2.jpg";
		int left, top;
		bool turned;

		assert_int_equal(image_crop_random(&crop, &image, i / 2, name, &err), 0);
		assert_int_equal(image_crop_random(&again, &image, i / 2, name, &err), 0);
		assert_memory_equal(crop.rgb, again.rgb, IMAGENET_FLOATS);
		read_place(&crop, &left, &top, &turned);
		met[0] |= 1u << left;
		met[1] |= 1u << top;
		met[2] |= 1u << turned;
		image_release(&crop);
		image_release(&again);
	}
	assert_int_equal(met[0], 15);
	assert_int_equal(met[1], 3);
	assert_int_equal(met[2], 3);
	image_release(&image);
}

static void test_random_crop_of_small(void **state)
{
	struct image image = IMAGE_INIT, crop = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	paint(&image, IMAGENET_SIDE, IMAGENET_SIDE - 1);
	assert_int_equal(image_crop_random(&crop, &image, 1, "1.jpg", &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_null(crop.rgb);
	image_release(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resized),
		cmocka_unit_test(test_normalised),
		cmocka_unit_test(test_hvpnet),
		cmocka_unit_test(test_pixels),
		cmocka_unit_test(test_centre),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_random_crop),
		cmocka_unit_test(test_random_crop_of_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
