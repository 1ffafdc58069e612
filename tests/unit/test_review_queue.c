/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/review/queue.h"
#include "tests/unit/test_folder.h"

#include <string.h>
#include <unistd.h>

static char text_path[64], predictions_path[64];

static const char text[] = "IMGID:1\nRT\tO\nAnn\tB-PER\n\n"
			   "IMGID:2\nNASA\tO\nrocks\tO\n\n"
			   "IMGID:3\nin\tO\nParis\tB-LOC\n\n"
			   "IMGID:4\nthe\tO\nGrammys\tB-OTHER\n\n"
			   "IMGID:5\nwe\tO\nsay\tO\n\n";

/* Tags of two words and the confidence of the second; none for the third tweet. */
static const struct {
	const char *id, *words[2], *tags[2];
	double confidence;
} predicted[] = {
	{ "1", { "RT", "Ann" }, { "O", "B-PER" }, 0.9 },
	{ "2", { "NASA", "rocks" }, { "B-ORG", "B-PER" }, 0.4 },
	{ "4", { "the", "Grammys" }, { "O", "B-MISC" }, 0.3 },
	{ "5", { "we", "say" }, { "O", "B-PER" }, 0.5 },
};

static int set_up(void **state)
{
	struct err err = ERR_INIT;
	struct buf lines = BUF_INIT;

	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(predictions_path, sizeof(predictions_path), "%s/p.jsonl", test_folder);
	for (size_t i = 0; i < sizeof(predicted) / sizeof(predicted[0]); i++)
		buf_add_format(&lines,
			       "{\"id\":\"%s\",\"tokens\":[\"%s\",\"%s\"],\"tags\":[\"%s\",\"%s\"],"
			       "\"raw\":[\"O\",\"O\"],\"confidence\":[1,%g]}\n",
			       predicted[i].id, predicted[i].words[0], predicted[i].words[1],
			       predicted[i].tags[0], predicted[i].tags[1], predicted[i].confidence);
	if (file_write_all(text_path, text, sizeof(text) - 1, &err) < 0 ||
	    file_write_all(predictions_path, lines.data, lines.length, &err) < 0)
		return -1;
	buf_release(&lines);
	return 0;
}

static struct review *open_review(void)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, &err);

	if (!review || review_read_predictions(review, predictions_path, &note, &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&note);
	return review;
}

static void add_finding(struct review *review, enum finding_level level, const char *rule,
			size_t line)
{
	struct finding finding = { .level = level, .rule = rule, .file = text_path, .line = line,
				   .message = "m" };
	struct finding_sink *sink = review_finding_sink(review);

	sink->add(sink, &finding);
}

/* The records of the queue from 1, one digit each. */
static const char *shown(struct review_queue *queue)
{
	static char digits[32];
	size_t n;

	while (review_queue_work(queue, 1))
		;
	assert_true(review_queue_is_whole(queue));
	n = review_queue_count(queue);
	for (size_t i = 0; i < n; i++)
		digits[i] = (char)('1' + review_queue_at(queue, i));
	digits[n] = '\0';
	return digits;
}

static const char *shown_by(struct review_queue *queue, enum review_order order)
{
	static const struct review_filter all = REVIEW_FILTER_INIT;

	assert_int_equal(review_queue_make(queue, order, 5, &all), 0);
	return shown(queue);
}

/* What is shown with these wishes, apart by commas. */
static const char *shown_only(struct review_queue *queue, const struct review *review,
			      const char *wishes)
{
	struct review_filter filter = REVIEW_FILTER_INIT;
	struct err err = ERR_INIT;
	char copy[64], *rest = copy, *what;

	snprintf(copy, sizeof(copy), "%s", wishes);
	while ((what = strsep(&rest, ",")))
		if (review_filter_add(&filter, review, what, &err) < 0)
			fail_msg("%s", err.text);
	assert_int_equal(review_queue_make(queue, ORDER_FILE, 0, &filter), 0);
	review_filter_release(&filter);
	return shown(queue);
}

