/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/sha256.h"
#include "lib/base/str_list.h"
#include "lib/image/crop.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"
#include "lib/image/exif.h"
#include "lib/image/fingerprint.h"
#include "lib/image/resample.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define GOLDEN "tests/oracle/picture_hash/golden.json"

static void read_file(struct buf *buf, const char *path)
{
	struct err err = ERR_INIT;

	buf_init(buf);
	if (file_read_all(path, buf, (size_t)1 << 26, &err) < 0)
		fail_msg("%s", err.text);
}

static void open_picture(struct image *image, const char *path)
{
	struct err err = ERR_INIT;

	*image = (struct image)IMAGE_INIT;
	if (image_decode_file(image, path, NULL, NULL, &err) < 0)
		fail_msg("%s: %s", path, err.text);
}

static void print_of(struct fingerprint *print, const struct image *image)
{
	struct err err = ERR_INIT;

	memset(print, 0, sizeof(*print));
	assert_int_equal(fingerprint_picture(print, image, &err), 0);
}

static uint64_t hex_of(const json_t *object, const char *key)
{
	return strtoull(json_string_value(json_object_get(object, key)), NULL, 16);
}

static void test_hashes_are_those_of_imagehash(void **state)
{
	json_t *golden = json_load_file(GOLDEN, 0, NULL), *wanted;
	struct err err = ERR_INIT;
	const char *path;

	(void)state;
	assert_non_null(golden);
	json_object_foreach(json_object_get(golden, "pictures"), path, wanted) {
		struct image image, small = IMAGE_INIT;
		struct fingerprint print;
		char hex[SHA256_HEX];

		open_picture(&image, path);
		assert_int_equal(image_resize_by(&small, &image, 32, 32, RESAMPLE_LANCZOS, &err), 0);
		sha256_bytes(small.rgb, 32 * 32 * 3, hex);
		if (strcmp(hex, json_string_value(json_object_get(wanted, "lanczos"))) != 0)
			fail_msg("%s: other pixels in 32 x 32", path);
		print_of(&print, &image);
		if (print.frequencies != hex_of(wanted, "phash"))
			fail_msg("%s: phash is %016" PRIx64, path, print.frequencies);
		if (print.gradients != hex_of(wanted, "dhash"))
			fail_msg("%s: dhash is %016" PRIx64, path, print.gradients);
		image_release(&small);
		image_release(&image);
	}
	json_decref(golden);
}

static void test_orientation_is_pillows(void **state)
{
	json_t *golden = json_load_file(GOLDEN, 0, NULL), *wanted;
	const char *name;

	(void)state;
	assert_non_null(golden);
	assert_int_equal(json_object_size(json_object_get(golden, "orientations")), 7);
	json_object_foreach(json_object_get(golden, "orientations"), name, wanted) {
		struct image image = IMAGE_INIT;
		struct image_info info;
		struct err err = ERR_INIT;
		char path[256];

		snprintf(path, sizeof(path), "tests/oracle/picture_hash/%s", name);
		assert_int_equal(image_decode_file(&image, path, NULL, &info, &err), 0);
		if (info.orientation != json_integer_value(wanted))
			fail_msg("%s: orientation %d", name, info.orientation);
		image_release(&image);
	}
	json_decref(golden);
}

/* A JPEG's start with one Exif segment that holds the TIFF block. */
static int orientation_of(const char *tiff, size_t length)
{
	unsigned char bytes[200] = "\xff\xd8\xff\xe1\0\0Exif\0";

	assert_true(length + 12 < sizeof(bytes));
	bytes[5] = (unsigned char)(length + 8);
	memcpy(bytes + 12, tiff, length);
	return exif_orientation(bytes, length + 12, IMAGE_JPEG);
}

#define ORIENTATION_OF(tiff) orientation_of(tiff, sizeof(tiff) - 1)

