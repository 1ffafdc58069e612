/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/repair/repair.h"
#include "preprocess/repair/repair_target.h"
#include "preprocess/repair/unified_diff.h"

#include "lib/base/buf.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <sys/stat.h>

struct collector {
	struct repair_sink sink;
	struct buf text, rules;
};

static void on_change(struct repair_sink *sink, const struct repair_change *change)
{
	struct collector *collector = (struct collector *)sink;

	buf_add_format(&collector->rules, "%s:%zu:%zu ", change->rule, change->line, change->column);
}

static void on_piece(struct repair_sink *sink, const char *before, size_t before_length,
		     const char *after, size_t after_length)
{
	(void)before;
	(void)before_length;
	buf_add(&((struct collector *)sink)->text, after, after_length);
}

static void assert_mended(const struct repair_options *options, enum task task, const char *text,
			  const char *expected, const char *rules)
{
	struct collector collector = { { on_change, on_piece }, BUF_INIT, BUF_INIT };
	struct split split = { .task = task, .layout = "conll" };
	struct err err = ERR_INIT;
	size_t n;

	split.text = temporary_text(text);
	assert_int_equal(repair_text(&split, options, &collector.sink, &n, NULL, &err), 0);
	assert_string_equal(collector.text.data, expected);
	assert_string_equal(collector.rules.data, rules);
	buf_release(&collector.text);
	buf_release(&collector.rules);
	temporary_remove(split.text);
}

static const struct repair_options safe = REPAIR_OPTIONS_INIT;
static const struct repair_options unsafe = { NULL, NULL, REPAIR_BEGIN, true, false };
static const struct repair_options previous = { NULL, NULL, REPAIR_PREVIOUS, true, false };
static const struct repair_options outside = { NULL, NULL, REPAIR_OUTSIDE, true, false };

static void test_well(void **state)
{
	(void)state;
	assert_mended(&unsafe, TASK_NER, "", "", "");
	assert_mended(&unsafe, TASK_NER, "IMGID:8\nJo\tB-PER\nof\tO\n\n",
		      "IMGID:8\nJo\tB-PER\nof\tO\n\n", "");
	assert_mended(&unsafe, TASK_NER, "-DOCSTART- -X- O\n\na NN B-PER\nb NN I-PER\n\n",
		      "-DOCSTART- -X- O\n\na NN B-PER\nb NN I-PER\n\n", "");
}

/* Enough of IOBES, or of IOB2, for a file to be that. */
#define IOBES "x\tS-PER\nx\tS-PER\nx\tB-PER\nx\tE-PER\n\n"
#define IOB2 "x\tB-PER\nx\tO\nx\tB-PER\nx\tO\nx\tB-PER\nx\tO\nx\tB-PER\n\n"

/* A scheme in which I- starts an entity is left alone. */
static void test_other_schemes(void **state)
{
	(void)state;
	assert_mended(&safe, TASK_NER, "Jo\tI-PER\nMo\tB-PER\nRome\tI-LOC\n\n",
		      "Jo\tI-PER\nMo\tB-PER\nRome\tI-LOC\n\n", "");
	assert_mended(&safe, TASK_NER, "Jo\tI-PER\nMo\tE-PER\nRome\tE-LOC\n\n",
		      "Jo\tI-PER\nMo\tE-PER\nRome\tE-LOC\n\n", "");
	assert_mended(&safe, TASK_NER, IOBES "e\tI-LOC\n\nf\tB-LOC\ng\tI-PER\n\n",
		      IOBES "e\tS-LOC\n\nf\tS-LOC\ng\tS-PER\n\n",
		      "tag-orphan-inside:6:3 tag-type-change:8:3 tag-type-change:9:3 ");
}

