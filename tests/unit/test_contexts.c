/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "preprocess/contexts.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>

static void read_text(struct contexts *contexts, const char *text)
{
	char *path = temporary_text(text);
	struct err err = ERR_INIT;

	if (contexts_read(contexts, path, &err) < 0)
		fail_msg("%s", err.text);
	temporary_remove(path);
}

/* "first|second" of a name. */
static void assert_texts(const struct contexts *contexts, const char *name, const char *wanted)
{
	struct buf got = BUF_INIT;
	size_t n;
	const char *const *texts = contexts_find(contexts, name, &n);

	for (size_t i = 0; i < n; i++)
		buf_add_format(&got, "%s%s", i ? "|" : "", texts[i]);
	assert_string_equal(got.data, wanted);
	buf_release(&got);
}

static void test_columns(void **state)
{
	struct contexts contexts;

	(void)state;
	read_text(&contexts, "15_1\ta man\n\n15_2.jpg\ta cat\ton a chair\t \r\n15_1.JPG\tHOTEL\n15_3\t\n");
	assert_texts(&contexts, "15_1", "a man|HOTEL");
	assert_texts(&contexts, "15_2", "a cat|on a chair");
	assert_texts(&contexts, "15_2.png", "a cat|on a chair");
	assert_texts(&contexts, "15_3", "");
	assert_texts(&contexts, "15_4", "");
	contexts_release(&contexts);
}

static void test_objects(void **state)
{
	struct contexts contexts;

	(void)state;
	read_text(&contexts, "{\"image\": \"a.jpg\", \"ocr\": [\"GO\", \"ON\"], \"objects\": [\"red hat\", \"man\"], "
			     "\"captions\": [\"one\", \"two\"]}\n"
			     " {\"id\": \"b\", \"caption\": \"c\", \"ocr\": null}\n"
			     "{\"id\": \"c\", \"contexts\": [\"x\", \"y\"], \"other\": 1}\n"
			     "{\"id\": \"d\"}\nb\tmore\n");
	assert_texts(&contexts, "a", "one|two|red hat man|GO ON");
	assert_texts(&contexts, "b", "c|more");
	assert_texts(&contexts, "c", "x|y");
	assert_texts(&contexts, "d", "");
	contexts_release(&contexts);
}

static void test_an_empty_file(void **state)
{
	struct contexts contexts;

	(void)state;
	read_text(&contexts, "");
	assert_texts(&contexts, "a", "");
	contexts_release(&contexts);
}

static void assert_refused(const char *text, const char *reason, size_t line)
{
	char *path = temporary_text(text);
	struct contexts contexts;
	struct err err = ERR_INIT;

	assert_int_equal(contexts_read(&contexts, path, &err), -1);
	if (!strstr(err.text, reason))
		fail_msg("'%s' instead of '%s'", err.text, reason);
	assert_string_equal(err.file, path);
	assert_int_equal(err.line, line);
	temporary_remove(path);
}

static void test_lines_that_are_neither(void **state)
{
	(void)state;
	assert_refused("a\tb\nno tab\n", "a name, a tab and a text", 2);
	assert_refused("\tb\n", "a name, a tab and a text", 1);
	assert_refused("{\"id\": 1}\n", "no 'id' and no 'image'", 1);
	assert_refused("{\"id\": \"a\", \"ocr\": 1}\n", "'ocr' is no string", 1);
	assert_refused("{\"id\": \"a\", \"objects\": [\"x\", 1]}\n", "'objects' is no string", 1);
	assert_refused("{\"id\"\n", "not JSON", 1);
}

static void test_captions_of_the_sample(void **state)
{
	char *path = file_join(shared_folder(), "data/sample/twitter2015/train_captions.tsv");
	struct contexts contexts;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(contexts_read(&contexts, path, &err), 0);
	assert_int_equal(contexts.names.n, 5);
	assert_texts(&contexts, "15_train_27", "a black and white photo of a woman smiling");
	contexts_release(&contexts);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_an_empty_file),
		cmocka_unit_test(test_lines_that_are_neither),
		cmocka_unit_test(test_captions_of_the_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