static void test_orientation_of_damaged_exif(void **state)
{
	(void)state;
	assert_int_equal(ORIENTATION_OF("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"), 6);
	assert_int_equal(ORIENTATION_OF("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\0\0\x08"), 8);
	/* Beyond 8, of a type without a width, of several values, cut, with a directory far away. */
	assert_int_equal(ORIENTATION_OF("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0"), 1);
	assert_int_equal(ORIENTATION_OF("II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x01\0\0\0\x06\0\0\0"), 1);
	assert_int_equal(ORIENTATION_OF("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x02\0\0\0\x06\0\0\0"), 1);
	assert_int_equal(ORIENTATION_OF("II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\x01\0\0\0\x06"), 1);
	assert_int_equal(ORIENTATION_OF("II*\0\xff\xff\xff\xff\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"), 1);
	assert_int_equal(ORIENTATION_OF("II*\0"), 1);
	assert_int_equal(exif_orientation("", 0, IMAGE_JPEG), 1);
}

static void test_bytes_tell_files_apart(void **state)
{
	struct fingerprint a = { 0 }, b = { 0 };
	unsigned char bytes[40] = { 0 };

	(void)state;
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		fingerprint_bytes(&a, bytes, length);
		fingerprint_bytes(&b, bytes, length);
		assert_true(fingerprint_same_bytes(&a, &b));
		for (size_t i = 0; i < length; i++) {
			bytes[i] = 1;
			fingerprint_bytes(&b, bytes, length);
			assert_false(fingerprint_same_bytes(&a, &b));
			assert_true(a.content != b.content);
			bytes[i] = 0;
		}
		fingerprint_bytes(&b, bytes, length + (length < sizeof(bytes)));
		assert_true(length == sizeof(bytes) || a.content != b.content);
	}
}

/* The picture again: half as large, and compressed anew. */
static void save_anew(const struct image *image, const char *path, int quality)
{
	struct image half = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(image_resize(&half, image, image->width / 2, image->height / 2, &err), 0);
	assert_int_equal(image_encode_jpeg(&half, quality, path, &err), 0);
	image_release(&half);
}

#define PICTURES 8

static void test_a_picture_saved_anew_is_alike(void **state)
{
	struct fingerprint whole[PICTURES], anew[PICTURES];
	char *path = temporary_file("", 0);

	(void)state;
	for (int i = 0; i < PICTURES; i++) {
		struct image image;
		char name[64];

		snprintf(name, sizeof(name), "tests/sample/pictures/sample_%d.jpg", i + 1);
		open_picture(&image, name);
		print_of(&whole[i], &image);
		save_anew(&image, path, 40);
		image_release(&image);
		open_picture(&image, path);
		print_of(&anew[i], &image);
		image_release(&image);
	}
	for (int i = 0; i < PICTURES; i++)
		for (int j = 0; j < PICTURES; j++)
			if (fingerprint_alike(&whole[i], &anew[j]) != (i == j))
				fail_msg("pictures %d and %d: distance %d", i + 1, j + 1,
					 fingerprint_distance(&whole[i], &anew[j]));
	temporary_remove(path);
}

static void test_plain_pictures_are_never_alike(void **state)
{
	struct fingerprint a, b;
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(image_alloc(&image, 40, 30, &err), 0);
	print_of(&a, &image);
	print_of(&b, &image);
	assert_true(a.plain);
	assert_false(fingerprint_alike(&a, &b));
	image_release(&image);
}

/* ---- small pictures ---- */

static void assert_same_answer(const char *what, const void *bytes, size_t length)
{
	struct image whole = IMAGE_INIT, small = IMAGE_INIT;
	struct err err = ERR_INIT, small_err = ERR_INIT;
	struct image_info info, small_info;
	int rc = image_decode(&whole, bytes, length, NULL, &info, &err);
	int small_rc = image_decode_small(&small, bytes, length, NULL, &small_info, &small_err);

	if (rc != small_rc || info.fault != small_info.fault)
		fail_msg("%s: fault %d (%s), small %d (%s)", what, info.fault, err.text,
			 small_info.fault, small_err.text);
	assert_int_equal(info.width, small_info.width);
	assert_int_equal(info.height, small_info.height);
	image_release(&whole);
	image_release(&small);
}

