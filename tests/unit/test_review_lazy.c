/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/formats/conll.h"
#include "lib/review/review.h"
#include "tests/unit/test_folder.h"

#include <string.h>
#include <unistd.h>

#define TWEETS 30000

static char text_path[64], journal_path_[64], predictions_path[64], out_path[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(journal_path_, sizeof(journal_path_), "%s/t.jsonl", test_folder);
	snprintf(predictions_path, sizeof(predictions_path), "%s/p.jsonl", test_folder);
	snprintf(out_path, sizeof(out_path), "%s/out.txt", test_folder);
	return 0;
}

static void write_bytes(const char *path, const void *bytes, size_t length)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_write_all(path, bytes, length, &err), 0);
}

/* Tweets of three words, of which the last ones are OTHER from record `others` on. */
static void make_text(struct buf *text, size_t others)
{
	buf_clear(text);
	for (size_t i = 0; i < TWEETS; i++)
		buf_add_format(text, "IMGID:%zu\nRT\tO\nword%zu\tB-PER\n%s\t%s\n\n", i + 1, i,
			       "somewhere_in_the_middle_of_nowhere", i < others ? "O" : "B-OTHER");
	assert_true(text->length > (1 << 20) + (1 << 19));
	write_bytes(text_path, text->data, text->length);
}

static struct review *open_text(void)
{
	struct err err = ERR_INIT;
	struct review *review = review_open(text_path, &err);

	if (!review)
		fail_msg("%s", err.text);
	return review;
}

