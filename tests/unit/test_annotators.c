/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/review/annotators.h"
#include "tests/unit/test_folder.h"

#include <string.h>
#include <unistd.h>

static char text_path[64], own_path[64], out_path[64];

static const char text[] = "IMGID:1\nRT\tO\nGeorge\tB-PER\nZimmerman\tI-PER\n\n"
			   "IMGID:2\nNASA\tO\nrocks\tO\n\n";

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(own_path, sizeof(own_path), "%s/kept/t.anna.jsonl", test_folder);
	snprintf(out_path, sizeof(out_path), "%s/out.txt", test_folder);
	return 0;
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
	test_write(text_path, text);
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
	test_write(text_path, text);
	test_write(own_path, old);
	review = open_review("anna", &err);
	assert_non_null(review);
	assert_string_equal(review_record(review, 1)->tags[0], "B-ORG");
	assert_false(review_record(review, 1)->hard);
	review_free(review);
	for (size_t i = 0; i < 2; i++) {
		struct buf line = BUF_INIT;

		buf_add(&line, old, strlen(old) - 2);
		buf_add_format(&line, ",%s}\n", broken[i]);
		test_write(own_path, line.data);
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

/* ---- adjudication ---- */

static const char three[] = "IMGID:1\nRT\tO\nGeorge\tB-PER\nZimmerman\tI-PER\nin\tO\nParis\tO\n\n"
			    "IMGID:2\nNASA\tO\nrocks\tO\n\n"
			    "IMGID:3\nso\tO\nLondon\tO\n\n";

static char annotator_paths[2][64];

/* Open the text as one of the annotators, 0 or 1. */
static struct review *open_as(size_t annotator)
{
	static const char *const names[] = { "anna", "ben" };
	struct buf note = BUF_INIT;
	struct err err = ERR_INIT;
	struct review *review = review_open(text_path, &err);

	snprintf(annotator_paths[annotator], sizeof(annotator_paths[0]), "%s/%s.jsonl", test_folder,
		 names[annotator]);
	assert_int_equal(review_set_annotator(review, names[annotator], &err), 0);
	assert_int_equal(review_attach_journal(review, annotator_paths[annotator], &note, &err), 0);
	buf_release(&note);
	return review;
}

/* Both agree on record 1 and not on record 0; nobody looked at record 2. */
static void annotate(void)
{
	struct err err = ERR_INIT;
	struct review *review;

	test_write(text_path, three);
	unlink(own_path);
	for (size_t i = 0; i < 2; i++) {
		unlink(annotator_paths[i]);
		review = open_as(i);
		assert_int_equal(review_set(review, 0, 4, 5, "LOC", &err), 1);
		assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 1);
		if (i == 0) {
			assert_int_equal(review_clear(review, 0, 1, 2, &err), 1);
		} else {
			assert_int_equal(review_set(review, 0, 0, 1, "ORG", &err), 1);
			assert_int_equal(review_set_note(review, 0, "who?", &err), 1);
		}
		review_free(review);
	}
}

static struct review *adjudicate(struct err *err)
{
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, err);

	assert_int_equal(review_add_annotator(review, "anna", annotator_paths[0], err), 0);
	assert_int_equal(review_add_annotator(review, "ben", annotator_paths[1], err), 0);
	if (review_attach_journal(review, own_path, &note, err) < 0)
		fail_msg("%s", err->text);
	if (review_finish(review, err) < 0)
		fail_msg("%s", err->text);
	buf_release(&note);
	return review;
}

static void assert_tags(const struct review *review, size_t number, const char *expected)
{
	const struct review_record *record = review_record(review, number);
	struct buf got = BUF_INIT;

	for (size_t i = 0; i < record->sentence.n_tokens; i++)
		buf_add_format(&got, "%s%s", i ? " " : "", record->tags[i]);
	assert_string_equal(got.data, expected);
	buf_release(&got);
}

static void test_what_all_agree_on_is_taken(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;
	struct review_totals totals;
	const struct review_record *record;
	size_t number = 99;

	(void)state;
	annotate();
	review = adjudicate(&err);
	record = review_record(review, 0);
	assert_int_equal(record->n_readings, 2);
	assert_string_equal(record->readings[1].annotator, "ben");
	assert_string_equal(record->readings[1].tags[0], "B-ORG");
	assert_string_equal(record->readings[1].note, "who?");
	assert_string_equal(record->readings[0].tags[1], "O");
	assert_tags(review, 0, "O O O O B-LOC");
	assert_tags(review, 1, "B-ORG O");
	assert_tags(review, 2, "O O");
	assert_int_equal(review_record(review, 0)->state, STATE_UNTOUCHED);
	assert_int_equal(review_record(review, 1)->state, STATE_ACCEPTED);
	assert_int_equal(review_record(review, 2)->state, STATE_UNTOUCHED);
	review_totals(review, &totals);
	assert_int_equal(totals.disagreeing, 1);
	assert_int_equal(totals.open, 1);
	assert_int_equal(review_seek(review, GOAL_DISAGREEMENT, NULL, 1, true), 0);
	record = review_record(review, 0);
	assert_int_equal(review_find_difference(record, 0, true), 0);
	assert_int_equal(review_find_difference(record, 1, true), 1);
	assert_int_equal(review_find_difference(record, 2, true), SIZE_MAX);
	assert_true(review_disagrees(record));
	assert_false(review_disagrees(review_record(review, 1)));

	/* Nobody's edit is undone. */
	assert_int_equal(review_undo(review, &number, &err), 0);
	assert_int_equal(review_take_span(review, 0, 1, 1, &err), 1);
	assert_tags(review, 0, "O B-PER I-PER O B-LOC");
	assert_int_equal(review_take_span(review, 0, 0, 1, &err), 1);
	assert_tags(review, 0, "O O O O B-LOC");
	assert_int_equal(review_take(review, 0, 1, &err), 1);
	assert_tags(review, 0, "B-ORG B-PER I-PER O B-LOC");
	assert_int_equal(review_take(review, 0, 7, &err), 0);
	assert_int_equal(review_take_span(review, 2, 0, 0, &err), 1);
	assert_int_equal(review_take_span(review, 2, 0, 0, &err), 0);
	assert_int_equal(review_undo(review, &number, &err), 1);
	assert_int_equal(review_undo(review, &number, &err), 1);
	assert_int_equal(review_undo(review, &number, &err), 1);
	assert_int_equal(review_undo(review, &number, &err), 1);
	assert_int_equal(review_undo(review, &number, &err), 0);
	assert_tags(review, 0, "O O O O B-LOC");
	assert_int_equal(review_accept_gold(review, 0, &err), 1);
	assert_tags(review, 0, "O O O O B-LOC");
	assert_int_equal(review_take(review, 0, 1, &err), 1);
	review_free(review);
	assert_in_file(own_path, "\"what\":\"take\"");
	assert_in_file(own_path, "\"from\":\"ben\"");
}