/* Margins are known for two tweets: 0.1 and 0.5; the others' are at least 2c - 1 and so 0.8, 0 and 0. */
static void test_order_by_margin(void **state)
{
	static const char lines[] =
		"{\"id\":\"1\",\"tokens\":[\"RT\",\"Ann\"],\"tags\":[\"O\",\"B-PER\"],\"raw\":[\"O\",\"O\"],"
		"\"confidence\":[1,0.9]}\n"
		"{\"id\":\"2\",\"tokens\":[\"NASA\",\"rocks\"],\"tags\":[\"B-ORG\",\"O\"],\"raw\":[\"O\",\"O\"],"
		"\"confidence\":[0.5,1],\"labels\":[\"O\",\"B-ORG\",\"B-PER\"],"
		"\"probabilities\":[[0.4,0.5,0.1],null]}\n"
		"{\"id\":\"4\",\"tokens\":[\"the\",\"Grammys\"],\"tags\":[\"O\",\"O\"],\"raw\":[\"O\",\"O\"],"
		"\"confidence\":[1,0.4],\"labels\":[\"O\",\"B-ORG\",\"B-PER\"],"
		"\"probabilities\":[[1,0,0],[0.6,0.1,0.1]]}\n"
		"{\"id\":\"5\",\"tokens\":[\"we\",\"say\"],\"tags\":[\"O\",\"O\"],\"raw\":[\"O\",\"O\"],"
		"\"confidence\":[1,0.3],\"labels\":[\"O\"],\"probabilities\":[[1.5],\"no\"]}\n";
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, &err);
	struct review_queue *queue = review_queue_new(review);
	char path[80];

	(void)state;
	snprintf(path, sizeof(path), "%s/margins.jsonl", test_folder);
	test_write(path, lines);
	assert_int_equal(review_read_predictions(review, path, &note, &err), 0);
	assert_string_equal(shown_by(queue, ORDER_MARGIN), "52413");
	assert_string_equal(shown_by(queue, ORDER_CONFIDENCE), "54213");
	review_queue_free(queue);
	review_free(review);
	buf_release(&note);
}

static void test_orders(void **state)
{
	struct review *review = open_review();
	struct review_queue *queue = review_queue_new(review);
	char first[8];

	(void)state;
	assert_string_equal(shown(queue), "12345");
	assert_string_equal(shown_by(queue, ORDER_DISAGREEMENT), "25134");
	assert_string_equal(shown_by(queue, ORDER_CONFIDENCE), "42513");
	add_finding(review, LEVEL_WARNING, "tag-a", 2);
	add_finding(review, LEVEL_ERROR, "tag-b", 10);
	add_finding(review, LEVEL_NOTE, "label-suspect", 14);
	assert_string_equal(shown_by(queue, ORDER_SUSPECT), "43125");
	snprintf(first, sizeof(first), "%s", shown_by(queue, ORDER_RANDOM));
	assert_string_not_equal(first, "12345");
	assert_string_equal(shown_by(queue, ORDER_RANDOM), first);
	assert_int_equal(strspn("12345", first), 5);
	review_queue_free(queue);
	review_free(review);
}

static void test_filters(void **state)
{
	struct review *review = open_review();
	struct review_queue *queue = review_queue_new(review);
	struct err err = ERR_INIT;

	(void)state;
	add_finding(review, LEVEL_WARNING, "tag-a", 2);
	add_finding(review, LEVEL_ERROR, "words-b", 10);
	assert_string_equal(shown_only(queue, review, "PER"), "125");
	assert_string_equal(shown_only(queue, review, "type:ORG"), "2");
	assert_string_equal(shown_only(queue, review, "OTHER"), "4");
	assert_string_equal(shown_only(queue, review, "type:NONE"), "");
	assert_string_equal(shown_only(queue, review, "differs"), "25");
	assert_string_equal(shown_only(queue, review, "<0.5"), "24");
	assert_string_equal(shown_only(queue, review, "<0.5,differs"), "2");
	assert_string_equal(shown_only(queue, review, "findings"), "13");
	assert_string_equal(shown_only(queue, review, "tag-"), "1");
	assert_string_equal(shown_only(queue, review, "words-b"), "3");
	assert_string_equal(shown_only(queue, review, "rule:words"), "");
	assert_string_equal(shown_only(queue, review, "grammys"), "4");
	assert_string_equal(shown_only(queue, review, "the gram"), "4");
	assert_string_equal(shown_only(queue, review, "text:PER"), "");
	assert_string_equal(shown_only(queue, review, "untouched,text:a"), "12345");
	assert_int_equal(review_accept_gold(review, 1, &err), 1);
	assert_string_equal(shown_only(queue, review, "accepted"), "2");
	assert_string_equal(shown_only(queue, review, "untouched"), "1345");
	review_queue_free(queue);
	review_free(review);
}

