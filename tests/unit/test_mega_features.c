/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/formats/mega_features.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#define OBJECT_FLOATS (MEGA_OBJECTS * MEGA_FEATURES)
#define WEIGHT_FLOATS (MEGA_ROWS * MEGA_OBJECTS)

typedef int reader(const char *path, float *out, struct err *err);

/* The error of a text that must not be read. */
static void refuse(reader *read, float *out, const struct buf *text, const char *place, const char *message)
{
	char *path = temporary_file(text->data, text->length), formatted[1400];
	struct err err = ERR_INIT;

	assert_false(text->failed);
	assert_int_equal(read(path, out, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	err_format(&err, formatted, sizeof(formatted));
	if (strncmp(formatted + 1, path, strlen(path)) != 0 || !strstr(formatted, place) ||
	    !strstr(formatted, message))
		fail_msg("%s", formatted);
	temporary_remove(path);
}

static void accept(reader *read, float *out, const struct buf *text)
{
	char *path = temporary_file(text->data, text->length);
	struct err err = ERR_INIT;

	assert_int_equal(read(path, out, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
	temporary_remove(path);
}

/* Lines 1 and 2 and as many numbers, of which number i is i / 2. */
static void make_objects(struct buf *text, size_t objects, size_t numbers)
{
	buf_clear(text);
	buf_add_string(text, "1.jpg\r\n");
	for (size_t i = 0; i < objects; i++)
		buf_add_string(text, i ? "\tteddy bear" : "person");
	buf_add_string(text, "\r\n");
	for (size_t i = 0; i < numbers; i++)
		buf_add_format(text, i ? "\t%g" : "%g", (double)i / 2);
}

static void test_objects(void **state)
{
	float *out = malloc(OBJECT_FLOATS * sizeof(*out));
	struct buf text = BUF_INIT;

	(void)state;
	make_objects(&text, 2, 2 * MEGA_FEATURES);
	accept(mega_objects_read, out, &text);
	assert_true(out[1] == 0.5f && out[2 * MEGA_FEATURES - 1] == 4095.5f);
	for (size_t i = 2 * MEGA_FEATURES; i < OBJECT_FLOATS; i++)
		assert_true(out[i] == 0);

	/* Of twelve the first ten are kept. */
	make_objects(&text, 12, 12 * MEGA_FEATURES);
	accept(mega_objects_read, out, &text);
	assert_true(out[OBJECT_FLOATS - 1] == (float)(OBJECT_FLOATS - 1) / 2);

	/* None: with an empty third line, and without one. */
	make_objects(&text, 0, 0);
	accept(mega_objects_read, out, &text);
	buf_add_string(&text, "\n");
	accept(mega_objects_read, out, &text);
	for (size_t i = 0; i < OBJECT_FLOATS; i++)
		assert_true(out[i] == 0);
	buf_release(&text);
	free(out);
}

static void test_objects_refused(void **state)
{
	static const char *const bad[] = { "x", "", "0x10", "nan", "inf", "1e39", "1_0", "1 2", "--1",
					   "0.00000000000000000000000000000000000000000000000000000000000000001" };
	float *out = malloc(OBJECT_FLOATS * sizeof(*out));
	struct buf text = BUF_INIT;

	(void)state;
	make_objects(&text, 2, 2 * MEGA_FEATURES - 1);
	refuse(mega_objects_read, out, &text, ":3:", "has 8191 numbers, not 4096 for each of 2 objects");
	make_objects(&text, 1, 1);
	refuse(mega_objects_read, out, &text, ":3:", "has 1 numbers");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		make_objects(&text, 12, 12 * MEGA_FEATURES - 1);
		buf_add_format(&text, "\t%s\t1", bad[i]);
		refuse(mega_objects_read, out, &text, ":3:", "is no number");
	}
	buf_clear(&text);
	buf_add_string(&text, "1.jpg\nperson\n");
	refuse(mega_objects_read, out, &text, ":3:", "the file ends before the numbers of objects");
	buf_clear(&text);
	refuse(mega_objects_read, out, &text, ":1:", "the file ends before a first line");
	for (size_t i = 0; i <= MEGA_LINE_LIMIT; i++)
		buf_add_char(&text, 'x');
	refuse(mega_objects_read, out, &text, ":1:", "longer than");
	buf_release(&text);
	free(out);
}

static void test_structure(void **state)
{
	float out[WEIGHT_FLOATS];
	struct buf text = BUF_INIT;

	(void)state;
	buf_add_string(&text, "anything\n0 1 -2 3.5 4e-1 5 6 7 8 9\n1 0 0 0 0 0 0 0 0 0 \n");
	accept(mega_structure_read, out, &text);
	assert_true(out[2] == -2 && out[4] == 0.4f && out[10] == 1);
	for (size_t i = 11; i < WEIGHT_FLOATS; i++)
		assert_true(out[i] == 0);

	/* More rows than are kept. */
	for (size_t i = 2; i < MEGA_ROWS + 5; i++)
		buf_add_format(&text, "%zu 0 0 0 0 0 0 0 0 0\n", i);
	accept(mega_structure_read, out, &text);
	assert_true(out[WEIGHT_FLOATS - MEGA_OBJECTS] == MEGA_ROWS - 1);
	buf_add_string(&text, "1 2 3\n");
	refuse(mega_structure_read, out, &text, ":135:", "has 3 numbers, not one for each of 10 objects");

	buf_clear(&text);
	accept(mega_structure_read, out, &text);
	buf_add_string(&text, "first\n0 1 2 3 4  5 6 7 8 9\n");
	refuse(mega_structure_read, out, &text, ":2:11: ", "'' is no number");
	buf_clear(&text);
	buf_add_string(&text, "first\n0 1 2 3 4 5 6 7 8 9\n\n");
	refuse(mega_structure_read, out, &text, ":3:", "has 0 numbers");
	buf_clear(&text);
	buf_add_string(&text, "first\n0 1 2 3 4 5 6 7 8 9 10\n");
	refuse(mega_structure_read, out, &text, ":2:", "has 11 numbers");
	buf_release(&text);
}

static void test_missing(void **state)
{
	float out[WEIGHT_FLOATS];
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(mega_structure_read("/nonexistent/1.txt", out, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "/nonexistent/1.txt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_objects_refused),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