static void test_an_adjudication_goes_on(void **state)
{
	struct err err = ERR_INIT;
	struct buf before = BUF_INIT, after = BUF_INIT, note = BUF_INIT;
	struct review *review;

	(void)state;
	annotate();
	review = adjudicate(&err);
	assert_int_equal(review_toggle_hard(review, 0, &err), 1);
	review_free(review);
	assert_int_equal(file_read_all(own_path, &before, 1 << 20, &err), 0);
	review = adjudicate(&err);
	review_free(review);
	assert_int_equal(file_read_all(own_path, &after, 1 << 20, &err), 0);
	assert_string_equal(before.data, after.data);

	/* Of what nobody decided, what annotators change later comes in; the rest stays as decided. */
	review = open_as(0);
	assert_int_equal(review_accept_gold(review, 1, &err), 1);
	assert_int_equal(review_set(review, 2, 1, 2, "LOC", &err), 1);
	review_free(review);
	review = open_as(1);
	assert_int_equal(review_set(review, 2, 1, 2, "LOC", &err), 1);
	review_free(review);
	review = adjudicate(&err);
	assert_tags(review, 1, "O O");
	assert_int_equal(review_record(review, 1)->state, STATE_UNTOUCHED);
	assert_tags(review, 2, "O B-LOC");
	assert_true(review_record(review, 0)->hard);
	assert_int_equal(review_set(review, 1, 0, 2, "MISC", &err), 1);
	review_free(review);
	review = open_as(1);
	assert_int_equal(review_accept_gold(review, 1, &err), 1);
	review_free(review);
	review = adjudicate(&err);
	assert_tags(review, 1, "B-MISC I-MISC");
	review_free(review);

	/* The final version is a journal as others are. */
	review = review_open(text_path, &err);
	assert_int_equal(review_read_journal(review, own_path, &note, &err), 0);
	assert_tags(review, 0, "O O O O B-LOC");
	assert_tags(review, 1, "B-MISC I-MISC");
	assert_tags(review, 2, "O B-LOC");
	review_free(review);
	buf_release(&before);
	buf_release(&after);
	buf_release(&note);
}

/* By hand: of 9 words 6 have the same tag; anna has 7 O, 1 B-LOC and 1 B-ORG, ben 4 O, 1 B-LOC, 2 B-ORG
 * and 2 others. anna has 2 spans, ben 4, and 2 are the same. */
static void test_agreement_is_counted(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;
	struct review_agreement agreement;
	double p = 6.0 / 9, e = (7.0 * 4 + 1 * 1 + 1 * 2) / 81;

	(void)state;
	annotate();
	review = review_open(text_path, &err);
	assert_false(review_agreement(review, &agreement));
	review_free(review);
	review = adjudicate(&err);
	assert_true(review_agreement(review, &agreement));
	assert_int_equal(agreement.n_annotators, 2);
	assert_int_equal(agreement.units, 9);
	assert_int_equal(agreement.records, 3);
	assert_float_equal(agreement.observed, p, 1e-12);
	assert_float_equal(agreement.cohen, (p - e) / (1 - e), 1e-12);
	assert_float_equal(agreement.f1, 2 * 2.0 / 6, 1e-12);
	review_free(review);
}

static void test_a_journal_that_cannot_be_read(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;

	(void)state;
	annotate();
	test_write(annotator_paths[1], "my notes\n");
	review = review_open(text_path, &err);
	assert_int_equal(review_add_annotator(review, "anna", annotator_paths[0], &err), 0);
	assert_int_equal(review_add_annotator(review, "ben", annotator_paths[1], &err), -1);
	assert_int_equal(err.line, 1);
	assert_string_equal(err.file, annotator_paths[1]);
	review_free(review);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_the_journal_says_whose_and_of_what),
		cmocka_unit_test(test_hard_and_note),
		cmocka_unit_test(test_lines_of_old_and_broken_ones),
		cmocka_unit_test(test_what_all_agree_on_is_taken),
		cmocka_unit_test(test_an_adjudication_goes_on),
		cmocka_unit_test(test_agreement_is_counted),
		cmocka_unit_test(test_a_journal_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
