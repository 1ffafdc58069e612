/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/review/review.h"
#include "lib/review/tags.h"
#include "tests/unit/test_folder.h"

#include <string.h>

static char text_path[64], journal_path_[64], out_path[64];

static const char text[] = "IMGID:1\n"
			   "RT\tO\n"
			   "George\tB-PER\n"
			   "Zimmerman\tI-PER\n"
			   "in\tO\n"
			   "Paris\tB-LOC\n"
			   "\n"
			   "IMGID:2\r\n"
			   "NASA\tO\r\n"
			   "rocks\tO\r\n"
			   "\r\n"
			   "IMGID:3\n"
			   "the O\n"
			   "Grammys  B-OTHER \n";

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(journal_path_, sizeof(journal_path_), "%s/j/t.jsonl", test_folder);
	snprintf(out_path, sizeof(out_path), "%s/out.txt", test_folder);
	return 0;
}

/* A review of `text` with a journal, whose notes are dropped. */
static struct review *open_review(void)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, &err);

	assert_non_null(review);
	if (review_attach_journal(review, journal_path_, &note, &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&note);
	return review;
}

/* The tags of a record with one blank between them. */
static const char *tags_of(const struct review *review, size_t record)
{
	static char joined[512];
	const struct review_record *r = review_record(review, record);
	size_t used = 0;

	joined[0] = '\0';
	for (size_t i = 0; i < r->sentence.n_tokens; i++)
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%s", i ? " " : "",
					 r->tags[i]);
	return joined;
}

static void assert_exported(struct review *review, const char *expected)
{
	struct err err = ERR_INIT;
	struct buf got = BUF_INIT;

	if (review_export(review, out_path, REVIEW_REPLACE, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(file_read_all(out_path, &got, 1 << 20, &err), 0);
	assert_string_equal(got.data, expected);
	buf_release(&got);
}

static void test_spans_of_tags(void **state)
{
	static const char *const tags[] = { "I-LOC", "B-PER", "I-PER", "I-LOC",
					    "O",     "B-PER", "B-PER" };
	static const char *const same[] = { "B-LOC", "B-PER", "I-PER", "B-LOC",
					    "O",     "B-PER", "B-PER" };
	static const char *const other[] = { "B-LOC", "B-PER", "B-PER", "B-LOC",
					     "O",     "B-PER", "B-PER" };
	struct tag_span span;

	(void)state;
	assert_true(tags_next_span(tags, 7, 0, &span));
	assert_int_equal(span.end, 1);
	assert_true(tags_span_at(tags, 7, 2, &span));
	assert_int_equal(span.begin, 1);
	assert_int_equal(span.end, 3);
	assert_string_equal(span.type, "PER");
	assert_true(tags_have_span(same, 7, &span));
	assert_false(tags_have_span(other, 7, &span));
	assert_false(tags_span_at(tags, 7, 4, &span));
	assert_false(tags_next_span(tags, 7, 7, &span));
	assert_true(tags_same_spans(tags, same, 7));
	assert_false(tags_same_spans(tags, other, 7));
}

static void test_valid_tags(void **state)
{
	(void)state;
	assert_true(tag_is_valid("O"));
	assert_true(tag_is_valid("B-PER"));
	assert_false(tag_is_valid(""));
	assert_false(tag_is_valid("B-"));
	assert_false(tag_is_valid("X-PER"));
	assert_false(tag_is_valid("B-PER LOC"));
	assert_false(tag_is_valid("B-PER\n"));
	assert_false(tag_is_valid("B-\xff"));
}

static void test_types_keep_the_datas_spelling(void **state)
{
	struct entity_types types;

	(void)state;
	entity_types_init(&types);
	assert_string_equal(entity_types_for_key(&types, 'm'), "MISC");
	assert_int_equal(entity_types_add(&types, "B-OTHER"), 0);
	assert_int_equal(entity_types_add(&types, "O"), 0);
	assert_int_equal(entity_types_add(&types, "I-person"), 0);
	assert_int_equal(entity_types_add(&types, "B-TVSHOW"), 0);
	assert_string_equal(entity_types_for_key(&types, 'm'), "OTHER");
	assert_string_equal(entity_types_for_key(&types, 'p'), "person");
	assert_string_equal(entity_types_for_key(&types, 'l'), "LOC");
	assert_string_equal(entity_types_for_key(&types, '1'), "TVSHOW");
	assert_null(entity_types_for_key(&types, '2'));
	assert_null(entity_types_for_key(&types, 'z'));
	assert_string_equal(entity_types_spelling(&types, "MISC"), "OTHER");
	assert_string_equal(entity_types_spelling(&types, "PER"), "person");
	assert_string_equal(entity_types_spelling(&types, "DATE"), "DATE");
	entity_types_release(&types);
}

static void test_edits_undo_and_redo(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;
	size_t record = 99;

	(void)state;
	test_write(text_path, text);
	unlink(journal_path_);
	review = open_review();
	assert_int_equal(review_count(review), 3);
	assert_int_equal(review_undo(review, &record, &err), 0);
	assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 1);
	assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 0);
	assert_int_equal(review_set(review, 0, 2, 5, "LOC", &err), 1);
	assert_string_equal(tags_of(review, 0), "O O B-LOC I-LOC I-LOC");
	assert_int_equal(review_clear(review, 0, 3, 4, &err), 1);
	assert_string_equal(tags_of(review, 0), "O O O O O");
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(record, 0);
	assert_string_equal(tags_of(review, 0), "O O B-LOC I-LOC I-LOC");
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_string_equal(tags_of(review, 0), "O B-PER I-PER O B-LOC");
	assert_int_equal(review_record(review, 0)->state, STATE_UNTOUCHED);
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_string_equal(tags_of(review, 0), "O O B-LOC I-LOC I-LOC");
	assert_int_equal(review_accept_gold(review, 0, &err), 1);
	assert_string_equal(tags_of(review, 0), "O B-PER I-PER O B-LOC");
	assert_int_equal(review_record(review, 0)->state, STATE_ACCEPTED);
	assert_int_equal(review_redo(review, &record, &err), 0);
	review_free(review);

	/* What was decided, and what can be undone, is there again. */
	review = open_review();
	assert_string_equal(tags_of(review, 1), "B-ORG O");
	assert_int_equal(review_record(review, 0)->state, STATE_ACCEPTED);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_string_equal(tags_of(review, 0), "O O B-LOC I-LOC I-LOC");
	review_free(review);
	review = open_review();
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_int_equal(review_record(review, 0)->state, STATE_ACCEPTED);
	review_free(review);
}

