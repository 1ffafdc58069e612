/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/ocr.h"
#include "tests/unit/test.h"

#include <string.h>

#define STROKE 8
#define HIGH (9 * STROKE)
#define WIDE (5 * STROKE)

/* Skips where Tesseract or its English is missing. */
static struct ocr *open_ocr(void)
{
	struct err err = ERR_INIT;
	struct ocr *ocr = ocr_new(NULL, &err);

	if (ocr)
		return ocr;
	assert_non_null(strstr(err.text, "install"));
	printf("skip: Tesseract or its English is not installed\n");
	skip();
	return NULL;
}

static void fill(struct image *image, int x, int y, int width, int height, unsigned char grey)
{
	for (int row = y; row < y + height; row++)
		memset(image->rgb + 3 * ((size_t)row * (size_t)image->width + (size_t)x), grey,
		       3 * (size_t)width);
}

/* A letter of straight strokes at (x, y). */
static void draw(struct image *image, char letter, int x, int y)
{
	if (strchr("HELO", letter))
		fill(image, x, y, STROKE, HIGH, 0);
	if (strchr("HO", letter))
		fill(image, x + WIDE - STROKE, y, STROKE, HIGH, 0);
	if (strchr("ETO", letter))
		fill(image, x, y, WIDE, STROKE, 0);
	if (strchr("HE", letter))
		fill(image, x, y + 4 * STROKE, WIDE, STROKE, 0);
	if (strchr("ELO", letter))
		fill(image, x, y + HIGH - STROKE, WIDE, STROKE, 0);
	if (letter == 'T')
		fill(image, x + 2 * STROKE, y, STROKE, HIGH, 0);
}

static void draw_line(struct image *image, const char *text, int y)
{
	for (int x = 2 * WIDE; *text; text++, x += WIDE + 2 * STROKE)
		draw(image, *text, x, y);
}

static void read_picture(const struct image *image, const char *wanted)
{
	struct ocr *ocr = open_ocr();
	struct err err = ERR_INIT;
	char *text;

	assert_int_equal(ocr_read(ocr, image, &text, &err), 0);
	assert_string_equal(text, wanted);
	free(text);
	ocr_free(ocr);
}

static void test_words_of_two_lines(void **state)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(image_alloc(&image, 640, 400, &err), 0);
	fill(&image, 0, 0, 640, 400, 255);
	draw_line(&image, "HELLO", 80);
	draw_line(&image, "HOTEL", 240);
	read_picture(&image, "HELLO HOTEL");
	image_release(&image);
}

static void test_a_picture_without_text(void **state)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(image_alloc(&image, 200, 100, &err), 0);
	read_picture(&image, "");
	image_release(&image);
	assert_int_equal(image_alloc(&image, 1, 1, &err), 0);
	read_picture(&image, "");
	image_release(&image);
}

static void test_a_language_that_is_not_there(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(ocr_new("xx_none", &err));
	assert_non_null(strstr(err.text, ocr_is_there() ? "the language 'xx_none'" : "install tesseract-ocr"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_of_two_lines),
		cmocka_unit_test(test_a_picture_without_text),
		cmocka_unit_test(test_a_language_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
