/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/scores.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/corpus/metrics.h"
#include "lib/corpus/span_match.h"
#include "lib/review/queue.h"
#include "lib/review/review.h"
#include "tests/unit/test_folder.h"

#include <string.h>

static char text_path[64], journal_path_[64], predictions_path[64];

static uint64_t dice_state;

static unsigned dice(unsigned n)
{
	dice_state = dice_state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(dice_state >> 33) % n;
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(journal_path_, sizeof(journal_path_), "%s/t.jsonl", test_folder);
	snprintf(predictions_path, sizeof(predictions_path), "%s/p.jsonl", test_folder);
	return 0;
}

static void write_buf(const char *path, struct buf *bytes)
{
	struct err err = ERR_INIT;

	assert_false(bytes->failed);
	assert_int_equal(file_write_all(path, bytes->data, bytes->length, &err), 0);
	buf_clear(bytes);
}

/* As files have them, orphans included and, at the end, odd ones. */
static const char *const gold_tags[] = { "O",     "O",     "O",     "B-PER",   "I-PER",
					 "B-LOC", "I-LOC", "S-ORG", "B-OTHER", "I-a-b",
					 "E-ORG", "U-ORG", "X",     "B-" };
#define USUAL 10 /* gold tags of which no two entities begin at the same word */
static const char *const guess_tags[] = { "O",     "O",     "B-PER", "I-PER", "B-LOC",
					  "I-LOC", "B-ORG", "I-ORG", "L-ORG", "B-MISC" };

#define PICK(list) (list)[dice(sizeof(list) / sizeof((list)[0]))]

/* Tweets of up to seven words; one of eight has no prediction, one of sixteen two. */
static void write_files_of(size_t n, unsigned n_gold_tags)
{
	struct buf text = BUF_INIT, lines = BUF_INIT, words = BUF_INIT, tags = BUF_INIT,
		   sure = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		unsigned length = 1 + dice(7), luck = dice(16);

		buf_add_format(&text, "IMGID:%zu\n", i);
		buf_clear(&words);
		for (unsigned j = 0; j < length; j++) {
			buf_add_format(&text, "w%u\t%s\n", j, gold_tags[dice(n_gold_tags)]);
			buf_add_format(&words, "%s\"w%u\"", j ? "," : "", j);
		}
		buf_add_char(&text, '\n');
		for (unsigned twice = luck == 0 ? 2 : luck > 2; twice > 0; twice--) {
			buf_clear(&tags);
			buf_clear(&sure);
			for (unsigned j = 0; j < length; j++) {
				buf_add_format(&tags, "%s\"%s\"", j ? "," : "", PICK(guess_tags));
				buf_add_format(&sure, "%s0.5", j ? "," : "");
			}
			buf_add_format(&lines,
				       "{\"id\":\"%zu\",\"tokens\":[%s],\"tags\":[%s],\"raw\":[%s],"
				       "\"confidence\":[%s]}\n",
				       i, words.data, tags.data, tags.data, sure.data);
		}
	}
	write_buf(text_path, &text);
	write_buf(predictions_path, &lines);
	buf_release(&text);
	buf_release(&lines);
	buf_release(&words);
	buf_release(&tags);
	buf_release(&sure);
}

static void write_files(size_t n)
{
	write_files_of(n, sizeof(gold_tags) / sizeof(gold_tags[0]));
}

static struct review *open_review(void)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, &err);

	unlink(journal_path_);
	if (!review || review_read_predictions(review, predictions_path, &note, &err) < 0 ||
	    review_attach_journal(review, journal_path_, &note, &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&note);
	return review;
}

/* Whether a record is to be counted. */
typedef bool shown(const struct review_record *record);

static bool all(const struct review_record *record)
{
	(void)record;
	return true;
}

static bool of_loc(const struct review_record *record)
{
	for (size_t i = 0; i < record->sentence.n_tokens; i++)
		if (strstr(record->tags[i], "LOC") || strstr(record->predicted[i], "LOC"))
			return true;
	return false;
}

