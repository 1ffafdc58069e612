/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"
#include "lib/image/exif.h"
#include "lib/image/turn.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

/* What Pillow's ImageOps.exif_transpose() makes of "ab", "cd", "ef". */
static const struct {
	int width, height;
	const char *pixels;
} upright[9] = {
	[1] = { 2, 3, "abcdef" }, [2] = { 2, 3, "badcfe" }, [3] = { 2, 3, "fedcba" },
	[4] = { 2, 3, "efcdab" }, [5] = { 3, 2, "acebdf" }, [6] = { 3, 2, "ecafdb" },
	[7] = { 3, 2, "fdbeca" }, [8] = { 3, 2, "bdface" },
};

static void test_pixels(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	for (int orientation = 1; orientation <= 8; orientation++) {
		struct image image = IMAGE_INIT;

		assert_int_equal(image_alloc(&image, 2, 3, &err), 0);
		for (int i = 0; i < 6; i++)
			memset(image.rgb + (size_t)i * 3, 'a' + i, 3);
		assert_int_equal(image_turn(&image, orientation, &err), 0);
		assert_int_equal(image.width, upright[orientation].width);
		assert_int_equal(image.height, upright[orientation].height);
		for (size_t i = 0; i < 6; i++)
			assert_int_equal(image.rgb[i * 3 + 2], upright[orientation].pixels[i]);
		image_release(&image);
	}
}

/* A JPEG with this orientation; big-endian Exif where it is odd. */
static void make_jpeg(struct buf *out, int width, int height, int orientation)
{
	const char little[] = "\xff\xe1\x00\x22" "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0";
	const char big[] = "\xff\xe1\x00\x22" "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	char *bytes = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&bytes, &size);

	assert_int_equal(image_alloc(&image, width, height, &err), 0);
	for (int i = 0; i < width * height; i++) {
		image.rgb[i * 3] = (unsigned char)(i % width * 4);
		image.rgb[i * 3 + 1] = (unsigned char)(i / width * 4);
		image.rgb[i * 3 + 2] = (unsigned char)(i % width < 8 ? 200 : 20);
	}
	assert_int_equal(image_write_jpeg(&image, 95, stream, &err), 0);
	fclose(stream);
	image_release(&image);
	buf_add(out, bytes, 2);
	buf_add(out, orientation % 2 ? big : little, 36);
	out->data[2 + (orientation % 2 ? 29 : 28)] = (char)orientation;
	buf_add(out, bytes + 2, size - 2);
	free(bytes);
	assert_int_equal(exif_orientation(out->data, out->length, IMAGE_JPEG), orientation);
}

static void assert_alike(const struct image *a, const struct image *b)
{
	assert_int_equal(a->width, b->width);
	assert_int_equal(a->height, b->height);
	for (int i = 0; i < a->width * a->height * 3; i++)
		/* Colour at half resolution is scaled up by weights that favour one side. */
		assert_in_range(a->rgb[i] - b->rgb[i] + 16, 8, 24);
}

/* Blocks are moved: what is decoded is what turning the decoded pixels gives. */
static void test_jpeg(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	for (int orientation = 2; orientation <= 8; orientation++) {
		struct buf stored = BUF_INIT, turned = BUF_INIT;
		struct image expected = IMAGE_INIT, image = IMAGE_INIT;

		make_jpeg(&stored, 48, 32, orientation);
		assert_int_equal(jpeg_turn(stored.data, stored.length, orientation, &turned, &err), 0);
		assert_int_equal(exif_orientation(turned.data, turned.length, IMAGE_JPEG), 1);
		assert_int_equal(image_decode(&expected, stored.data, stored.length, NULL, NULL, &err), 0);
		assert_int_equal(image_turn(&expected, orientation, &err), 0);
		assert_int_equal(image_decode(&image, turned.data, turned.length, NULL, NULL, &err), 0);
		assert_alike(&image, &expected);
		image_release(&image);
		image_release(&expected);
		buf_release(&stored);
		buf_release(&turned);
	}
}

/* A part of a block at the edge cannot be moved to the other side, and a cut file not be turned. */
static void test_jpeg_refused(void **state)
{
	struct buf stored = BUF_INIT, turned = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	make_jpeg(&stored, 45, 29, 6);
	assert_int_equal(jpeg_turn(stored.data, stored.length, 6, &turned, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	buf_clear(&stored);
	make_jpeg(&stored, 48, 32, 6);
	assert_int_equal(jpeg_turn(stored.data, stored.length - 40, 6, &turned, &err), -1);
	assert_int_equal(jpeg_turn(stored.data, 100, 6, &turned, &err), -1);
	assert_int_equal(jpeg_turn("no picture", 10, 6, &turned, &err), -1);
	assert_int_equal(turned.length, 0);
	buf_release(&stored);
	buf_release(&turned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pixels),
		cmocka_unit_test(test_jpeg),
		cmocka_unit_test(test_jpeg_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
