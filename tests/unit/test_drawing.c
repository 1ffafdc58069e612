/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/image/decode.h"
#include "lib/image/drawing.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

static void make(struct image *image, int width, int height)
{
	struct err err = ERR_INIT;

	*image = (struct image)IMAGE_INIT;
	assert_int_equal(image_alloc(image, width, height, &err), 0);
}

static void fill(struct image *image, int x0, int y0, int x1, int y1, const char *colour)
{
	for (int y = y0; y < y1; y++)
		for (int x = x0; x < x1; x++)
			memcpy(image->rgb + (y * image->width + x) * 3, colour, 3);
}

static struct image_measures measure(const struct image *image)
{
	struct image_measures measures;
	struct err err = ERR_INIT;

	assert_int_equal(image_measure(&measures, image, &err), 0);
	return measures;
}

static void assert_near(float value, double wanted)
{
	if (fabs((double)value - wanted) > 1e-6)
		fail_msg("%f, not %f", (double)value, wanted);
}

/* 101 x 101 pixels are 100 x 100 with neighbours to the right and below. */
static void test_shares_are_counted(void **state)
{
	struct image image;
	struct image_measures measures;

	(void)state;
	make(&image, 101, 101);
	fill(&image, 0, 0, 50, 101, "\x10\x10\x10");
	fill(&image, 50, 0, 101, 101, "\xf0\xf0\xf0");
	fill(&image, 50, 50, 101, 101, "\xf0\xf0\xd8"); /* 24 levels: softly, and of the same paint */
	measures = measure(&image);
	assert_near(measures.hard, 0.01);
	assert_near(measures.soft, 0.005);
	assert_near(measures.even, 0.985);
	assert_near(measures.ground, 0.495);
	assert_near(measures.rest, 0.49);
	assert_int_equal(measures.paints, 2);
	assert_int_equal(image_kind(&measures), IMAGE_DRAWING);
	image_release(&image);
}

static void test_hard_edges_on_even_ground_are_writing(void **state)
{
	struct image image;
	struct image_measures measures;
	struct err err = ERR_INIT;
	bool may;

	(void)state;
	make(&image, 200, 100);
	fill(&image, 0, 0, 200, 100, "\xff\xff\xff");
	for (int y = 10; y < 90; y += 10)
		for (int x = 10; x < 190; x += 4)
			fill(&image, x, y, x + 2, y + 6, "\x00\x00\x00");
	measures = measure(&image);
	assert_int_equal(image_kind(&measures), IMAGE_WRITING);
	assert_int_equal(image_may_be_drawn(&image, &may, &err), 0);
	assert_true(may);
	image_release(&image);
}

static void test_one_colour_and_single_lines_are_nothing(void **state)
{
	static const int sizes[][2] = { { 50, 40 }, { 1, 40 }, { 40, 1 }, { 1, 1 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct image image;
		struct image_measures measures;

		make(&image, sizes[i][0], sizes[i][1]);
		measures = measure(&image);
		assert_int_equal(image_kind(&measures), IMAGE_PHOTO);
		image_release(&image);
	}
}

/* More colours than the table takes. */
static void test_a_picture_of_many_colours(void **state)
{
	struct image image;
	struct image_measures measures;

	(void)state;
	make(&image, 800, 800);
	for (int y = 0; y < 800; y++)
		for (int x = 0; x < 800; x++) {
			int cell = (y / 3) * 267 + x / 3;
			char colour[3] = { (char)cell, (char)(cell >> 8), (char)(cell >> 16) };

			memcpy(image.rgb + (y * 800 + x) * 3, colour, 3);
		}
	measures = measure(&image);
	assert_int_equal(measures.paints, 0);
	assert_int_equal(image_kind(&measures), IMAGE_PHOTO);
	image_release(&image);
}

static void decode_both(const char *path, struct image *whole, struct image *small)
{
	struct err err = ERR_INIT;
	struct buf buf = BUF_INIT;

	assert_int_equal(file_read_all(path, &buf, (size_t)1 << 26, &err), 0);
	assert_int_equal(image_decode(whole, buf.data, buf.length, NULL, NULL, &err), 0);
	assert_int_equal(image_decode_small(small, buf.data, buf.length, NULL, NULL, &err), 0);
	buf_release(&buf);
}

static void assert_kind(const char *path, enum image_kind kind)
{
	struct image whole = IMAGE_INIT, small = IMAGE_INIT;
	struct image_measures measures;
	struct err err = ERR_INIT;
	bool may;

	decode_both(path, &whole, &small);
	measures = measure(&whole);
	if (image_kind(&measures) != kind)
		fail_msg("%s is taken for kind %d", path, image_kind(&measures));
	assert_int_equal(image_may_be_drawn(&small, &may, &err), 0);
	assert_true(kind == IMAGE_PHOTO || may);
	image_release(&whole);
	image_release(&small);
}

static void test_photographs_of_the_repository(void **state)
{
	(void)state;
	for (int i = 1; i <= 8; i++) {
		char path[64];

		snprintf(path, sizeof(path), "tests/sample/pictures/sample_%d.jpg", i);
		assert_kind(path, IMAGE_PHOTO);
	}
}

static void test_pictures_of_tweets(void **state)
{
	const char *shared = shared_folder();
	static const struct {
		const char *name;
		enum image_kind kind;
	} tweets[] = { { "2015_images/15_train_113", IMAGE_WRITING }, /* a page in Arabic */
		       { "2015_images/15_dev_694", IMAGE_DRAWING },  /* a screen */
		       { "2015_images/15_train_190", IMAGE_PHOTO },
		       { "2017_images/17_dev_1", IMAGE_PHOTO }, /* before a white ground */
		       { "2017_images/17_dev_2", IMAGE_PHOTO } };

	(void)state;
	for (size_t i = 0; i < sizeof(tweets) / sizeof(*tweets); i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/data/sample/twitter%s.jpg", shared, tweets[i].name);
		assert_kind(path, tweets[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares_are_counted),
		cmocka_unit_test(test_hard_edges_on_even_ground_are_writing),
		cmocka_unit_test(test_one_colour_and_single_lines_are_nothing),
		cmocka_unit_test(test_a_picture_of_many_colours),
		cmocka_unit_test(test_photographs_of_the_repository),
		cmocka_unit_test(test_pictures_of_tweets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
