/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/review/review.h"
#include "tests/unit/test.h"

#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/tagsight-annotators-XXXXXX";
static char text_path[64], own_path[64], out_path[64];

static const char text[] = "IMGID:1\nRT\tO\nGeorge\tB-PER\nZimmerman\tI-PER\n\n"
			   "IMGID:2\nNASA\tO\nrocks\tO\n\n";

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", folder);
	snprintf(own_path, sizeof(own_path), "%s/work/t.anna.jsonl", folder);
	snprintf(out_path, sizeof(out_path), "%s/out.txt", folder);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static void write_file(const char *path, const char *content)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_make_parents(path, &err), 0);
	assert_int_equal(file_write_all(path, content, strlen(content), &err), 0);
}

static void assert_in_file(const char *path, const char *expected)
{
	struct err err = ERR_INIT;
	struct buf got = BUF_INIT;

	assert_int_equal(file_read_all(path, &got, 1 << 20, &err), 0);
	if (!strstr(got.data, expected))
		fail_msg("no %s in %s", expected, got.data);
	buf_release(&got);
}

static struct review *open_review(const char *annotator, struct err *err)
{
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, err);

	assert_non_null(review);
	if ((annotator && review_set_annotator(review, annotator, err) < 0) ||
	    review_attach_journal(review, own_path, &note, err) < 0) {
		review_free(review);
		review = NULL;
	}
	buf_release(&note);
	return review;
}

static void start_anew(void)
{
	write_file(text_path, text);
	unlink(own_path);
}

static void test_names(void **state)
{
	static const char *const good[] = { "anna", "Anna-2", "a_b.c", "9" };
	static const char *const bad[] = { "", ".", "..", ".anna", "a/b", "an na", "\xc3\xa9va", "a\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(annotator_is_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(annotator_is_valid(bad[i]));
}

static void test_the_journal_says_whose_and_of_what(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;
	char *found;

	(void)state;
	start_anew();
	review = open_review("anna", &err);
	assert_non_null(review);
	assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 1);
	review_free(review);
	assert_in_file(own_path, "\"path\":\"../t.txt\",\"annotator\":\"anna\"");
	assert_true(journal_is_one(own_path));
	assert_false(journal_is_one(text_path));
	found = journal_find_text(own_path, &err);
	assert_non_null(found);
	assert_int_equal(access(found, R_OK), 0);
	free(found);

	assert_null(open_review("ben", &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "this is the journal of 'anna', not of 'ben'"));
	err = (struct err)ERR_INIT;
	review = open_review(NULL, &err);
	assert_non_null(review);
	assert_int_equal(review_record(review, 1)->state, STATE_EDITED);
	review_free(review);
	unlink(text_path);
	assert_null(journal_find_text(own_path, &err));
	assert_non_null(strstr(err.text, "put it beside"));
}

static void test_hard_and_note(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;
	struct review_totals totals;
	struct review_summary summary;
	char *long_note = malloc(NOTE_LIMIT + 2);
	size_t record;

	(void)state;
	start_anew();
	review = open_review(NULL, &err);
	assert_int_equal(review_toggle_hard(review, 1, &err), 1);
	assert_int_equal(review_set_note(review, 1, "NASA: \"org\"?", &err), 1);
	assert_int_equal(review_set_note(review, 1, "NASA: \"org\"?", &err), 0);
	assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 1);
	assert_true(review_record(review, 1)->hard);
	assert_string_equal(review_record(review, 1)->note, "NASA: \"org\"?");
	assert_int_equal(review_toggle_hard(review, 0, &err), 1);
	assert_int_equal(review_record(review, 0)->state, STATE_UNTOUCHED);
	review_totals(review, &totals);
	assert_int_equal(totals.hard, 2);
	assert_int_equal(totals.decided, 1);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(record, 0);
	assert_false(review_record(review, 0)->hard);
	assert_int_equal(review_set_note(review, 0, "a\tb", &err), -1);
	assert_int_equal(review_set_note(review, 0, "\xff", &err), -1);
	memset(long_note, 'x', NOTE_LIMIT + 1);
	long_note[NOTE_LIMIT + 1] = '\0';
	assert_int_equal(review_set_note(review, 0, long_note, &err), -1);
	long_note[NOTE_LIMIT] = '\0';
	assert_int_equal(review_set_note(review, 0, long_note, &err), 1);
	assert_int_equal(review_set_note(review, 0, "", &err), 1);
	assert_null(review_record(review, 0)->note);
	review_free(review);
	free(long_note);

	/* All of it is there again, and can be undone step by step. */
	review = open_review(NULL, &err);
	review_summary(review, 1, &summary);
	assert_true(summary.hard && summary.noted);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(review_undo(review, &record, &err), 1); /* the tag */
	assert_int_equal(review_record(review, 1)->state, STATE_UNTOUCHED);
	assert_true(review_record(review, 1)->hard);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_null(review_record(review, 1)->note);
	assert_true(review_record(review, 1)->hard);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_false(review_record(review, 1)->hard);
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_string_equal(review_record(review, 1)->note, "NASA: \"org\"?");

	/* What is written on a record is not written into the file. */
	assert_int_equal(review_export(review, out_path, REVIEW_REPLACE, &err), 0);
	assert_in_file(out_path, text);
	review_free(review);
}

#define SHA2 "f2ee50ab2633d431107a165c7a93def27bb5d5dee0b370b22d87cc07f8358119" /* NASA rocks */

static void test_lines_of_old_and_broken_ones(void **state)
{
	static const char old[] =
		"{\"journal\":\"tagsight-review\",\"version\":1,\"text\":\"t.txt\"}\n"
		"{\"do\":\"edit\",\"edit\":1,\"record\":1,\"words_sha256\":\"" SHA2 "\",\"what\":\"set\","
		"\"begin\":0,\"end\":1,\"tags\":[\"B-ORG\",\"O\"],\"state\":\"edited\"}\n";
	static const char *const broken[] = { "\"hard\":1", "\"note\":[]" };
	struct err err = ERR_INIT;
	struct review *review;
	struct buf note = BUF_INIT;

	(void)state;
	write_file(text_path, text);
	write_file(own_path, old);
	review = open_review("anna", &err);
	assert_non_null(review);
	assert_string_equal(review_record(review, 1)->tags[0], "B-ORG");
	assert_false(review_record(review, 1)->hard);
	review_free(review);
	for (size_t i = 0; i < 2; i++) {
		struct buf line = BUF_INIT;

		buf_add(&line, old, strlen(old) - 2);
		buf_add_format(&line, ",%s}\n", broken[i]);
		write_file(own_path, line.data);
		buf_release(&line);
		assert_null(open_review(NULL, &err));
		assert_int_equal(err.line, 2);
	}

	/* Read while another has it open, with a last line that is not finished. */
	start_anew();
	review = open_review("anna", &err);
	assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 1);
	{
		struct review *reader = review_open(text_path, &err);
		FILE *stream = fopen(own_path, "a");

		fputs("{\"do\":\"ed", stream);
		fclose(stream);
		assert_int_equal(review_read_journal(reader, own_path, &note, &err), 0);
		assert_string_equal(review_record(reader, 1)->tags[0], "B-ORG");
		review_free(reader);
		assert_in_file(own_path, "{\"do\":\"ed");
	}
	review_free(review);
	buf_release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_the_journal_says_whose_and_of_what),
		cmocka_unit_test(test_hard_and_note),
		cmocka_unit_test(test_lines_of_old_and_broken_ones),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
