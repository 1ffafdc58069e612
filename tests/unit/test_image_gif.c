/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/image/decode.h"
#include "tests/unit/test.h"

#include <string.h>

#define CLEAR 4
#define END 5

/* A GIF of which tests change one thing; its frame has two rows of two pixels. */
struct gif {
	int screen[2], frame[4]; /* width, height; left, top, width, height */
	int colours;             /* of the palette, a power of two: 10, 20, 30; 11, 21, 31; ... */
	int code_size;
	const char *before;      /* bytes before the frame */
	size_t before_length;
	const unsigned char *codes; /* of 3 bits, as the table is emptied between them */
	size_t n_codes;
};

static const unsigned char four_pixels[] = { CLEAR, 0, CLEAR, 1, CLEAR, 2, CLEAR, 3, END };

static struct gif plain(void)
{
	return (struct gif){ .screen = { 2, 2 }, .frame = { 0, 0, 2, 2 }, .colours = 4, .code_size = 2,
			     .codes = four_pixels, .n_codes = sizeof(four_pixels) };
}

static void add_words(struct buf *out, const int *words, int n)
{
	for (int i = 0; i < n; i++) {
		buf_add_char(out, (char)(words[i] & 255));
		buf_add_char(out, (char)(words[i] >> 8));
	}
}

static void add_palette(struct buf *out, int colours)
{
	for (int i = 0; i < colours; i++)
		for (int channel = 1; channel <= 3; channel++)
			buf_add_char(out, (char)(10 * channel + i));
}

static void add_codes(struct buf *out, const unsigned char *codes, size_t n)
{
	unsigned bits = 0, held = 0;

	buf_add_char(out, (char)((n * 3 + 7) / 8));
	for (size_t i = 0; i < n; i++) {
		bits |= (unsigned)codes[i] << held;
		for (held += 3; held >= 8; held -= 8, bits >>= 8)
			buf_add_char(out, (char)(bits & 255));
	}
	if (held)
		buf_add_char(out, (char)bits);
	buf_add_char(out, '\0');
}

static void write_gif(struct buf *out, const struct gif *gif)
{
	int bits = 0;

	while (gif->colours >> (bits + 1))
		bits++;
	buf_init(out);
	buf_add(out, "GIF89a", 6);
	add_words(out, gif->screen, 2);
	buf_add_char(out, (char)(gif->colours ? 0x80 | (bits - 1) : 0));
	buf_add(out, "\0\0", 2);
	add_palette(out, gif->colours);
	buf_add(out, gif->before ? gif->before : "", gif->before_length);
	buf_add_char(out, ',');
	add_words(out, gif->frame, 4);
	buf_add_char(out, '\0');
	buf_add_char(out, (char)gif->code_size);
	add_codes(out, gif->codes, gif->n_codes);
	buf_add_char(out, ';');
}

static void check_pixels(const struct gif *gif, int width, int height, const unsigned char *rgb)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	struct buf bytes;

	write_gif(&bytes, gif);
	if (image_decode(&image, bytes.data, bytes.length, NULL, NULL, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(image.width, width);
	assert_int_equal(image.height, height);
	assert_memory_equal(image.rgb, rgb, (size_t)(width * height * 3));
	image_release(&image);
	buf_release(&bytes);
}

static void check_refused(const struct gif *gif, enum decode_fault fault, const char *message)
{
	struct image image = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	struct buf bytes;

	write_gif(&bytes, gif);
	assert_int_equal(image_decode(&image, bytes.data, bytes.length, NULL, &info, &err), -1);
	assert_int_equal(info.fault, fault);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.text, message);
	assert_null(image.rgb);
	buf_release(&bytes);
}

static void test_colours(void **state)
{
	struct gif gif = plain();

	(void)state;
	check_pixels(&gif, 2, 2, (const unsigned char[]){ 10, 20, 30, 11, 21, 31, 12, 22, 32, 13, 23, 33 });
	gif.colours = 2; /* what the palette lacks is black */
	check_pixels(&gif, 2, 2, (const unsigned char[]){ 10, 20, 30, 11, 21, 31, 0, 0, 0, 0, 0, 0 });
	gif.colours = 0; /* and without one all is grey */
	check_pixels(&gif, 2, 2, (const unsigned char[]){ 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3 });
}