static void test_export_changes_only_tags(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;

	(void)state;
	test_write(text_path, text);
	unlink(journal_path_);
	review = open_review();
	assert_exported(review, text);
	assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 1);
	assert_int_equal(review_set(review, 2, 0, 2, "OTHER", &err), 1);
	assert_exported(review,
			"IMGID:1\nRT\tO\nGeorge\tB-PER\nZimmerman\tI-PER\nin\tO\nParis\tB-LOC\n\n"
			"IMGID:2\r\nNASA\tB-ORG\r\nrocks\tO\r\n\r\n"
			"IMGID:3\nthe B-OTHER\nGrammys  I-OTHER \n");
	assert_int_equal(review_export(review, out_path, REVIEW_NEW_FILE, &err), -1);
	assert_non_null(strstr(err.text, "exists"));
	assert_int_equal(review_export(review, text_path, REVIEW_REPLACE, &err), -1);
	assert_non_null(strstr(err.text, "original"));
	test_write(text_path, "IMGID:1\nchanged\tO\n");
	assert_int_equal(review_export(review, out_path, REVIEW_REPLACE, &err), -1);
	assert_non_null(strstr(err.text, "changed since"));
	review_free(review);
}

static void test_export_of_odd_files(void **state)
{
	static const char *const odd[] = { "", "\n\n\n", "\xef\xbb\xbfone\n\ntwo\tO", "a b\nc\n",
					   "IMGID:7\n\nIMGID:8\nx\t\n", "a\tO\rb\tO\r\r",
					   "-DOCSTART- O\n\n\xff\xfe\tO\n" };
	struct err err = ERR_INIT;
	struct review *review;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		test_write(text_path, odd[i]);
		review = review_open(text_path, &err);
		assert_non_null(review);
		assert_exported(review, odd[i]);
		review_free(review);
	}
	test_write(text_path, "one\ntwo \n");
	review = review_open(text_path, &err);
	assert_int_equal(review_set(review, 0, 0, 2, "PER", &err), 1);
	assert_exported(review, "one\tB-PER\ntwo\tI-PER\n");
	review_free(review);
}

static void test_changed_words_are_noticed(void **state)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review;

	(void)state;
	test_write(text_path, text);
	unlink(journal_path_);
	review = open_review();
	assert_int_equal(review_set(review, 0, 0, 1, "ORG", &err), 1);
	assert_int_equal(review_set(review, 1, 0, 1, "ORG", &err), 1);
	review_free(review);

	/* The first tweet has other words; the second has moved down. */
	test_write(text_path,
		   "IMGID:1\nQT\tO\n\nIMGID:9\nnew\tO\n\nIMGID:2\nNASA\tO\nrocks\tO\n\n");
	review = review_open(text_path, &err);
	assert_int_equal(review_attach_journal(review, journal_path_, &note, &err), 0);
	assert_non_null(strstr(note.data, "1 decisions are about words"));
	assert_string_equal(tags_of(review, 0), "O");
	assert_string_equal(tags_of(review, 2), "B-ORG O");
	review_free(review);
	buf_release(&note);
}