static void finish(struct review *review)
{
	struct err err = ERR_INIT;

	if (review_finish(review, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(review_is_complete(review));
	assert_false(review_work(review, 0));
}

static void assert_same_token(const struct token *a, const struct token *b)
{
	assert_int_equal(a->line_number, b->line_number);
	assert_int_equal(a->line_length, b->line_length);
	assert_memory_equal(a->line, b->line, a->line_length);
	assert_int_equal(a->columns, b->columns);
	assert_string_equal(a->word, b->word);
	assert_int_equal(a->tag != NULL, b->tag != NULL);
	if (a->tag)
		assert_string_equal(a->tag, b->tag);
}

static void assert_same_sentence(const struct sentence *a, const struct sentence *b)
{
	assert_int_equal(a->n_tokens, b->n_tokens);
	assert_int_equal(a->id_line, b->id_line);
	assert_int_equal(a->line_number, b->line_number);
	assert_int_equal(a->id != NULL, b->id != NULL);
	if (a->id)
		assert_string_equal(a->id, b->id);
	for (size_t i = 0; i < a->n_tokens; i++)
		assert_same_token(&a->tokens[i], &b->tokens[i]);
}

/* Every record of the review is what the reader of the format gives. */
static void assert_as_read(const struct review *review)
{
	struct err err = ERR_INIT;
	struct conll_reader *reader = conll_open(text_path, &err);
	struct arena arena = ARENA_INIT;
	struct sentence sentence;
	enum read_status status;
	size_t record = 0;

	while ((status = conll_next(reader, &sentence, &arena, &err)) > READ_EOF)
		if (status == READ_OK) {
			assert_true(record < review_count(review));
			assert_same_sentence(&review_record(review, record++)->sentence, &sentence);
		}
	assert_int_equal(status, READ_EOF);
	assert_int_equal(record, review_count(review));
	assert_int_equal(review_fault(review, &err), 0);
	conll_close(reader);
	arena_release(&arena);
}

static void test_hostile_texts_are_read_as_by_the_format(void **state)
{
#define TEXT(bytes) { bytes, sizeof(bytes) - 1 }
	static const struct {
		const char *bytes;
		size_t length;
	} texts[] = {
		TEXT(""),
		TEXT("\n"),
		TEXT("\xef\xbb\xbf"),
		TEXT("\xef\xbb\xbf\xef\xbb\xbfone O\n\ntwo O"),
		TEXT("\xef\xbb\xbf\n\xef\xbb\xbfone O\n"),
		TEXT("a\tO\r\nb\tO\r\n\r\nc\tO\r\n"),
		TEXT("a\tO\rb\tO\r\rIMGID:4\rc\tO\r\r"),
		TEXT("IMGID:1\nIMGID:2\n\nIMGID:\n \nx O\nIMGID:2\ny O"),
		TEXT("a\0b\tB-\0PER\n\n\0\n\nz\tO\n"),
		TEXT("-DOCSTART- O\n\nIMGID:7\n-DOCSTART-\nw O\n\t \nv\t\n"),
		TEXT("\r\n\n\r\r\nlast\xff\xfe"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct review *review;

		write_bytes(text_path, texts[i].bytes, texts[i].length);
		review = open_text();
		finish(review);
		assert_as_read(review);
		review_free(review);
	}
}

static void test_a_line_of_a_megabyte_and_more(void **state)
{
	struct buf text = BUF_INIT;
	struct review *review;
	struct review_totals totals;

	(void)state;
	buf_add_string(&text, "IMGID:1\nshort\tO\n\nIMGID:2\n");
	for (size_t i = 0; i < (size_t)1000000; i++)
		buf_add_char(&text, 'x');
	buf_add_string(&text, "\tB-PER\n\nIMGID:3\nfits\tO\n");
	for (size_t i = 0; i < (size_t)2000000; i++)
		buf_add_char(&text, 'y');
	buf_add_string(&text, "\tO\ngone\tO\nIMGID:4\nkept\tO");
	write_bytes(text_path, text.data, text.length);
	review = open_text();
	finish(review);
	assert_as_read(review);
	assert_int_equal(review_count(review), 3);
	review_totals(review, &totals);
	assert_int_equal(totals.unreadable, 1);
	review_free(review);
	buf_release(&text);
}

static void test_a_large_text_comes_in_slices(void **state)
{
	struct buf text = BUF_INIT;
	struct review *review;
	size_t slices = 0, before;

	(void)state;
	make_text(&text, TWEETS);
	review = open_text();
	before = review_count(review);
	assert_true(before > 1000 && before < TWEETS);
	assert_false(review_is_indexed(review));
	assert_string_equal(review_record(review, before - 1)->sentence.tokens[0].word, "RT");
	while (review_work(review, 0)) {
		assert_true(review_count(review) - before < 100);
		before = review_count(review);
		slices++;
	}
	assert_true(slices > 100);
	assert_true(review_is_indexed(review));
	assert_int_equal(review_count(review), TWEETS);
	assert_as_read(review);
	review_free(review);
	buf_release(&text);
}

static void test_a_record_stays_while_others_are_read(void **state)
{
	struct buf text = BUF_INIT;
	struct review *review;
	const struct review_record *first;
	const char *word;

	(void)state;
	make_text(&text, TWEETS);
	review = open_text();
	first = review_record(review, 7);
	word = first->sentence.tokens[1].word;
	for (size_t i = 100; i < 100 + REVIEW_CACHED - 1; i++)
		assert_int_equal(review_record(review, i)->sentence.record, i);
	assert_ptr_equal(review_record(review, 7), first);
	assert_string_equal(word, "word7");
	review_free(review);
	buf_release(&text);
}

static void test_a_text_that_changes_is_noticed(void **state)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	struct review *review;

	(void)state;
	make_text(&text, TWEETS);
	review = open_text();
	assert_int_equal(truncate(text_path, 100), 0);
	assert_int_equal(review_record(review, 5000)->sentence.n_tokens, 0);
	assert_int_equal(review_fault(review, &err), -1);
	assert_non_null(strstr(err.text, "has changed since"));
	assert_int_equal(review_set(review, 5000, 0, 1, "PER", &err), -1);
	assert_false(review_work(review, 1));
	review_free(review);

	/* Another file of the same name leaves this one as it is. */
	make_text(&text, TWEETS);
	review = open_text();
	write_bytes(text_path, "gone\tO\n", 7);
	assert_int_equal(review_finish(review, &err), 0);
	assert_int_equal(review_count(review), TWEETS);
	assert_int_equal(review_export(review, out_path, REVIEW_REPLACE, &err), -1);
	review_free(review);
	buf_release(&text);
}

static void attach(struct review *review, struct buf *note)
{
	struct err err = ERR_INIT;

	if (review_attach_journal(review, journal_path_, note, &err) < 0)
		fail_msg("%s", err.text);
}

static void test_a_journal_waits_for_its_records(void **state)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT, note = BUF_INIT, moved = BUF_INIT;
	struct review_totals totals;
	struct review *review;
	size_t record;

	(void)state;
	make_text(&text, TWEETS);
	review = open_text();
	attach(review, &note);
	finish(review);
	assert_int_equal(review_set(review, TWEETS - 1, 2, 3, "LOC", &err), 1);
	assert_int_equal(review_set(review, 3, 0, 1, "ORG", &err), 1);
	review_free(review);

	review = open_text();
	attach(review, &note);
	review_totals(review, &totals);
	assert_int_equal(totals.decided, 0);
	assert_int_equal(review_undo(review, &record, &err), 1); /* waits for it */
	assert_int_equal(record, 3);
	assert_string_equal(review_record(review, TWEETS - 1)->tags[2], "B-LOC");
	review_totals(review, &totals);
	assert_int_equal(totals.decided, 1);
	assert_int_equal(totals.unsaved, 3);
	review_free(review);

	/* One tweet more at the beginning: the words are looked for everywhere. */
	buf_add_string(&moved, "IMGID:0\nnew\tO\n\n");
	buf_add(&moved, text.data, text.length);
	write_bytes(text_path, moved.data, moved.length);
	review = open_text();
	attach(review, &note);
	finish(review);
	assert_string_equal(review_record(review, TWEETS)->tags[2], "B-LOC");
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_int_equal(record, 4);
	review_free(review);
	unlink(journal_path_);
	buf_release(&text);
	buf_release(&moved);
	buf_release(&note);
}

static void test_export_of_a_large_text(void **state)
{
	static const char was[] = "RT\tO\nword29998\tB-PER\n", is[] = "RT\tB-LOC\nword29998\tI-LOC\n";
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT, expected = BUF_INIT, got = BUF_INIT;
	struct review *review;
	const char *place;

	(void)state;
	make_text(&text, TWEETS);
	review = open_text();
	finish(review);
	assert_int_equal(review_set(review, TWEETS - 2, 0, 2, "LOC", &err), 1);
	if (review_export(review, out_path, REVIEW_REPLACE, &err) < 0)
		fail_msg("%s", err.text);
	place = strstr(text.data, was);
	buf_add(&expected, text.data, (size_t)(place - text.data));
	buf_add_string(&expected, is);
	buf_add_string(&expected, place + strlen(was));
	assert_int_equal(file_read_all(out_path, &got, 1 << 24, &err), 0);
	assert_string_equal(got.data, expected.data);
	review_free(review);
	buf_release(&text);
	buf_release(&expected);
	buf_release(&got);
}

/* A prediction of MISC for the third word of a tweet. */
static void add_prediction(struct buf *lines, size_t i)
{
	buf_add_format(lines,
		       "{\"id\":\"%zu\",\"tokens\":[\"RT\",\"word%zu\",\"%s\"],\"tags\":[\"O\","
		       "\"B-PER\",\"B-MISC\"],\"raw\":[\"O\",\"B-PER\",\"B-MISC\"],"
		       "\"confidence\":[1,0.5,0.%zu]}\n",
		       i + 1, i, "somewhere_in_the_middle_of_nowhere", i % 10);
}

static void test_predictions_of_a_large_text(void **state)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT, lines = BUF_INIT, note = BUF_INIT;
	struct review_summary summary;
	struct review_totals totals;
	struct review *review;

	(void)state;
	make_text(&text, TWEETS - 1);
	add_prediction(&lines, TWEETS - 1); /* of a tweet that is not known yet */
	for (size_t i = 0; i < TWEETS - 1; i++)
		add_prediction(&lines, i);
	write_bytes(predictions_path, lines.data, lines.length);
	review = open_text();
	assert_int_equal(review_read_predictions(review, predictions_path, &note, &err), 0);
	assert_string_equal(review_record(review, 0)->predicted[2], "B-MISC");
	finish(review);
	assert_string_equal(review_record(review, 0)->predicted[2], "B-OTHER");
	review_totals(review, &totals);
	assert_int_equal(totals.disagreeing, TWEETS - 1);
	review_take_note(review, &note);
	assert_int_equal(note.length, 0);
	review_summary(review, 23, &summary);
	assert_int_equal(summary.differing, 1);
	assert_true(summary.confidence > 0.29F && summary.confidence < 0.31F);
	review_summary(review, TWEETS - 1, &summary);
	assert_int_equal(summary.differing, 0);
	assert_int_equal(review_accept_prediction(review, 23, &err), 1);
	review_totals(review, &totals);
	assert_int_equal(totals.disagreeing, TWEETS - 2);

	/* A file of predictions that is cut short while it is read again. */
	assert_int_equal(truncate(predictions_path, 100), 0);
	assert_null(review_record(review, 20000)->predicted);
	assert_int_equal(review_fault(review, &err), -1);
	review_free(review);
	buf_release(&text);
	buf_release(&lines);
	buf_release(&note);
}

