/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/sha256.h"
#include "lib/formats/safetensors.h"
#include "lib/image/crop.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"
#include "lib/image/resample.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

/* The folder of one test's files; the test removes what it made. */
static const char *scratch_path(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "/tmp/tagsight-test-%ld-%s", (long)getpid(), name);
	return path;
}

/* Waves of colour with sharp edges: neither flat nor noise. */
static void paint(struct image *image, int width, int height)
{
	struct err err = ERR_INIT;

	*image = (struct image)IMAGE_INIT;
	assert_int_equal(image_alloc(image, width, height, &err), 0);
	for (int y = 0; y < height; y++) {
		for (int x = 0; x < width; x++) {
			unsigned char *pixel = image->rgb + ((size_t)y * (size_t)width + (size_t)x) * 3;

			pixel[0] = (unsigned char)(x * 5 + y);
			pixel[1] = (unsigned char)((x / 8 + y / 8) % 2 ? 230 : 20);
			pixel[2] = (unsigned char)(y * 7);
		}
	}
}

static void encode(const struct image *image, enum image_format format, struct buf *buf)
{
	const char *path = scratch_path("encoded");
	struct err err = ERR_INIT;

	if (format == IMAGE_PNG)
		assert_int_equal(image_encode_png(image, path, &err), 0);
	else
		assert_int_equal(image_encode_jpeg(image, 90, path, &err), 0);
	buf_init(buf);
	assert_int_equal(file_read_all(path, buf, (size_t)1 << 30, &err), 0);
	unlink(path);
}