static void test_tags(void **state)
{
	const char *text = IOB2 "a\tB-PER\nb\tI-LOC\nc\tI-LOC\nd\tO\ne\tI-ORG\nf\tI-ORG\n\n";

	(void)state;
	assert_mended(&safe, TASK_NER, text,
		      IOB2 "a\tB-PER\nb\tB-LOC\nc\tI-LOC\nd\tO\ne\tB-ORG\nf\tI-ORG\n\n",
		      "tag-type-change:10:3 tag-orphan-inside:13:3 ");
	assert_mended(&previous, TASK_NER, text,
		      IOB2 "a\tB-PER\nb\tI-PER\nc\tI-PER\nd\tO\ne\tB-ORG\nf\tI-ORG\n\n",
		      "tag-type-change:10:3 tag-type-change:11:3 tag-orphan-inside:13:3 ");
	assert_mended(&outside, TASK_NER, text, IOB2 "a\tB-PER\nb\tO\nc\tO\nd\tO\ne\tO\nf\tO\n\n",
		      "tag-type-change:10:3 tag-type-change:11:3 tag-orphan-inside:13:3 "
		      "tag-orphan-inside:14:3 ");
}

static void test_lines(void **state)
{
	(void)state;
	assert_mended(&safe, TASK_NER, "\xef\xbb\xbfIMGID:8\r\na\tO\r \t\n\n\xc3\xa9\x01\tO\n",
		      "IMGID:8\na\tO\n\n\xc3\xa9\tO\n\n",
		      "text-bom:1:0 text-line-end:1:8 text-line-end:2:4 conll-blank-line-spaces:3:0 "
		      "conll-empty-sentence:4:0 text-control:5:0 conll-no-final-blank:6:0 ");
	assert_mended(&safe, TASK_NER, "a\tO", "a\tO\n\n", "conll-no-final-blank:2:0 ");
}

/* Nothing but a control character is no reason to end a sentence, or to lose a word. */
static void test_controls_stay(void **state)
{
	(void)state;
	assert_mended(&safe, TASK_NER, "\x01\tO\n\x02\na\tO\n\n", "\x01\tO\n\x02\na\tO\n\n", "");
	assert_mended(&safe, TASK_NER, "a\tO\n\xef\xbb\xbfIMGID:8\nb\tO\n\n",
		      "a\tO\nIMGID:8\nb\tO\n\n", "text-control:2:0 ");
}

static void test_unsafe(void **state)
{
	(void)state;
	assert_mended(&unsafe, TASK_NER,
		      "IMGID:1\na\tO\n\xc2\xa0\tO\n\tB-PER\n\nIMGID:2\n\nIMGID:3\na\tO\n\n",
		      "IMGID:1\na\tO\n\n",
		      "text-unpieceable:3:0 text-empty-token:4:0 conll-empty-sentence:6:0 "
		      "conll-empty-sentence:7:0 text-duplicate:8:0 text-duplicate:9:0 "
		      "text-duplicate:10:0 ");
	assert_mended(&safe, TASK_NER, "IMGID:1\na\tO\n\tO\n\nIMGID:2\n\n",
		      "IMGID:1\na\tO\n\tO\n\nIMGID:2\n\n", "");
}

#define RELATION(tokens) \
	"{'token': [" tokens "], 'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', 'pos': [1, 2]}, " \
	"'img_id': '1.jpg', 'relation': '/per/per/peer'}\n"

static void test_relations(void **state)
{
	(void)state;
	assert_mended(&safe, TASK_RE, RELATION("'a', 'b'") "\n \n", RELATION("'a', 'b'"),
		      "re-syntax:2:0 re-syntax:3:0 ");
	assert_mended(&safe, TASK_RE, "\n" RELATION("'a', 'b'"), "\n" RELATION("'a', 'b'"), "");
	assert_mended(&unsafe, TASK_RE, "\n" RELATION("'a', 'b', ") RELATION("'a', 'b', 'c'"),
		      RELATION("'a', 'b', '.', ") RELATION("'a', 'b', 'c'"),
		      "re-syntax:1:0 re-marker-lost:2:20 ");
	assert_mended(&safe, TASK_RE, "no relation\x01\n", "no relation\x01\n", "");
}