static void test_predictions_join_by_order_and_id(void **state)
{
	static const char lines[] =
		"{\"id\":\"3\",\"tokens\":[\"the\",\"Grammys\"],\"gold\":[\"O\",\"B-OTHER\"],"
		"\"tags\":[\"B-MISC\",\"I-MISC\"],\"raw\":[\"B-MISC\",\"I-MISC\"],\"confidence\":["
		"0.5,0.75]}\n"
		"{\"id\":\"4\",\"tokens\":[\"x\"],\"tags\":[\"O\"],\"raw\":[\"O\"],\"confidence\":["
		"1]}\n"
		"nonsense\n";
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	char path[64];
	struct review *review;
	size_t record;

	(void)state;
	test_write(text_path, text);
	unlink(journal_path_);
	snprintf(path, sizeof(path), "%s/p.jsonl", test_folder);
	test_write(path, lines);
	review = open_review();
	assert_int_equal(review_read_predictions(review, path, &note, &err), 0);
	assert_non_null(strstr(note.data, "2 predictions"));
	assert_false(review_disagrees(review_record(review, 0)));
	assert_true(review_disagrees(review_record(review, 2)));
	assert_int_equal(review_seek(review, GOAL_DISAGREEMENT, NULL, 0, true), 2);
	assert_int_equal(review_accept_span(review, 2, 0, &err), 1);
	assert_string_equal(tags_of(review, 2), "B-OTHER I-OTHER");
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(review_accept_prediction(review, 2, &err), 1);
	assert_string_equal(tags_of(review, 2), "B-OTHER I-OTHER");
	assert_int_equal(review_accept_prediction(review, 0, &err), 0);
	assert_int_equal(review_seek(review, GOAL_DISAGREEMENT, NULL, 0, true), SIZE_MAX);
	review_free(review);
	buf_release(&note);
}

static void test_findings_find_their_record(void **state)
{
	struct finding finding = { .level = LEVEL_ERROR, .rule = "tag-unknown", .file = text_path,
				   .line = 9, .message = "m" };
	struct err err = ERR_INIT;
	struct finding_sink *sink;
	struct review *review;

	(void)state;
	test_write(text_path, text);
	review = review_open(text_path, &err);
	sink = review_finding_sink(review);
	sink->add(sink, &finding);
	finding.file = "elsewhere/1.jpg";
	finding.line = 0;
	finding.record = "IMGID:3";
	finding.fix = "f";
	sink->add(sink, &finding);
	assert_string_equal(review_record(review, 1)->findings->rule, "tag-unknown");
	assert_int_equal(review_record(review, 1)->findings->word, 0);
	assert_null(review_record(review, 0)->findings);
	assert_string_equal(review_record(review, 2)->findings->fix, "f");
	assert_int_equal(review_record(review, 2)->findings->word, SIZE_MAX);
	assert_int_equal(review_seek(review, GOAL_FINDING, NULL, 0, true), 1);
	assert_int_equal(review_seek(review, GOAL_FINDING, NULL, 0, false), 2);
	review_free(review);
}

static void test_search(void **state)
{
	struct err err = ERR_INIT;
	struct review *review;

	(void)state;
	test_write(text_path, text);
	review = review_open(text_path, &err);
	assert_int_equal(review_seek(review, GOAL_TEXT, "nasa R", 0, true), 1);
	assert_int_equal(review_seek(review, GOAL_TEXT, "zimmerman in", 0, true), 0);
	assert_int_equal(review_find_word(review_record(review, 0), "zimmerman in"), 2);
	assert_int_equal(review_find_word(review_record(review, 0), "man"), 2);
	assert_int_equal(review_seek(review, GOAL_TEXT, "nowhere", 0, true), SIZE_MAX);
	review_free(review);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans_of_tags),
		cmocka_unit_test(test_valid_tags),
		cmocka_unit_test(test_types_keep_the_datas_spelling),
		cmocka_unit_test(test_edits_undo_and_redo),
		cmocka_unit_test(test_export_changes_only_tags),
		cmocka_unit_test(test_export_of_odd_files),
		cmocka_unit_test(test_changed_words_are_noticed),
		cmocka_unit_test(test_predictions_join_by_order_and_id),
		cmocka_unit_test(test_findings_find_their_record),
		cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
