/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/review/live.h"
#include "tests/unit/test_folder.h"

#include <math.h>
#include <string.h>

static char text_path[64], journal[64], predictions_path[64], live_path[64];

/* The last two have no id, and the same words. */
static const char text[] = "IMGID:1\nGeorge\tB-PER\nZimmerman\tI-PER\n\n"
			   "IMGID:2\nthe\tO\nGrammys\tB-OTHER\n\n"
			   "IMGID:3\n\n"
			   "caf\xe9\tO\n\n"
			   "caf\xe9\tO\n\n";

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(journal, sizeof(journal), "%s/t.jsonl", test_folder);
	snprintf(predictions_path, sizeof(predictions_path), "%s/p.jsonl", test_folder);
	snprintf(live_path, sizeof(live_path), "%s/deep/live.jsonl", test_folder);
	return 0;
}

static int clean(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	unlink(live_path);
	unlink(predictions_path);
	unlink(journal);
	return file_write_all(text_path, text, strlen(text), &err);
}

static struct review *open_text(void)
{
	struct err err = ERR_INIT;
	struct review *review = review_open(text_path, &err);

	if (!review)
		fail_msg("%s", err.text);
	return review;
}

/* A review that takes predictions of a model. */
static struct review *open_with(const char *model)
{
	struct review *review = open_text();
	struct err err = ERR_INIT;

	assert_int_equal(review_finish(review, &err), 0);
	assert_int_equal(review_keep_predictions(review, live_path, model, &err), 0);
	assert_int_equal(review_finish(review, &err), 0);
	assert_true(review_takes_predictions(review));
	return review;
}

static int put(struct review *review, size_t record, const char *const *tags, size_t n,
	       float confidence)
{
	const float confidences[4] = { 1, confidence, 1, 1 };
	const char *copies[4];
	struct prediction prediction = { .n = n, .tags = copies, .raw = copies,
					 .confidence = confidences };
	struct err err = ERR_INIT;

	for (size_t i = 0; i < n; i++)
		copies[i] = tags[i];
	return review_put_prediction(review, record, &prediction, &err);
}

static const char *const person[] = { "B-PER", "I-PER" };
static const char *const misc[] = { "O", "B-MISC" };
static const char *const outside[] = { "O", "O", "O" };

static void test_a_prediction_is_joined(void **state)
{
	struct review *review = open_with("m");
	struct review_summary summary;
	struct review_totals totals;
	const struct review_record *record;

	(void)state;
	assert_true(review_lacks_prediction(review, 0));
	assert_null(review_record(review, 0)->predicted);
	assert_int_equal(put(review, 0, outside, 2, 0.5F), 1);
	assert_false(review_lacks_prediction(review, 0));
	record = review_record(review, 0);
	assert_string_equal(record->predicted[0], "O");
	assert_true(record->confidence[1] == 0.5F);
	review_summary(review, 0, &summary);
	assert_true(summary.predicted);
	assert_int_equal(summary.differing, 1);
	assert_true(summary.confidence == 0.5F);
	review_totals(review, &totals);
	assert_int_equal(totals.open, 1);
	review_free(review);
}

/* The data say OTHER where the model says MISC. */
static void test_the_data_decide_the_spelling(void **state)
{
	struct review *review = open_with("m");

	(void)state;
	assert_int_equal(put(review, 1, misc, 2, 1), 1);
	assert_string_equal(review_record(review, 1)->predicted[1], "B-OTHER");
	assert_false(review_disagrees(review_record(review, 1)));
	review_free(review);
}

static void test_what_does_not_fit_is_refused(void **state)
{
	static const char *const odd[] = { "O", "B-A B" };
	struct review *review = open_with("m");

	(void)state;
	assert_int_equal(put(review, 0, outside, 3, 1), 0);
	assert_int_equal(put(review, 0, outside, 1, 1), 0);
	assert_int_equal(put(review, 0, outside, 2, NAN), 0);
	assert_int_equal(put(review, 0, outside, 2, 1.5F), 0);
	assert_int_equal(put(review, 0, odd, 2, 1), 0);
	assert_int_equal(put(review, 5, outside, 2, 1), 0);
	assert_int_equal(put(review, 2, outside, 0, 1), 0);
	assert_false(review_lacks_prediction(review, 2));
	assert_true(review_lacks_prediction(review, 0));
	assert_int_equal(put(review, 0, person, 2, 1), 1);
	assert_int_equal(put(review, 0, outside, 2, 1), 0);
	assert_string_equal(review_record(review, 0)->predicted[0], "B-PER");
	review_free(review);
}

static void test_edits_stay_and_the_journal_holds_nothing_else(void **state)
{
	struct review *review = open_text();
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT, before = BUF_INIT, after = BUF_INIT;
	struct review_totals totals;

	(void)state;
	assert_int_equal(review_attach_journal(review, journal, &note, &err), 0);
	assert_int_equal(review_keep_predictions(review, live_path, "m", &err), 0);
	assert_int_equal(review_set(review, 0, 0, 1, "LOC", &err), 1);
	assert_int_equal(file_read_all(journal, &before, 1 << 20, &err), 0);
	assert_int_equal(put(review, 0, person, 2, 1), 1);
	assert_int_equal(file_read_all(journal, &after, 1 << 20, &err), 0);
	assert_string_equal(before.data, after.data);
	assert_string_equal(review_record(review, 0)->tags[0], "B-LOC");
	assert_int_equal(review_record(review, 0)->state, STATE_EDITED);
	review_totals(review, &totals);
	assert_int_equal(totals.disagreeing, 1);
	assert_int_equal(totals.open, 0);
	assert_int_equal(review_accept_prediction(review, 0, &err), 1);
	assert_string_equal(review_record(review, 0)->tags[1], "I-PER");
	review_free(review);
	buf_release(&note);
	buf_release(&before);
	buf_release(&after);
}