static void test_long_line(void **state)
{
	struct collector collector = { { on_change, on_piece }, BUF_INIT, BUF_INIT };
	struct split split = { .task = TASK_NER, .layout = "conll" };
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	size_t n;

	(void)state;
	for (size_t i = 0; i < ((size_t)1 << 20) + 1; i++)
		buf_add_char(&text, 'x');
	split.text = temporary_file(text.data, text.length);
	assert_int_equal(repair_text(&split, &safe, &collector.sink, &n, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	temporary_remove(split.text);
	buf_release(&text);
	buf_release(&collector.text);
	buf_release(&collector.rules);
}

static void test_diff(void **state)
{
	char *written = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&written, &size);
	struct unified_diff *diff = unified_diff_new(stream, "a b.txt");
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 9; i++)
		unified_diff_add(diff, "same\n", 5, "same\n", 5);
	unified_diff_add(diff, "old\r", 4, "new\n", 4);
	unified_diff_add(diff, "gone\n", 5, "", 0);
	for (int i = 0; i < 8; i++)
		unified_diff_add(diff, "same\n", 5, "same\n", 5);
	unified_diff_add(diff, "last", 4, "last\n", 5);
	unified_diff_add(diff, "", 0, "\n", 1);
	assert_int_equal(unified_diff_free(diff, &err), 0);
	fclose(stream);
	assert_string_equal(written, "--- a b.txt\t\n+++ a b.txt\t\n"
				     "@@ -7,7 +7,7 @@\n same\n same\n same\n-old\rgone\n+new\n same\n same\n same\n"
				     "@@ -16,4 +16,5 @@\n same\n same\n same\n-last\n"
				     "\\ No newline at end of file\n+last\n+\n");
	free(written);
}

static char *read_text(const char *path)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(file_read_all(path, &text, 1 << 20, &err), 0);
	return buf_detach(&text);
}

static void assert_text(const char *path, const char *expected)
{
	char *text = read_text(path);

	assert_string_equal(text, expected);
	free(text);
}

static void replace_text(const char *path, const char *text, const char *expected_backup)
{
	struct repair_target target;
	struct err err = ERR_INIT;

	assert_int_equal(repair_target_open(&target, path, NULL, NULL, &err), 0);
	fputs(text, target.writer.stream);
	assert_int_equal(repair_target_commit(&target, &err), 0);
	assert_string_equal(target.backup + strlen(path), expected_backup);
	repair_target_release(&target);
	assert_text(path, text);
}

/* No original is written over, and the permissions stay. */
static void test_target(void **state)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	char *path = temporary_text("one");
	struct stat st;

	(void)state;
	buf_add_format(&first, "%s.orig", path);
	buf_add_format(&second, "%s.orig.1", path);
	assert_int_equal(chmod(path, 0640), 0);
	replace_text(path, "two", ".orig");
	replace_text(path, "three", ".orig.1");
	assert_text(first.data, "one");
	assert_text(second.data, "two");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	temporary_remove(buf_detach(&first));
	temporary_remove(buf_detach(&second));
	temporary_remove(path);
}

static void test_target_refusals(void **state)
{
	char *path = temporary_text("one");
	struct repair_target target;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(repair_target_open(&target, path, "/tmp", "/tmp", &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(repair_target_open(&target, "/dev/null", NULL, NULL, &err), -1);
	assert_int_equal(repair_target_open(&target, "/no/such/file", NULL, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	/* Without a commit nothing happens. */
	assert_int_equal(repair_target_open(&target, path, NULL, NULL, &err), 0);
	fputs("two", target.writer.stream);
	repair_target_release(&target);
	assert_text(path, "one");
	temporary_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_well),
		cmocka_unit_test(test_other_schemes),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_controls_stay),
		cmocka_unit_test(test_unsafe),
		cmocka_unit_test(test_relations),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_target_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