/* Files of this process may not grow, as on a disk that is full. */
static void test_full_disk_names_the_file(void **state)
{
	const char *path = scratch_path("full.png");
	struct rlimit before, small;
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(image_alloc(&image, 200, 200, &err), 0);
	for (size_t i = 0; i < 200 * 200 * 3; i++)
		image.rgb[i] = (unsigned char)(i * i >> 3);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 100;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(image_encode_png(&image, path, &err), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_string_equal(err.file, path);
	assert_false(file_exists(path));
	image_release(&image);
}

static void test_png_comes_back_equal(void **state)
{
	struct image image, again = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	struct buf first, second;

	(void)state;
	paint(&image, 61, 43);
	encode(&image, IMAGE_PNG, &first);
	encode(&image, IMAGE_PNG, &second);
	assert_int_equal(first.length, second.length);
	assert_memory_equal(first.data, second.data, first.length);
	assert_int_equal(image_decode(&again, first.data, first.length, NULL, &info, &err), 0);
	assert_int_equal(info.format, IMAGE_PNG);
	assert_int_equal(info.fault, DECODE_OK);
	assert_int_equal(again.width, 61);
	assert_int_equal(again.height, 43);
	assert_memory_equal(again.rgb, image.rgb, 61 * 43 * 3);
	image_release(&again);
	image_release(&image);
	buf_release(&first);
	buf_release(&second);
}

static void test_one_pixel(void **state)
{
	struct image image, again = IMAGE_INIT, large = IMAGE_INIT;
	struct err err = ERR_INIT;
	struct buf buf;

	(void)state;
	paint(&image, 1, 1);
	for (enum image_format format = IMAGE_JPEG; format <= IMAGE_PNG; format++) {
		encode(&image, format, &buf);
		assert_int_equal(image_decode(&again, buf.data, buf.length, NULL, NULL, &err), 0);
		assert_int_equal(again.width * again.height, 1);
		assert_int_equal(image_resize(&large, &again, 300, 200, &err), 0);
		assert_memory_equal(large.rgb + 3 * 59999, again.rgb, 3);
		image_release(&large);
		image_release(&again);
		buf_release(&buf);
	}
	image_release(&image);
}

/* Cut at every eighth: said to be truncated, and never more than that. */
static void check_truncated(enum image_format format)
{
	struct decode_limits keep = DECODE_LIMITS_INIT;
	struct image image, cut = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	struct buf buf;

	keep.partial = true;
	paint(&image, 320, 200);
	encode(&image, format, &buf);
	for (size_t eighth = 1; eighth < 8; eighth++) {
		size_t length = buf.length * eighth / 8;

		assert_int_equal(image_decode(&cut, buf.data, length, NULL, &info, &err), -1);
		assert_int_equal(info.fault, DECODE_TRUNCATED);
		assert_int_equal(err.kind, ERR_DATA);
		assert_null(cut.rgb);
		if (image_decode(&cut, buf.data, length, &keep, &info, &err) == 0)
			assert_int_equal(cut.height, 200);
		assert_int_equal(info.fault, DECODE_TRUNCATED);
		image_release(&cut);
	}
	buf_release(&buf);
	image_release(&image);
}

static void test_truncated_pictures(void **state)
{
	(void)state;
	check_truncated(IMAGE_PNG);
	check_truncated(IMAGE_JPEG);
}

static void test_what_is_no_picture(void **state)
{
	static const struct {
		const char *bytes;
		enum image_format format;
		enum decode_fault fault;
	} cases[] = {
		{ "", IMAGE_EMPTY, DECODE_NOT_IMAGE },
		{ "\xef\xbb\xbf\n <!DOCTYPE html><p>gone", IMAGE_HTML, DECODE_NOT_IMAGE },
		{ "{\"error\": 404}", IMAGE_JSON, DECODE_NOT_IMAGE },
		{ "Not Found", IMAGE_TEXT, DECODE_NOT_IMAGE },
		{ "PK\x03\x04....", IMAGE_ARCHIVE, DECODE_NOT_IMAGE },
		{ "\x01\x02\xfe\xff", IMAGE_UNKNOWN, DECODE_NOT_IMAGE },
		{ "GIF89a\x01\x01", IMAGE_GIF, DECODE_TRUNCATED },
		{ "\x01\x01\x01\x1c" "ftypavif", IMAGE_HEIF, DECODE_UNSUPPORTED },
		{ "\xff\xd8\xff", IMAGE_JPEG, DECODE_TRUNCATED },
		{ "\xff\xd8\xff\xe0\xff\xff", IMAGE_JPEG, DECODE_TRUNCATED },
		{ "\x89PNG\r\n\x1a\n", IMAGE_PNG, DECODE_TRUNCATED },
		{ "\x89PNG\r\n\x1a\n\x01\x01\x01\x01" "1234????", IMAGE_PNG, DECODE_UNREADABLE },
		{ "RIFFxxxxWEBPVP8 ", IMAGE_WEBP, DECODE_TRUNCATED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct image image = IMAGE_INIT;
		struct image_info info;
		struct err err = ERR_INIT;

		assert_int_equal(image_decode(&image, cases[i].bytes, strlen(cases[i].bytes), NULL,
					      &info, &err), -1);
		assert_int_equal(info.format, cases[i].format);
		assert_int_equal(info.fault, cases[i].fault);
		assert_int_equal(err.kind, ERR_DATA);
		assert_null(image.rgb);
	}
}

static void test_extensions(void **state)
{
	(void)state;
	assert_int_equal(image_format_from_extension("JPG"), IMAGE_JPEG);
	assert_int_equal(image_format_from_extension("webp"), IMAGE_WEBP);
	assert_int_equal(image_format_from_extension("txt"), IMAGE_UNKNOWN);
	assert_string_equal(image_format_extension(IMAGE_JPEG), "jpg");
	assert_string_equal(image_format_name(IMAGE_HTML), "an HTML page");
}

/* PNG's checksum: CRC-32 of the chunk's type and data. */
static uint32_t checksum(const unsigned char *bytes, size_t length)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void put_big_endian(unsigned char *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* A whole small PNG whose header says 20000 x 20000, with the right checksum. */
static void test_png_bomb(void **state)
{
	struct image image, again = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	struct buf buf;
	unsigned char *header;

	(void)state;
	paint(&image, 8, 8);
	encode(&image, IMAGE_PNG, &buf);
	header = (unsigned char *)buf.data + 8 + 4; /* signature, length */
	put_big_endian(header + 4, 20000);
	put_big_endian(header + 8, 20000);
	put_big_endian(header + 17, checksum(header, 17));
	assert_int_equal(image_decode(&again, buf.data, buf.length, NULL, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_TOO_LARGE);
	assert_null(again.rgb);
	put_big_endian(header + 4, 0);
	put_big_endian(header + 17, checksum(header, 17));
	assert_int_equal(image_decode(&again, buf.data, buf.length, NULL, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_UNREADABLE);
	image_release(&image);
	buf_release(&buf);
}

static void test_huge_claims(void **state)
{
	/* 65500 is the most that libjpeg takes; the PNG's header lies and is broken too. */
	static const unsigned char jpeg[] = { 0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0xff, 0xdc, 0xff, 0xdc,
					      3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, 0xda, 0, 12,
					      3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0xff, 0xd9 };
	static const unsigned char png[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13,
					     'I', 'H', 'D', 'R', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 8,
					     2, 0, 0, 0, 0, 0, 0, 0 };
	struct image image = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(image_decode(&image, jpeg, sizeof(jpeg), NULL, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_TOO_LARGE);
	assert_non_null(strstr(err.text, "65500 x 65500"));
	assert_int_equal(image_decode(&image, png, sizeof(png), NULL, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_UNREADABLE);
}

static void test_limits(void **state)
{
	struct decode_limits limits = DECODE_LIMITS_INIT;
	struct image image, again = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	struct buf buf;

	(void)state;
	paint(&image, 64, 32);
	encode(&image, IMAGE_PNG, &buf);
	limits.pixels = 64 * 32 - 1;
	assert_int_equal(image_decode(&again, buf.data, buf.length, &limits, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_TOO_LARGE);
	limits.pixels++;
	limits.side = 63;
	assert_int_equal(image_decode(&again, buf.data, buf.length, &limits, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_TOO_LARGE);
	limits.side++;
	assert_int_equal(image_decode(&again, buf.data, buf.length, &limits, &info, &err), 0);
	image_release(&again);
	limits.bytes = buf.length - 1;
	assert_int_equal(image_decode(&again, buf.data, buf.length, &limits, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_TOO_LARGE);
	image_release(&image);
	buf_release(&buf);
}

static void test_missing_file(void **state)
{
	struct image image = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(image_decode_file(&image, "/nowhere/a.jpg", NULL, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_SYSTEM);
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void test_mirror(void **state)
{
	struct image image, mirror;

	(void)state;
	for (int width = 1; width <= 4; width++) {
		paint(&image, width, 2);
		paint(&mirror, width, 2);
		image_mirror(&mirror);
		for (int i = 0; i < width * 2; i++)
			assert_memory_equal(mirror.rgb + (i / width * width + width - 1 - i % width) * 3,
					    image.rgb + i * 3, 3);
		image_release(&image);
		image_release(&mirror);
	}
}

static void test_crop(void **state)
{
	struct image image, crop = IMAGE_INIT;
	struct image_rect rect;
	struct err err = ERR_INIT;

	(void)state;
	paint(&image, 10, 8);
	rect = image_rect_around(&image, 2.5f, -4.0f, 5.1f, 3.0f);
	assert_memory_equal(&rect, &((struct image_rect){ 2, 0, 6, 3 }), sizeof(rect));
	assert_int_equal(image_crop(&crop, &image, rect, &err), 0);
	assert_int_equal(crop.width, 4);
	assert_int_equal(crop.height, 3);
	assert_memory_equal(crop.rgb + 12, image.rgb + (10 + 2) * 3, 12);
	image_release(&crop);
	rect = image_rect_around(&image, 20.0f, 2.0f, 30.0f, 4.0f);
	assert_memory_equal(&rect, &((struct image_rect){ 0, 0, 10, 8 }), sizeof(rect));
	rect = image_rect_around(&image, NAN, 0.0f, 3.0f, 3.0f);
	assert_memory_equal(&rect, &((struct image_rect){ 0, 0, 10, 8 }), sizeof(rect));
	rect = image_rect_around(&image, -INFINITY, -1e30f, INFINITY, 1e30f);
	assert_memory_equal(&rect, &((struct image_rect){ 0, 0, 10, 8 }), sizeof(rect));
	image_release(&image);
}

static void test_resize_keeps_flat_colour(void **state)
{
	struct image image, small = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	paint(&image, 37, 29);
	memset(image.rgb, 201, 37 * 29 * 3);
	assert_int_equal(image_resize(&small, &image, 5, 90, &err), 0);
	for (int i = 0; i < 5 * 90 * 3; i++)
		assert_int_equal(small.rgb[i], 201);
	image_release(&small);
	image_release(&image);
}

static const struct tensor *find_numbered(const struct safetensors *file, int n, const char *what)
{
	char name[32];

	snprintf(name, sizeof(name), "%02d.%s", n, what);
	return safetensors_find(file, name);
}

static void test_resize_as_pillow(void **state)
{
	struct safetensors file;
	struct err err = ERR_INIT;
	const struct tensor *source, *wanted;
	int n = 0;

	(void)state;
	assert_int_equal(safetensors_open(&file, "tests/oracle/resample/golden.safetensors", &err), 0);
	for (; (source = find_numbered(&file, n, "source")); n++) {
		struct image image = IMAGE_INIT, resized = IMAGE_INIT;

		wanted = find_numbered(&file, n, "resized");
		assert_int_equal(image_alloc(&image, (int)source->shape[1], (int)source->shape[0], &err), 0);
		memcpy(image.rgb, source->data, source->size);
		assert_int_equal(image_resize(&resized, &image, (int)wanted->shape[1],
					      (int)wanted->shape[0], &err), 0);
		assert_memory_equal(resized.rgb, wanted->data, wanted->size);
		image_release(&resized);
		image_release(&image);
	}
	assert_int_equal(n, 15);
	safetensors_close(&file);
}

static void assert_sha256(const struct image *image, const json_t *picture, const char *key)
{
	char hex[SHA256_HEX];

	sha256_bytes(image->rgb, (size_t)image->width * (size_t)image->height * 3, hex);
	if (strcmp(hex, json_string_value(json_object_get(picture, key))) != 0)
		fail_msg("%s: %s differs", json_string_value(json_object_get(picture, "file")), key);
}

static void test_every_kind_as_pillow(void **state)
{
	json_t *golden = json_load_file("tests/oracle/image/golden.json", 0, NULL), *picture;
	const char *name;

	(void)state;
	assert_non_null(golden);
	json_object_foreach(golden, name, picture) {
		struct image image = IMAGE_INIT;
		struct image_info info;
		struct err err = ERR_INIT;
		char path[256];

		snprintf(path, sizeof(path), "tests/oracle/image/%s", name);
		json_object_set_new(picture, "file", json_string(name));
		if (image_decode_file(&image, path, NULL, &info, &err) < 0)
			fail_msg("%s: %s", name, err.text);
		assert_int_equal(info.format, image_format_from_extension(file_extension(path)));
		assert_int_equal(info.fault, DECODE_OK);
		assert_int_equal(info.n_warnings, 0);
		assert_sha256(&image, picture, "rgb_sha256");
		image_release(&image);
	}
	json_decref(golden);
}

/* Pillow reads on to the end marker: what cannot be read before it is an error, its absence is none. */
static void test_what_stands_before_the_end_of_a_jpeg(void **state)
{
	struct image image = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	struct buf buf = BUF_INIT;

	(void)state;
	assert_int_equal(file_read_all("tests/oracle/image/420.jpg", &buf, 1 << 20, &err), 0);
	assert_memory_equal(buf.data + buf.length - 2, "\xff\xd9", 2);
	memcpy(buf.data + buf.length - 2, "\xff\x02", 2);
	assert_int_equal(image_decode(&image, buf.data, buf.length, NULL, &info, &err), -1);
	assert_int_equal(info.fault, DECODE_UNREADABLE);
	memcpy(buf.data + buf.length - 2, "\xff\xd0", 2);
	assert_int_equal(image_decode(&image, buf.data, buf.length, NULL, &info, &err), 0);
	assert_int_equal(info.fault, DECODE_OK);
	image_release(&image);
	buf_release(&buf);
}

static void check_golden(const char *shared, const json_t *picture)
{
	const char *file = json_string_value(json_object_get(picture, "file"));
	struct image image = IMAGE_INIT, resized = IMAGE_INIT, crop = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", shared, file);
	if (!json_object_get(picture, "rgb_sha256")) {
		assert_int_equal(image_decode_file(&image, path, NULL, &info, &err), -1);
		assert_int_equal(info.fault, DECODE_TRUNCATED);
		return;
	}
	if (image_decode_file(&image, path, NULL, NULL, &err) < 0)
		fail_msg("%s: %s", path, err.text);
	assert_sha256(&image, picture, "rgb_sha256");
	assert_int_equal(image_resize_shorter(&resized, &image, 256, &err), 0);
	assert_sha256(&resized, picture, "resize256_sha256");
	assert_int_equal(image_crop_centre(&crop, &resized, 224, &err), 0);
	assert_sha256(&crop, picture, "resize256_crop224_sha256");
	image_release(&crop);
	image_release(&resized);
	assert_int_equal(image_resize(&resized, &image, 224, 224, &err), 0);
	assert_sha256(&resized, picture, "resize224_sha256");
	image_release(&resized);
	image_release(&image);
}

static void test_pillow_goldens(void **state)
{
	const char *shared = shared_folder();
	json_t *golden, *picture;
	char path[512];
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/image_tensor/golden.json", shared);
	golden = json_load_file(path, 0, NULL);
	assert_non_null(golden);
	json_array_foreach(json_object_get(golden, "pictures"), i, picture)
		check_golden(shared, picture);
	assert_true(i > 15);
	json_decref(golden);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_png_comes_back_equal),
		cmocka_unit_test(test_full_disk_names_the_file),
		cmocka_unit_test(test_one_pixel),
		cmocka_unit_test(test_truncated_pictures),
		cmocka_unit_test(test_what_is_no_picture),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_png_bomb),
		cmocka_unit_test(test_huge_claims),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_mirror),
		cmocka_unit_test(test_crop),
		cmocka_unit_test(test_resize_keeps_flat_colour),
		cmocka_unit_test(test_resize_as_pillow),
		cmocka_unit_test(test_every_kind_as_pillow),
		cmocka_unit_test(test_what_stands_before_the_end_of_a_jpeg),
		cmocka_unit_test(test_pillow_goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
