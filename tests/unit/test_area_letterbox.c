/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/area_letterbox.h"
#include "lib/base/sha256.h"
#include "lib/image/decode.h"
#include "lib/image/resample_area.h"
#include "lib/image/turn.h"
#include "tests/unit/golden_set.h"

#include <string.h>

static void sha256_pixels(const struct image *image, char hex[SHA256_HEX])
{
	sha256_bytes(image->rgb, (size_t)image->width * (size_t)image->height * 3, hex);
}

static void assert_sha256(const struct image *image, const json_t *wanted, const char *what)
{
	char hex[SHA256_HEX];

	sha256_pixels(image, hex);
	if (strcmp(hex, json_string_value(wanted)) != 0)
		fail_msg("%s: other pixels than OpenCV's", what);
}

/* The picture as OpenCV reads it; false where its decoder and ours differ. */
static bool read_upright(struct image *image, const char *path, const json_t *golden)
{
	struct image_info info;
	struct err err = ERR_INIT;
	char hex[SHA256_HEX];

	if (image_decode_file(image, path, NULL, &info, &err) < 0)
		return false;
	assert_int_equal(image_turn(image, info.orientation, &err), 0);
	sha256_pixels(image, hex);
	return strcmp(hex, json_string_value(json_object_get(golden, "cv2_rgb_sha256"))) == 0;
}

static void check_picture(const struct image *image, const json_t *golden)
{
	const json_t *size = json_object_get(golden, "letterbox_inner_width_height");
	const char *name = json_string_value(json_object_get(golden, "file"));
	struct image square = IMAGE_INIT, inner = IMAGE_INIT;
	struct area_letterbox box;
	struct err err = ERR_INIT;

	area_letterbox_place(&box, image->width, image->height, 256);
	assert_int_equal(box.width, json_integer_value(json_array_get(size, 0)));
	assert_int_equal(box.height, json_integer_value(json_array_get(size, 1)));
	assert_int_equal(box.left, json_integer_value(json_object_get(golden, "left")));
	assert_int_equal(box.top, json_integer_value(json_object_get(golden, "top")));
	assert_int_equal(image_resize_area(&inner, image, box.width, box.height, &err), 0);
	assert_sha256(&inner, json_object_get(golden, "cv2_area_sha256"), name);
	assert_int_equal(area_letterbox_image(&square, image, &box, &err), 0);
	assert_sha256(&square, json_object_get(golden, "letterbox256_sha256"), name);
	image_release(&inner);
	image_release(&square);
}

static void test_goldens(void **state)
{
	struct golden_set set;
	size_t i, compared = 0;
	json_t *picture;

	(void)state;
	golden_open(&set, "image_tensor", (const char *const[]){ NULL });
	json_array_foreach(json_object_get(set.golden, "pictures"), i, picture) {
		struct image image = IMAGE_INIT;

		if (read_upright(&image, golden_shared(&set, json_object_get(picture, "file")), picture)) {
			check_picture(&image, picture);
			compared++;
		}
		image_release(&image);
	}
	assert_int_equal(compared, 13); /* the others come out of another decoder */
	golden_close(&set);
}

/* As tests/oracle/make_area_fixture.py makes them. */
static void make_picture(struct image *image, int width, int height)
{
	struct err err = ERR_INIT;

	assert_int_equal(image_alloc(image, width, height, &err), 0);
	for (uint64_t i = 0; i < (uint64_t)width * (uint64_t)height * 3; i++)
		image->rgb[i] = (unsigned char)((i * 2654435761u + 12345) >> 13);
}

static int size_of(const json_t *golden, const char *key, size_t i)
{
	return (int)json_integer_value(json_array_get(json_object_get(golden, key), i));
}

static void test_sizes(void **state)
{
	json_t *golden = json_load_file("tests/oracle/area/golden.json", 0, NULL), *one;
	struct err err = ERR_INIT;
	size_t i;

	(void)state;
	assert_non_null(golden);
	json_array_foreach(json_object_get(golden, "cases"), i, one) {
		struct image image = IMAGE_INIT, resized = IMAGE_INIT;
		char name[32];

		snprintf(name, sizeof(name), "case %zu", i);
		make_picture(&image, size_of(one, "from", 0), size_of(one, "from", 1));
		assert_int_equal(image_resize_area(&resized, &image, size_of(one, "to", 0),
						   size_of(one, "to", 1), &err), 0);
		assert_sha256(&resized, json_object_get(one, "sha256"), name);
		image_release(&image);
		image_release(&resized);
	}
	json_decref(golden);
}

/* Whatever the shape, there is a pixel to see. */
static void test_extremes(void **state)
{
	const int sizes[][2] = { { 1, 1 }, { 1, 5000 }, { 5000, 1 }, { 30000, 2 }, { 3, 2 } };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct image image = IMAGE_INIT, square = IMAGE_INIT;
		struct area_letterbox box;

		make_picture(&image, sizes[i][0], sizes[i][1]);
		area_letterbox_place(&box, sizes[i][0], sizes[i][1], 256);
		assert_true(box.width >= 1 && box.height >= 1 && box.left + box.width <= 256 &&
			    box.top + box.height <= 256);
		assert_int_equal(area_letterbox_image(&square, &image, &box, &err), 0);
		image_release(&image);
		image_release(&square);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