static bool untouched(const struct review_record *record)
{
	return record->state == STATE_UNTOUCHED;
}

static void count_pairs(const struct review_record *record, struct confusion *confusion,
			struct arena *arena)
{
	size_t n = record->sentence.n_tokens, n_gold, n_guess, n_pairs;
	struct span *gold, *guess;
	struct span_pair *pairs;
	struct err err = ERR_INIT;

	arena_reset(arena);
	assert_int_equal(span_extract(SPAN_SEQEVAL, record->tags, n, &gold, &n_gold, arena, &err), 0);
	assert_int_equal(
		span_extract(SPAN_SEQEVAL, record->predicted, n, &guess, &n_guess, arena, &err), 0);
	assert_int_equal(span_match_pairs(gold, n_gold, guess, n_guess, span_value_place, &pairs,
					  &n_pairs, arena, &err),
			 0);
	for (size_t i = 0; i < n_pairs; i++)
		assert_int_equal(confusion_add(confusion,
					       pairs[i].gold ? pairs[i].gold->type : NULL,
					       pairs[i].guess ? pairs[i].guess->type : NULL),
				 0);
}

static void assert_same_table(const struct review_scores *scores, const struct score_table *table)
{
	size_t n;
	struct type_score *types = review_scores_types(scores, false, &n);
	struct type_score total = score_table_total(&scores->table);
	struct type_score expected = score_table_total(table);

	assert_int_equal(n, table->n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(types[i].type, table->scores[i].type);
		assert_int_equal(types[i].gold, table->scores[i].gold);
		assert_int_equal(types[i].found, table->scores[i].found);
		assert_int_equal(types[i].correct, table->scores[i].correct);
	}
	assert_int_equal(total.gold, expected.gold);
	assert_int_equal(total.found, expected.found);
	assert_int_equal(total.correct, expected.correct);
	free(types);
}

static void assert_same_cells(const struct confusion *a, const struct confusion *b)
{
	for (size_t i = 0; i < a->n; i++)
		assert_int_equal(a->cells[i].count,
				 confusion_count(b, a->cells[i].gold, a->cells[i].guess));
}

/* The scores are those of seqeval's counting, word by word, and of eval's pairs, from the beginning. */
static void assert_scores(const struct review *review, shown *fits)
{
	const struct review_scores *scores = review_scores(review);
	struct scoring *scoring = scoring_new(TAG_SEQEVAL);
	struct confusion confusion;
	struct arena arena = ARENA_INIT;
	size_t records = 0;

	confusion_init(&confusion);
	for (size_t i = 0; i < review_count(review); i++) {
		const struct review_record *record = review_record(review, i);

		if (!record->predicted || !fits(record))
			continue;
		records++;
		for (size_t j = 0; j < record->sentence.n_tokens; j++)
			assert_int_equal(scoring_add(scoring, record->tags[j], record->predicted[j]),
					 0);
		assert_int_equal(scoring_break(scoring), 0);
		count_pairs(record, &confusion, &arena);
	}
	assert_int_equal(scoring_finish(scoring), 0);
	assert_int_equal(scores->records, records);
	assert_same_table(scores, scoring_table(scoring));
	assert_same_cells(&scores->confusion, &confusion);
	assert_same_cells(&confusion, &scores->confusion);
	confusion_release(&confusion);
	arena_release(&arena);
	scoring_free(scoring);
}

