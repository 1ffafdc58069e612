/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/conll.h"

#include "lib/base/buf.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>
#include <sys/resource.h>

/* All that the reader gives, as text: "[id] word/tag word/tag;" a sentence, "!" for a bad one. */
static char *read_all(const char *path, bool *ended_blank, size_t *lines)
{
	struct buf out = BUF_INIT;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct conll_reader *reader = conll_open(path, &err);
	struct sentence sentence;
	enum read_status status;

	assert_non_null(reader);
	while ((status = conll_next(reader, &sentence, &arena, &err)) > READ_EOF) {
		if (status == READ_BAD)
			buf_add_format(&out, "!%zu", err.line);
		if (status == READ_BAD)
			continue;
		if (sentence.id)
			buf_add_format(&out, "[%s@%zu]", sentence.id, sentence.id_line);
		for (size_t i = 0; i < sentence.n_tokens; i++)
			buf_add_format(&out, " %s/%s", sentence.tokens[i].word,
				       sentence.tokens[i].tag ? sentence.tokens[i].tag : "(none)");
		buf_add_char(&out, ';');
		arena_reset(&arena);
	}
	assert_int_equal(status, READ_EOF);
	if (ended_blank)
		*ended_blank = conll_ended_blank(reader);
	if (lines)
		*lines = conll_lines(reader);
	conll_close(reader);
	arena_release(&arena);
	return buf_detach(&out);
}

static void assert_reads_bytes(const char *bytes, size_t length, const char *expected)
{
	char *path = temporary_file(bytes, length);
	char *got = read_all(path, NULL, NULL);

	assert_string_equal(got, expected);
	free(got);
	temporary_remove(path);
}

static void assert_reads(const char *text, const char *expected)
{
	assert_reads_bytes(text, strlen(text), expected);
}

static void test_line_ends_and_marks(void **state)
{
	(void)state;
	assert_reads("IMGID:8\na\tO\nb\tB-PER\n\n", "[8@1] a/O b/B-PER;");
	assert_reads("IMGID:8\r\na\tO\r\n\r\nIMGID:9\r\nb\tO\r\n", "[8@1] a/O;[9@4] b/O;");
	assert_reads("IMGID:8\ra\tO\r\rIMGID:9\rb\tO\r", "[8@1] a/O;[9@4] b/O;");
	assert_reads("\xef\xbb\xbfIMGID: 8 \na\tO", "[8@1] a/O;");
	assert_reads("-DOCSTART- -X- O O\n\na NN O\nb  NN\tO\n", " a/O b  NN/O;");
	assert_reads("", "");
	assert_reads("\n\n\r\n \t \n", "");
	assert_reads("\xef\xbb\xbf", "");
}

static void test_sentences_without_a_blank_line(void **state)
{
	(void)state;
	assert_reads("IMGID:1\na\tO\nIMGID:2\nb\tO\n", "[1@1] a/O;[2@3] b/O;");
	assert_reads("IMGID:1\nIMGID:2\n\nIMGID:3\n", "[1@1];[2@2];[3@4];");
	assert_reads("a\tO\n \t\nb\tO\n", " a/O; b/O;");
}

static void test_odd_columns(void **state)
{
	(void)state;
	assert_reads("\tO\nword\na b\tO\nx\ty\tz\nq\t\n", " /O word/(none) a b/O x/z q/;");
	assert_reads("\xc2\xa0\tO\n\xc2\xa0 B-X I-X\n", " \xc2\xa0/O \xc2\xa0/I-X;");
	assert_reads("  a   O  \n", " a/O;");
	assert_reads("\xff\xfe\tO\n", " \xff\xfe/O;");
	assert_reads_bytes("a\0b\tO\0\n\0\tO\n", 11, " ab/O /O;");
}

static void test_columns_of_a_line(void **state)
{
	const char *text;
	size_t size;

	(void)state;
	assert_int_equal(conll_columns("a\t\tb", 4), 3);
	assert_true(conll_column("a\t\tb", 4, 1, &text, &size));
	assert_int_equal(size, 0);
	assert_false(conll_column("a\t\tb", 4, 3, &text, &size));
	assert_int_equal(conll_columns("  a b  c ", 9), 3);
	assert_true(conll_column("  a b  c ", 9, 2, &text, &size));
	assert_memory_equal(text, "c", 1);
	assert_int_equal(size, 1);
	assert_false(conll_column("  a b  c ", 9, 3, &text, &size));
}