/* Cut a file at many places, and change single bytes of it. */
static void try_damage(const char *path, unsigned seed)
{
	struct buf buf;

	read_file(&buf, path);
	for (unsigned i = 1; i <= 40; i++)
		assert_same_answer(path, buf.data, buf.length * i / 40);
	for (size_t cut = 1; cut < 8; cut++)
		assert_same_answer(path, buf.data, buf.length - cut);
	for (unsigned i = 0; i < 60; i++) {
		size_t at = (seed = seed * 1103515245 + 12345) / 16 % buf.length;
		char old = buf.data[at];

		buf.data[at] = (char)(i % 3 == 0 ? 0xff : (seed >> 8));
		assert_same_answer(path, buf.data, buf.length);
		buf.data[at] = old;
	}
	buf_release(&buf);
}

static void test_small_pictures_show_every_damage(void **state)
{
	json_t *golden = json_load_file(GOLDEN, 0, NULL), *wanted;
	const char *path;
	unsigned seed = 1;

	(void)state;
	json_object_foreach(json_object_get(golden, "pictures"), path, wanted)
		try_damage(path, seed++);
	json_decref(golden);
}

/* The pictures of tweets are progressive, as those of the repository are not. */
static void test_small_progressive_pictures_show_every_damage(void **state)
{
	const char *shared = shared_folder();
	struct str_list files = STR_LIST_INIT;
	struct err err = ERR_INIT;
	char folder[256], path[512];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/data/sample/twitter2015_images", shared);
	assert_int_equal(file_walk(folder, &files, 1000, &err), 0);
	assert_int_equal(files.n, 10);
	for (size_t i = 0; i < files.n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files.items[i]);
		try_damage(path, (unsigned)i);
	}
	str_list_release(&files);
}

static void test_small_pictures_look_the_same(void **state)
{
	static const char *const paths[] = { "tests/sample/pictures/sample_1.jpg",
					     "tests/oracle/detector/road.png",
					     "tests/oracle/image/lossy.webp" };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct image whole, small = IMAGE_INIT, wanted = IMAGE_INIT;
		struct buf buf;
		int factor, side;
		long colour = 0, grey = 0, pixels;

		open_picture(&whole, paths[i]);
		side = whole.width < whole.height ? whole.width : whole.height;
		factor = side >= 256 ? 8 : side >= 128 ? 4 : side >= 64 ? 2 : 1;
		read_file(&buf, paths[i]);
		assert_int_equal(image_decode_small(&small, buf.data, buf.length, NULL, NULL, &err), 0);
		assert_int_equal(image_shrink(&wanted, &whole, factor, &err), 0);
		assert_int_equal(small.width, wanted.width);
		assert_int_equal(small.height, wanted.height);
		pixels = (long)small.width * small.height;
		for (long p = 0; p < pixels; p++) {
			const unsigned char *a = small.rgb + 3 * p, *b = wanted.rgb + 3 * p;

			grey += labs((a[0] - b[0]) * 299L + (a[1] - b[1]) * 587L + (a[2] - b[2]) * 114L);
			colour += abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]);
		}
		/* Means of YCbCr before and of RGB after clipping differ by a level or two; colour that is
		 * stored at half resolution is that of four pixels. */
		assert_true(grey <= 2000 * pixels);
		assert_true(colour <= 4 * 3 * pixels);
		buf_release(&buf);
		image_release(&whole);
		image_release(&small);
		image_release(&wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes_are_those_of_imagehash),
		cmocka_unit_test(test_orientation_is_pillows),
		cmocka_unit_test(test_orientation_of_damaged_exif),
		cmocka_unit_test(test_bytes_tell_files_apart),
		cmocka_unit_test(test_a_picture_saved_anew_is_alike),
		cmocka_unit_test(test_plain_pictures_are_never_alike),
		cmocka_unit_test(test_small_pictures_show_every_damage),
		cmocka_unit_test(test_small_progressive_pictures_show_every_damage),
		cmocka_unit_test(test_small_pictures_look_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