/* Bytes that begin no record, an application's block, and a graphic control without a colour after one
 * that has it. */
static void test_before_the_frame(void **state)
{
	static const char before[] = "\0x!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
				     "!\xf9\x04\x01\0\0\x02\0!\xf9\x04\0\0\0\x03\0!\xfe\0";
	struct gif gif = plain();

	(void)state;
	gif.screen[0] = 3;
	gif.before = before;
	gif.before_length = sizeof(before) - 1;
	check_pixels(&gif, 3, 2, (const unsigned char[]){ 10, 20, 30, 11, 21, 31, 12, 22, 32,
							  12, 22, 32, 13, 23, 33, 12, 22, 32 });
}

static void test_more_pixels_than_the_frame(void **state)
{
	struct gif gif = plain();

	(void)state;
	gif.screen[1] = gif.frame[3] = 1;
	check_pixels(&gif, 2, 1, (const unsigned char[]){ 10, 20, 30, 11, 21, 31 });
}

static void test_hostile_frames(void **state)
{
	struct gif gif = plain();

	(void)state;
	gif.frame[2] = 0;
	check_refused(&gif, DECODE_UNREADABLE, "the first frame of the GIF has no pixels (0 x 2)");
	gif = plain();
	gif.frame[0] = 60000;
	check_refused(&gif, DECODE_TOO_LARGE,
		      "the picture claims 60002 x 2 pixels; at most 30000 a side and 100000000 in all are read");
	gif = plain();
	gif.screen[0] = gif.screen[1] = 65535;
	check_refused(&gif, DECODE_TOO_LARGE,
		      "the picture claims 65535 x 65535 pixels; at most 30000 a side and 100000000 in all are read");
	gif = plain();
	gif.code_size = 12;
	check_refused(&gif, DECODE_UNREADABLE, "the GIF cannot be read: it is damaged");
	gif = plain();
	gif.before = ";";
	gif.before_length = 1;
	check_refused(&gif, DECODE_UNREADABLE, "there is no picture in the GIF");
}

static void test_hostile_codes(void **state)
{
	static const unsigned char first[] = { CLEAR, 6, 0, 0, END }, unknown[] = { CLEAR, 0, 7, 0, END };
	static const unsigned char early[] = { CLEAR, 0, CLEAR, 1, CLEAR, 2, END, 3, END };
	static const char *const damaged =
		"the GIF cannot be read: Image is defective, decoding aborted";
	struct gif gif = plain();

	(void)state;
	gif.codes = first;
	gif.n_codes = sizeof(first);
	check_refused(&gif, DECODE_UNREADABLE, damaged);
	gif.codes = unknown;
	gif.n_codes = sizeof(unknown);
	check_refused(&gif, DECODE_UNREADABLE, damaged);
	gif.codes = early;
	gif.n_codes = sizeof(early);
	check_refused(&gif, DECODE_TRUNCATED, "the file ends before its picture does, after row 1 of 2");
}

/* Cut anywhere it is truncated, but for the two bytes behind the last pixel; what there was can be had. */
static void test_truncated(void **state)
{
	struct decode_limits keep = DECODE_LIMITS_INIT;
	struct gif gif = plain();
	struct image image = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;
	struct buf bytes;

	(void)state;
	keep.partial = true;
	write_gif(&bytes, &gif);
	for (size_t length = 6; length < bytes.length - 2; length++) {
		assert_int_equal(image_decode(&image, bytes.data, length, NULL, &info, &err), -1);
		assert_int_equal(info.fault, DECODE_TRUNCATED);
		if (image_decode(&image, bytes.data, length, &keep, &info, &err) == 0)
			assert_memory_equal(image.rgb, "\x0a\x14\x1e", 3);
		assert_int_equal(info.fault, DECODE_TRUNCATED);
		image_release(&image);
	}
	assert_int_equal(image_decode(&image, bytes.data, bytes.length - 2, NULL, &info, &err), 0);
	image_release(&image);
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_before_the_frame),
		cmocka_unit_test(test_more_pixels_than_the_frame),
		cmocka_unit_test(test_hostile_frames),
		cmocka_unit_test(test_hostile_codes),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