static void test_a_later_review_finds_them(void **state)
{
	struct review *review = open_with("m");

	(void)state;
	assert_int_equal(put(review, 4, outside, 1, 1), 1);
	assert_int_equal(put(review, 1, misc, 2, 0.25F), 1);
	review_free(review);
	review = open_with("m");
	assert_true(review_lacks_prediction(review, 0));
	assert_true(review_lacks_prediction(review, 3));
	assert_false(review_lacks_prediction(review, 4));
	assert_true(review_record(review, 1)->confidence[1] == 0.25F);
	assert_int_equal(put(review, 0, person, 2, 1), 1);
	review_free(review);
	review = open_with("m");
	assert_string_equal(review_record(review, 0)->predicted[1], "I-PER");
	assert_string_equal(review_record(review, 1)->predicted[1], "B-OTHER");
	review_free(review);
	/* What another model said is not mixed in. */
	review = open_with("n");
	assert_true(review_lacks_prediction(review, 0));
	review_free(review);
	review = open_with("m");
	assert_true(review_lacks_prediction(review, 1));
	review_free(review);
}

static void append_bytes(const char *path, const char *bytes)
{
	FILE *stream = fopen(path, "ae");

	assert_non_null(stream);
	fputs(bytes, stream);
	assert_int_equal(fclose(stream), 0);
}

static void test_a_damaged_file(void **state)
{
	static const char *const tails[] = {
		"{\"record\":1,\"id\":\"2\",\"tok",
		"{\"record\":1e300}\n{\"record\":-1}\n[1]\nnull\n{}\n\n{\"record\":1,\"id\":7}\n",
		"{\"record\":0,\"id\":\"2\",\"tokens\":[\"a\",\"b\"],\"tags\":[\"O\",\"O\"],\"raw\":"
		"[\"O\",\"O\"],\"confidence\":[1,1]}\n\x01\x02",
	};

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		struct review *review;

		clean(state);
		review = open_with("m");
		assert_int_equal(put(review, 0, person, 2, 1), 1);
		review_free(review);
		append_bytes(live_path, tails[i]);
		review = open_with("m");
		assert_false(review_lacks_prediction(review, 0));
		assert_true(review_lacks_prediction(review, 1));
		assert_int_equal(put(review, 1, misc, 2, 1), 1);
		review_free(review);
		review = open_with("m");
		assert_string_equal(review_record(review, 1)->predicted[1], "B-OTHER");
		review_free(review);
	}
}

static void test_a_file_of_something_else_is_begun_anew(void **state)
{
	static const char *const others[] = { "", "\n", "x", "x\n", "[]\n",
					      "{\"review-predictions\":2,\"model\":\"m\"}\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct err err = ERR_INIT;
		struct buf now = BUF_INIT;

		assert_int_equal(file_write_all(live_path, others[i], strlen(others[i]), &err), 0);
		review_free(open_with("m"));
		assert_int_equal(file_read_all(live_path, &now, 1 << 20, &err), 0);
		assert_string_equal(now.data, "{\"review-predictions\":1,\"model\":\"m\"}\n");
		buf_release(&now);
	}
}

/* The other one goes on without a file. */
static void test_two_reviews_at_once(void **state)
{
	struct review *one = open_with("m"), *other = open_with("m");

	(void)state;
	assert_int_equal(put(one, 0, person, 2, 1), 1);
	assert_int_equal(put(other, 0, outside, 2, 1), 1);
	assert_string_equal(review_record(one, 0)->predicted[0], "B-PER");
	assert_string_equal(review_record(other, 0)->predicted[0], "O");
	review_free(other);
	review_free(one);
	one = open_with("m");
	assert_string_equal(review_record(one, 0)->predicted[0], "B-PER");
	review_free(one);
}

static void test_only_what_a_file_lacks(void **state)
{
	static const char file[] =
		"{\"id\":\"1\",\"tokens\":[\"George\",\"Zimmerman\"],\"tags\":[\"O\",\"O\"],"
		"\"raw\":[\"O\",\"O\"],\"confidence\":[1,1]}\n";
	struct review *review = open_text();
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;

	(void)state;
	assert_false(review_expects_predictions(review));
	assert_int_equal(file_write_all(predictions_path, file, strlen(file), &err), 0);
	assert_int_equal(review_read_predictions(review, predictions_path, &note, &err), 0);
	assert_int_equal(review_finish(review, &err), 0);
	assert_false(review_expects_predictions(review));
	assert_int_equal(review_keep_predictions(review, live_path, "m", &err), 0);
	assert_false(review_lacks_prediction(review, 0));
	assert_int_equal(put(review, 0, person, 2, 1), 0);
	assert_int_equal(put(review, 1, misc, 2, 1), 1);
	assert_string_equal(review_record(review, 0)->predicted[0], "O");
	assert_string_equal(review_record(review, 1)->predicted[1], "B-OTHER");
	review_free(review);
	buf_release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_prediction_is_joined, clean),
		cmocka_unit_test_setup(test_the_data_decide_the_spelling, clean),
		cmocka_unit_test_setup(test_what_does_not_fit_is_refused, clean),
		cmocka_unit_test_setup(test_edits_stay_and_the_journal_holds_nothing_else, clean),
		cmocka_unit_test_setup(test_a_later_review_finds_them, clean),
		cmocka_unit_test_setup(test_a_damaged_file, clean),
		cmocka_unit_test_setup(test_a_file_of_something_else_is_begun_anew, clean),
		cmocka_unit_test_setup(test_two_reviews_at_once, clean),
		cmocka_unit_test_setup(test_only_what_a_file_lacks, clean),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