static void test_every_block_boundary(void **state)
{
	(void)state;
	for (size_t pad = 65530; pad < 65542; pad++) {
		struct buf text = BUF_INIT;
		char *path, *got;
		size_t lines;

		for (size_t i = 0; i < pad; i++)
			buf_add_char(&text, 'x');
		buf_add_string(&text, " O\r\n\r\ny O\r\n");
		path = temporary_file(text.data, text.length);
		got = read_all(path, NULL, &lines);
		assert_int_equal(strlen(got), pad + 3 + 1 + 5);
		assert_int_equal(lines, 3);
		free(got);
		temporary_remove(path);
		buf_release(&text);
	}
}

static void test_huge_line_is_stepped_over(void **state)
{
	char *path = temporary_text("IMGID:1\na\tO\n\nIMGID:2\n"), *got, block[4096];
	FILE *stream = fopen(path, "ab");
	struct rusage before, after;

	(void)state;
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 100 * 256; i++)
		assert_int_equal(fwrite(block, 1, sizeof(block), stream), sizeof(block));
	fputs("\tO\nb\tO\n\nIMGID:3\nc\tO\n\n", stream);
	assert_int_equal(fclose(stream), 0);
	getrusage(RUSAGE_SELF, &before);
	got = read_all(path, NULL, NULL);
	getrusage(RUSAGE_SELF, &after);
	assert_string_equal(got, "[1@1] a/O;!5[3@8] c/O;");
	assert_true(after.ru_maxrss - before.ru_maxrss < 16 << 10);
	free(got);
	temporary_remove(path);
}

static void test_endless_sentence_is_stepped_over(void **state)
{
	struct buf text = BUF_INIT;
	char *path, *got;

	(void)state;
	for (size_t i = 0; i < CONLL_TOKEN_LIMIT + 10; i++)
		buf_add_string(&text, "a O\n");
	buf_add_string(&text, "IMGID:2\nb O\n");
	path = temporary_file(text.data, text.length);
	got = read_all(path, NULL, NULL);
	assert_string_equal(got, "!65537[2@65547] b/O;");
	free(got);
	temporary_remove(path);
	buf_release(&text);
}

static void count_line(void *context, const struct text_line *line)
{
	size_t *bytes = context;

	*bytes += line->length + strlen(line->ending);
}

static void test_hook_sees_every_byte(void **state)
{
	char *path = temporary_text("IMGID:8\r\na\tO\n\n-DOCSTART-\n x\r\rlast");
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct conll_reader *reader = conll_open(path, &err);
	struct sentence sentence;
	size_t bytes = 0;

	(void)state;
	conll_on_line(reader, (struct line_hook){ count_line, &bytes });
	while (conll_next(reader, &sentence, &arena, &err) > READ_EOF)
		;
	assert_int_equal(bytes, 33);
	assert_false(conll_ended_blank(reader));
	conll_close(reader);
	arena_release(&arena);
	temporary_remove(path);
}

static void test_missing_file(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(conll_open("/nonexistent/x.txt", &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void assert_counts(const char *name, size_t sentences, size_t tokens, bool blank_end)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct conll_reader *reader;
	struct sentence sentence;
	size_t n_tokens = 0, n = 0;
	char path[1024];

	snprintf(path, sizeof(path), "%s/data/%s", shared_folder(), name);
	reader = conll_open(path, &err);
	assert_non_null(reader);
	while (conll_next(reader, &sentence, &arena, &err) == READ_OK) {
		assert_int_equal(sentence.record, n);
		assert_non_null(sentence.id);
		n_tokens += sentence.n_tokens;
		n++;
		arena_reset(&arena);
	}
	assert_int_equal(n, sentences);
	assert_int_equal(n_tokens, tokens);
	assert_int_equal(conll_ended_blank(reader), blank_end);
	conll_close(reader);
	arena_release(&arena);
}

static void test_twitter_releases(void **state)
{
	(void)state;
	assert_counts("twitter2015/train.txt", 4000, 64439, false);
	assert_counts("twitter2015/valid.txt", 1000, 16178, false);
	assert_counts("twitter2017/train.txt", 3373, 53007, true);
	assert_counts("twitter2017/valid.txt", 723, 11309, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_ends_and_marks),
		cmocka_unit_test(test_sentences_without_a_blank_line),
		cmocka_unit_test(test_odd_columns),
		cmocka_unit_test(test_columns_of_a_line),
		cmocka_unit_test(test_every_block_boundary),
		cmocka_unit_test(test_huge_line_is_stepped_over),
		cmocka_unit_test(test_endless_sentence_is_stepped_over),
		cmocka_unit_test(test_hook_sees_every_byte),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_twitter_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