/* One edit, whatever becomes of it. */
static void edit(struct review *review)
{
	static const char *const types[] = { "PER", "LOC", "ORG", "OTHER", "NEW" };
	size_t record = dice((unsigned)review_count(review)), begin = dice(7), end;
	struct err err = ERR_INIT;
	int rc = 0;

	end = review_record(review, record)->sentence.n_tokens;
	end = end < begin + 3 ? end : begin + 1 + dice(3);
	switch (dice(8)) {
	case 0:
		rc = review_undo(review, &record, &err);
		break;
	case 1:
		rc = review_redo(review, &record, &err);
		break;
	case 2:
		rc = review_accept_prediction(review, record, &err);
		break;
	case 3:
		rc = review_accept_gold(review, record, &err);
		break;
	case 4:
		rc = review_accept_span(review, record, begin, &err);
		break;
	case 5:
		rc = review_clear(review, record, begin, end, &err);
		break;
	default:
		rc = review_set(review, record, begin, end, PICK(types), &err);
	}
	if (rc < 0)
		fail_msg("%s", err.text);
}

static void test_scores_keep_up_with_edits(void **state)
{
	struct review *review;

	(void)state;
	dice_state = 1;
	write_files(60);
	review = open_review();
	assert_true(review_scores_are_final(review));
	assert_true(review_scores(review)->records > 40);
	assert_scores(review, all);
	for (int i = 0; i < 1500; i++) {
		edit(review);
		assert_scores(review, all);
	}
	review_free(review);
}

/* What the journal holds counts from the beginning. */
static void test_scores_of_decisions_made_before(void **state)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review;
	size_t correct;

	(void)state;
	dice_state = 2;
	write_files(60);
	review = open_review();
	for (int i = 0; i < 60; i++)
		edit(review);
	correct = score_table_total(&review_scores(review)->table).correct;
	review_free(review);
	review = review_open(text_path, &err);
	assert_int_equal(review_read_predictions(review, predictions_path, &note, &err), 0);
	assert_scores(review, all);
	assert_true(score_table_total(&review_scores(review)->table).correct != correct);
	if (review_attach_journal(review, journal_path_, &note, &err) < 0)
		fail_msg("%s", err.text);
	assert_scores(review, all);
	assert_int_equal(score_table_total(&review_scores(review)->table).correct, correct);
	review_free(review);
	buf_release(&note);
}

static void finish(struct review *review)
{
	while (review_work(review, 1))
		;
	assert_true(review_scores_are_final(review));
}

static void restrict_to(struct review *review, const char *what)
{
	struct review_filter filter = REVIEW_FILTER_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(review_filter_add(&filter, review, what, &err), 0);
	assert_int_equal(review_scores_restrict(review, &filter), 0);
	review_filter_release(&filter);
}

static void test_scores_of_some_records(void **state)
{
	struct review *review;
	size_t records;

	(void)state;
	dice_state = 3;
	write_files(600);
	review = open_review();
	for (int i = 0; i < 100; i++)
		edit(review);
	restrict_to(review, "type:LOC");
	assert_int_equal(review_scores(review)->records, 0);
	assert_false(review_scores_are_final(review));
	finish(review);
	assert_scores(review, of_loc);
	restrict_to(review, "untouched");
	finish(review);
	assert_scores(review, untouched);
	/* What is edited goes on to count. */
	records = review_scores(review)->records;
	for (int i = 0; i < 100; i++)
		edit(review);
	assert_int_equal(review_scores(review)->records, records);
	restrict_to(review, "untouched");
	for (int i = 0; i < 20; i++) {
		edit(review);
		review_work(review, 0);
	}
	assert_int_equal(review_scores_restrict(review, NULL), 0);
	for (int i = 0; i < 20; i++) {
		edit(review);
		review_work(review, 0);
	}
	finish(review);
	assert_scores(review, all);
	review_free(review);
}

/* A filter set before the predictions are there. */
static void test_scores_of_what_comes_late(void **state)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review;

	(void)state;
	dice_state = 6;
	write_files(100);
	review = review_open(text_path, &err);
	restrict_to(review, "type:LOC");
	finish(review);
	assert_int_equal(review_read_predictions(review, predictions_path, &note, &err), 0);
	finish(review);
	assert_true(review_scores(review)->records > 0);
	assert_scores(review, of_loc);
	review_free(review);
	buf_release(&note);
}