static void test_wishes_are_checked(void **state)
{
	static const char *const bad[] = { "", "<", "<x", "<0", "<1.5", "<-1", "<nan" };
	struct review *review = open_review();
	struct review_filter filter = REVIEW_FILTER_INIT;
	struct buf said = BUF_INIT;
	struct err err = ERR_INIT;
	enum review_order order = ORDER_FILE;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(review_filter_add(&filter, review, bad[i], &err), -1);
	assert_true(review_filter_is_empty(&filter));
	assert_int_equal(review_filter_add(&filter, review, "first", &err), 0);
	assert_int_equal(review_filter_add(&filter, review, "second", &err), 0);
	assert_int_equal(review_filter_add(&filter, review, "PER", &err), 0);
	assert_int_equal(review_filter_add(&filter, review, "edited", &err), 0);
	assert_int_equal(review_filter_add(&filter, review, "<0.25", &err), 0);
	review_filter_say(&filter, &said);
	assert_string_equal(said.data, "'second', PER, edited, <0.25");
	assert_false(review_order_read("sideways", &order));
	assert_true(review_order_read("suspect", &order));
	assert_int_equal(order, ORDER_SUSPECT);
	buf_release(&said);
	review_filter_release(&filter);
	review_free(review);
}

static void test_edits_leave_the_queue_as_it_is(void **state)
{
	struct review *review = open_review();
	struct review_queue *queue = review_queue_new(review);
	struct err err = ERR_INIT;

	(void)state;
	assert_string_equal(shown_by(queue, ORDER_DISAGREEMENT), "25134");
	assert_int_equal(review_accept_prediction(review, 1, &err), 1);
	assert_string_equal(shown(queue), "25134");
	assert_string_equal(shown_by(queue, ORDER_DISAGREEMENT), "51342");
	assert_string_equal(shown_only(queue, review, "differs"), "5");
	assert_int_equal(review_queue_find(queue, 0), SIZE_MAX);
	assert_int_equal(review_queue_insert(queue, 1, 0), 0);
	assert_string_equal(shown(queue), "51");
	assert_int_equal(review_queue_find(queue, 0), 1);
	review_queue_free(queue);
	review_free(review);
}

static size_t search(struct review_queue *queue, enum review_goal goal, const char *needle,
		     size_t from, bool forward)
{
	struct review_search walk = review_search_from(queue, goal, needle, from, forward);
	enum search_status status;

	while ((status = review_search_work(queue, &walk, 0)) == SEARCH_MORE)
		;
	return status == SEARCH_FOUND ? walk.at : SIZE_MAX;
}

static void test_searches_follow_the_queue(void **state)
{
	struct review *review = open_review();
	struct review_queue *queue = review_queue_new(review);

	(void)state;
	assert_string_equal(shown_by(queue, ORDER_DISAGREEMENT), "25134");
	assert_int_equal(search(queue, GOAL_DISAGREEMENT, NULL, 0, true), 1);
	assert_int_equal(search(queue, GOAL_DISAGREEMENT, NULL, 1, true), 0);
	assert_int_equal(search(queue, GOAL_DISAGREEMENT, NULL, 4, false), 1);
	assert_int_equal(search(queue, GOAL_FINDING, NULL, 0, true), SIZE_MAX);
	assert_int_equal(search(queue, GOAL_TEXT, "in paris", 0, true), 3);
	assert_int_equal(search(queue, GOAL_TEXT, "nasa", 0, true), 0);
	assert_int_equal(search(queue, GOAL_TEXT, "O", 0, true), 0);
	assert_int_equal(search(queue, GOAL_TEXT, "B-PER", 0, true), SIZE_MAX);
	assert_string_equal(shown_only(queue, review, "type:NONE"), "");
	assert_int_equal(search(queue, GOAL_TEXT, "nasa", 0, true), SIZE_MAX);
	review_queue_free(queue);
	review_free(review);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_order_by_margin),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_wishes_are_checked),
		cmocka_unit_test(test_edits_leave_the_queue_as_it_is),
		cmocka_unit_test(test_searches_follow_the_queue),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