static void test_a_record_need_not_wait_for_its_prediction(void **state)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT, lines = BUF_INIT, note = BUF_INIT;
	struct review_summary summary;
	struct review *review;
	const size_t far = TWEETS - 5;

	(void)state;
	make_text(&text, TWEETS);
	for (size_t i = 0; i < TWEETS; i++) {
		if (i % 5000 != 7) /* some have none */
			add_prediction(&lines, i);
		if (i % 100 == 0)
			buf_add_string(&lines, " \n");
	}
	write_bytes(predictions_path, lines.data, lines.length);
	review = open_text();
	assert_int_equal(review_read_predictions(review, predictions_path, &note, &err), 0);
	assert_null(review_record(review, review_count(review) - 1)->predicted);
	while (!review_is_indexed(review))
		review_work(review, 0);
	assert_null(review_record(review, far)->predicted);
	while (!review_record(review, 4000)->predicted && review_work(review, 0))
		;
	review_summary(review, 4000, &summary);
	assert_false(summary.predicted);
	assert_string_equal(review_record(review, 4000)->predicted[1], "B-PER");
	assert_null(review_record(review, far)->predicted); /* the order is not what it seems */
	assert_int_equal(review_accept_prediction(review, 4000, &err), 1);
	finish(review);
	assert_string_equal(review_record(review, 4000)->tags[2], "B-MISC");
	assert_string_equal(review_record(review, far)->predicted[1], "B-PER");
	assert_null(review_record(review, 5007)->predicted);
	review_take_note(review, &note);
	assert_int_equal(note.length, 0);
	review_free(review);
	buf_release(&text);
	buf_release(&lines);
	buf_release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_texts_are_read_as_by_the_format),
		cmocka_unit_test(test_a_line_of_a_megabyte_and_more),
		cmocka_unit_test(test_a_large_text_comes_in_slices),
		cmocka_unit_test(test_a_record_stays_while_others_are_read),
		cmocka_unit_test(test_a_text_that_changes_is_noticed),
		cmocka_unit_test(test_a_journal_waits_for_its_records),
		cmocka_unit_test(test_export_of_a_large_text),
		cmocka_unit_test(test_predictions_of_a_large_text),
		cmocka_unit_test(test_a_record_need_not_wait_for_its_prediction),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
