/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames and labels, pixel by pixel; texts by the built-in digits, which look the same everywhere, and by
 * the system's fonts, of which only sizes are known.
 */
#include "lib/image/draw.h"
#include "tests/unit/test.h"

#include <stdbool.h>
#include <string.h>

static const unsigned char red[3] = { 200, 0, 0 };

static struct image grey_picture(int width, int height)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(image_alloc(&image, width, height, &err), 0);
	memset(image.rgb, 90, (size_t)width * (size_t)height * 3);
	return image;
}

static const unsigned char *pixel(const struct image *image, int x, int y)
{
	return image->rgb + ((size_t)y * (size_t)image->width + (size_t)x) * 3;
}

static void assert_pixel(const struct image *image, int x, int y, const unsigned char rgb[3])
{
	assert_memory_equal(pixel(image, x, y), rgb, 3);
}

static const unsigned char ground[3] = { 90, 90, 90 }, white[3] = { 255, 255, 255 };

static void test_a_frame_ends_where_its_box_ends(void **state)
{
	struct image image = grey_picture(40, 30);

	(void)state;
	draw_frame(&image, (struct image_rect){ 10, 5, 30, 25 }, 2, red);
	assert_pixel(&image, 9, 10, ground);
	assert_pixel(&image, 10, 10, red);
	assert_pixel(&image, 11, 10, red);
	assert_pixel(&image, 12, 10, white);
	assert_pixel(&image, 13, 10, ground);
	assert_pixel(&image, 29, 24, red);
	assert_pixel(&image, 30, 24, ground);
	assert_pixel(&image, 20, 4, ground);
	assert_pixel(&image, 20, 5, red);
	assert_pixel(&image, 20, 25, ground);
	image_release(&image);
}

static void test_frames_beyond_the_picture_are_clipped(void **state)
{
	static const struct image_rect odd[] = {
		{ -50, -50, 500, 500 }, { 5, 5, 5, 5 }, { 9, 9, 3, 3 }, { 19, 19, 20, 20 },
		{ 100, 100, 200, 200 }, { -9, 3, -2, 9 }, { 0, 0, 1, 20 },
	};
	struct image image = grey_picture(20, 20);

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		draw_frame(&image, odd[i], 3, red);
	assert_pixel(&image, 19, 19, red);
	assert_pixel(&image, 0, 10, red);
	image_release(&image);
}

static void test_a_digit_is_drawn_without_fonts(void **state)
{
	struct err err = ERR_INIT;
	struct font *font = font_new_digits(7, &err);
	struct image image = grey_picture(8, 7);

	(void)state;
	assert_false(font_has_letters(font));
	assert_int_equal(font_width(font, "11", 2), 8);
	assert_int_equal(font_draw(font, &image, 0, 0, "1", 1, white), 4);
	/* rows 1 to 5: .#. ##. .#. .#. ### */
	assert_pixel(&image, 1, 1, white);
	assert_pixel(&image, 0, 1, ground);
	assert_pixel(&image, 0, 2, white);
	assert_pixel(&image, 2, 4, ground);
	assert_pixel(&image, 2, 5, white);
	assert_pixel(&image, 1, 6, ground);
	font_draw(font, &image, -2, -3, "98", 2, white);
	font_draw(font, &image, 7, 6, "98", 2, white);
	image_release(&image);
	font_free(font);
}

static void test_text_is_measured_and_cut_at_characters(void **state)
{
	static const char text[] = "caf\xc3\xa9 \xff \xf0\x9f\x98\x80\xe2\x80\x8d \xe6\x97\xa5";
	struct err err = ERR_INIT;
	struct font *font = font_new(20, &err);
	struct image image = grey_picture(200, 20);
	int width = font_width(font, text, strlen(text));

	(void)state;
	assert_int_equal(font_height(font), 20);
	assert_true(width > 0);
	assert_int_equal(font_draw(font, &image, 0, 0, text, strlen(text), white), width);
	assert_int_equal(font_fit(font, text, strlen(text), width), strlen(text));
	assert_int_equal(font_fit(font, text, strlen(text), 0), 0);
	if (font_has_letters(font)) {
		int cafe = font_width(font, text, 5);

		assert_int_equal(font_fit(font, text, strlen(text), cafe), 5);
		assert_int_equal(font_fit(font, text, strlen(text), cafe - 1), 3);
	}
	image_release(&image);
	font_free(font);
}

static bool apart(struct image_rect a, struct image_rect b)
{
	return a.x0 >= b.x1 || b.x0 >= a.x1 || a.y0 >= b.y1 || b.y0 >= a.y1;
}

/* Labels of the same box, all of long phrases: on the picture, none on another. */
static void check_labels(struct font *font, int width, int height, size_t n, bool all)
{
	struct draw_label labels[40];
	struct image image = grey_picture(width, height);
	size_t placed = 0;

	for (size_t i = 0; i < n; i++)
		labels[i] = (struct draw_label){
			.box = { width / 4, height / 4, width / 2, height / 2 },
			.text = i % 2 ? "a phrase that goes on and on and will not end before the picture does" : "cat",
			.tail = " 0.81", .number = (int)i + 1, .rgb = draw_colors[i % DRAW_COLORS],
		};
	draw_labels(&image, labels, n, font);
	for (size_t i = 0; i < n; i++) {
		struct image_rect place = labels[i].place;

		if (place.x0 == place.x1)
			continue;
		placed++;
		assert_true(place.x0 >= 0 && place.y0 >= 0 && place.x1 <= width && place.y1 <= height);
		assert_pixel(&image, place.x0, place.y0, labels[i].rgb);
		for (size_t k = 0; k < i; k++)
			assert_true(apart(place, labels[k].place));
	}
	if (all)
		assert_int_equal(placed, n);
	image_release(&image);
}

static void test_labels_stay_apart_and_on_the_picture(void **state)
{
	struct err err = ERR_INIT;
	struct font *fonts[] = { font_new(16, &err), font_new_digits(16, &err) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		check_labels(fonts[i], 400, 300, 1, true);
		check_labels(fonts[i], 400, 300, 12, true);
		check_labels(fonts[i], 400, 300, 40, false);
		check_labels(fonts[i], 60, 40, 9, false);
		check_labels(fonts[i], 5, 3, 4, false);
		check_labels(fonts[i], 1, 1, 2, false);
		font_free(fonts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_frame_ends_where_its_box_ends),
		cmocka_unit_test(test_frames_beyond_the_picture_are_clipped),
		cmocka_unit_test(test_a_digit_is_drawn_without_fonts),
		cmocka_unit_test(test_text_is_measured_and_cut_at_characters),
		cmocka_unit_test(test_labels_stay_apart_and_on_the_picture),
	};

	return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