/* A text that is indexed bit by bit: no count is ever wrong, whatever was joined and edited first. */
static void test_scores_of_a_large_text(void **state)
{
	struct review *review;
	struct type_score total;

	(void)state;
	dice_state = 4;
	write_files(50000);
	review = open_review();
	assert_false(review_is_indexed(review));
	for (int i = 0; i < 50; i++)
		edit(review);
	while (review_work(review, 0.0005)) {
		total = score_table_total(&review_scores(review)->table);
		assert_true(total.gold < 500000 && total.found < 500000);
		edit(review);
	}
	assert_scores(review, all);
	for (int i = 0; i < 50; i++)
		edit(review);
	assert_scores(review, all);
	review_free(review);
}

/* The entities of a goal in a record. */
static size_t count_found(const struct review_record *record, const struct score_goal *goal, bool forward)
{
	size_t word = forward ? 0 : record->sentence.n_tokens - 1, found = 0;

	while ((word = review_find_scored(record, goal, word, forward)) != SIZE_MAX) {
		found++;
		if (!forward && word == 0)
			break;
		word += forward ? 1 : SIZE_MAX;
	}
	return found;
}

/* The entities of a goal in all records that have some. */
static size_t walk(const struct review *review, const struct score_goal *goal, bool forward)
{
	size_t entities = 0;

	for (size_t i = 0; i < review_count(review); i++)
		if (review_has_scored(review, i, goal))
			entities += count_found(review_record(review, i), goal, forward);
	return entities;
}

static void assert_walk(const struct review *review, enum score_goal_kind kind, const char *type,
			const char *guess, size_t count)
{
	struct score_goal goal = { kind, type, guess, NULL };

	assert_int_equal(walk(review, &goal, true), count);
	assert_int_equal(walk(review, &goal, false), count);
}

/* From each number to just as many entities. */
static void test_each_number_leads_to_its_entities(void **state)
{
	const struct review_scores *scores;
	struct type_score *types, total;
	struct review *review;
	size_t n;

	(void)state;
	dice_state = 5;
	write_files_of(80, USUAL);
	review = open_review();
	for (int i = 0; i < 40; i++)
		edit(review);
	scores = review_scores(review);
	types = review_scores_types(scores, false, &n);
	for (size_t i = 0; i < n; i++) {
		const struct type_score *type = &types[i];

		assert_walk(review, SCORED_GOLD, type->type, NULL, type->gold);
		assert_walk(review, SCORED_PREDICTED, type->type, NULL, type->found);
		assert_walk(review, SCORED_CORRECT, type->type, NULL, type->correct);
		assert_walk(review, SCORED_MISSED, type->type, NULL, type->gold - type->correct);
		assert_walk(review, SCORED_SPURIOUS, type->type, NULL, type->found - type->correct);
	}
	total = score_table_total(&scores->table);
	assert_walk(review, SCORED_GOLD, NULL, NULL, total.gold);
	assert_walk(review, SCORED_CORRECT, NULL, NULL, total.correct);
	assert_walk(review, SCORED_SPURIOUS, NULL, NULL, total.found - total.correct);
	for (size_t i = 0; i < scores->confusion.n; i++) {
		const struct confusion_cell *cell = &scores->confusion.cells[i];

		assert_walk(review, SCORED_PAIR, cell->gold, cell->guess, cell->count);
	}
	assert_walk(review, SCORED_PAIR, "NEVER", NULL, 0);
	free(types);
	review_free(review);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scores_keep_up_with_edits),
		cmocka_unit_test(test_scores_of_decisions_made_before),
		cmocka_unit_test(test_scores_of_some_records),
		cmocka_unit_test(test_scores_of_what_comes_late),
		cmocka_unit_test(test_scores_of_a_large_text),
		cmocka_unit_test(test_each_number_leads_to_its_entities),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
