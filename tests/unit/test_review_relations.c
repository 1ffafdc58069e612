/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/formats/mnre.h"
#include "lib/review/queue.h"
#include "lib/review/relations.h"
#include "lib/review/scores.h"
#include "tests/unit/test_folder.h"

#include <string.h>

#define FIRST "{'token': ['Ada', 'lives', 'in', 'Paris'], 'h': {'name': 'Ada', 'pos': [0, 1]}, " \
	      "'t': {'name': 'Paris', 'pos': [3, 4]}, 'img_id': 'a.jpg', 'relation': "
#define JSON "{\"relation\":\"None\", \"t\":{\"name\":\"Ada\",\"pos\":[0,1]} , \"token\":[\"Ada\",\"lives\"," \
	     "\"in\",\"Paris\"],\"h\":{\"name\":\"Paris\",\"pos\":[3,4]},\"img_id\":\"a.jpg\"}"

static const char text[] = "\xef\xbb\xbf" FIRST "'/per/loc/place_of_birth'}\r\n"
			   "no relation\n"
			   "\n"
			   JSON "\n"
			   FIRST "u'None' }  ";

static const char predictions[] =
	"{\"id\":\"a.jpg\",\"head\":{\"name\":\"Paris\",\"pos\":[3,4]},\"tail\":{\"name\":\"Ada\","
	"\"pos\":[0,1]},\"gold\":\"None\",\"relation\":\"/a\",\"confidence\":0.5,\"probabilities\":{"
	"\"None\":0.25,\"/a\":0.5,\"bad\\u0001\":0.1,\"/z\":7,\"/c\":0.25}}\n"
	"{\"id\":\"a.jpg\",\"head\":{\"name\":\"Ada\",\"pos\":[0,1]},\"tail\":{\"name\":\"Paris\","
	"\"pos\":[3,4]},\"relation\":\"None\",\"confidence\":1}\n"
	"{\"id\":\"a.jpg\",\"head\":{\"name\":\"Ada\",\"pos\":[0,2]},\"tail\":{\"name\":\"Paris\","
	"\"pos\":[3,4]},\"relation\":\"None\",\"confidence\":1}\n";

static char text_path[64], journal[64], predictions_path[64], out_path[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(journal, sizeof(journal), "%s/t.jsonl", test_folder);
	snprintf(predictions_path, sizeof(predictions_path), "%s/p.jsonl", test_folder);
	snprintf(out_path, sizeof(out_path), "%s/out.txt", test_folder);
	return 0;
}

static struct review *open_review(struct buf *note)
{
	struct err err = ERR_INIT;
	struct review *review = review_open_relations(text_path, &err);

	assert_non_null(review);
	if (review_attach_journal(review, journal, note, &err) < 0)
		fail_msg("%s", err.text);
	return review;
}

static struct review *open_anew(const char *content)
{
	struct buf note = BUF_INIT;
	struct review *review;

	unlink(journal);
	test_write(text_path, content);
	review = open_review(&note);
	assert_string_equal(note.data, "");
	buf_release(&note);
	return review;
}

static const struct review_relation *relation_of(const struct review *review, size_t record)
{
	const struct review_relation *relation = review_record(review, record)->relation;

	assert_non_null(relation);
	return relation;
}

static void expect_export(struct review *review, const char *expected)
{
	struct buf content = BUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(review_export(review, out_path, REVIEW_REPLACE, &err), 0);
	assert_int_equal(file_read_all(out_path, &content, 1 << 20, &err), 0);
	assert_string_equal(content.data, expected);
	buf_release(&content);
}

static void test_records(void **state)
{
	struct review *review = open_anew(text);
	const struct review_record *record;
	struct review_totals totals;

	(void)state;
	assert_true(review_has_relations(review));
	assert_int_equal(review_count(review), 3);
	review_totals(review, &totals);
	assert_int_equal(totals.unreadable, 1);
	record = review_record(review, 1);
	assert_string_equal(record->sentence.id, "a.jpg");
	assert_int_equal(record->sentence.n_tokens, 4);
	assert_string_equal(record->relation->head.name, "Paris");
	assert_string_equal(record->relation->relation, "None");
	assert_string_equal(record->tags[0], "B-tail");
	assert_string_equal(record->tags[3], "B-head");
	assert_null(record->predicted);
	assert_int_equal(review_seek(review, GOAL_TEXT, "in par", 0, true), 1);
	expect_export(review, text);
	review_free(review);
}

static void test_edits(void **state)
{
	struct review *review = open_anew(text);
	struct err err = ERR_INIT;
	size_t record = SIZE_MAX;

	(void)state;
	assert_int_equal(review_set_relation(review, 0, "None", &err), 1);
	assert_int_equal(review_set_relation(review, 0, "None", &err), 0);
	assert_int_equal(review_flip(review, 1, &err), 1);
	assert_int_equal(review_set_relation(review, 1, "/x/\"q\"\\", &err), 1);
	assert_int_equal(review_set_relation(review, 2, "it's", &err), 1);
	assert_string_equal(relation_of(review, 1)->head.name, "Ada");
	assert_int_equal(review_record(review, 1)->state, STATE_EDITED);
	expect_export(review, "\xef\xbb\xbf" FIRST "'None'}\r\nno relation\n\n"
		      "{\"relation\":\"/x/\\\"q\\\"\\\\\", \"t\":{\"name\":\"Paris\",\"pos\":[3,4]} , "
		      "\"token\":[\"Ada\",\"lives\",\"in\",\"Paris\"],\"h\":{\"name\":\"Ada\",\"pos\":[0,1]},"
		      "\"img_id\":\"a.jpg\"}\n" FIRST "'it\\'s' }  ");
	for (size_t i = 4; i > 0; i--)
		assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(record, 0);
	assert_int_equal(review_undo(review, &record, &err), 0);
	expect_export(review, text);
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_string_equal(relation_of(review, 0)->relation, "None");
	assert_int_equal(review_accept_gold(review, 0, &err), 1);
	assert_string_equal(relation_of(review, 0)->relation, "/per/loc/place_of_birth");
	assert_int_equal(review_record(review, 0)->state, STATE_ACCEPTED);
	expect_export(review, text);
	review_free(review);
}

static void test_refused(void **state)
{
	struct review *review = open_anew(text);
	struct err err = ERR_INIT;
	char name[RELATION_NAME_LIMIT + 2];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(review_set_relation(review, 0, "", &err), -1);
	assert_int_equal(review_set_relation(review, 0, "a\nb", &err), -1);
	assert_int_equal(review_set_relation(review, 0, "\xff", &err), -1);
	assert_int_equal(review_set_relation(review, 0, name, &err), -1);
	name[RELATION_NAME_LIMIT] = '\0';
	assert_int_equal(review_set_relation(review, 0, name, &err), 1);
	assert_int_equal(review_accept_prediction(review, 0, &err), 0);
	review_free(review);
}

/* What was decided comes back, also where lines came in between: two pairs of the same words are told
 * apart. */
static void test_journal(void **state)
{
	struct buf note = BUF_INIT, content = BUF_INIT;
	struct err err = ERR_INIT;
	struct review *review = open_anew(text);
	size_t record;

	(void)state;
	assert_int_equal(review_flip(review, 1, &err), 1);
	assert_int_equal(review_set_relation(review, 1, "/a", &err), 1);
	assert_int_equal(review_flip(review, 1, &err), 1);
	assert_int_equal(review_undo(review, &record, &err), 1);
	review_free(review);
	assert_int_equal(file_read_all(journal, &content, 1 << 20, &err), 0);
	assert_non_null(strstr(content.data, "\"what\":\"flip\",\"relation\":\"None\",\"flipped\":true,"));
	assert_non_null(strstr(content.data, "\"what\":\"relation\",\"relation\":\"/a\",\"flipped\":true,"));
	buf_release(&content);
	test_write(text_path, FIRST "'None'}\n" FIRST "'None'}\n" JSON);
	review = open_review(&note);
	assert_string_equal(note.data, "");
	assert_int_equal(review_record(review, 1)->state, STATE_UNTOUCHED);
	assert_string_equal(relation_of(review, 2)->relation, "/a");
	assert_true(relation_of(review, 2)->flipped);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(record, 2);
	assert_false(relation_of(review, 2)->flipped);
	review_free(review);
	buf_release(&note);
}

/* A name that no edit can give is kept as the file has it. */
static void test_odd_names(void **state)
{
	static const char odd[] = FIRST "''}\n" FIRST "'a\\nb'}\n";
	struct buf note = BUF_INIT;
	struct err err = ERR_INIT;
	struct review *review = open_anew(odd);

	(void)state;
	assert_int_equal(review_flip(review, 0, &err), 1);
	assert_int_equal(review_accept_gold(review, 1, &err), 1);
	review_free(review);
	review = open_review(&note);
	assert_true(relation_of(review, 0)->flipped);
	assert_string_equal(relation_of(review, 0)->relation, "");
	assert_string_equal(relation_of(review, 1)->relation, "a\nb");
	assert_int_equal(review_record(review, 1)->state, STATE_ACCEPTED);
	review_free(review);
	buf_release(&note);
}

static void test_other_journal(void **state)
{
	static const char tweets[] = "IMGID:1\nAda\tB-PER\n";
	struct buf note = BUF_INIT;
	struct err err = ERR_INIT;
	struct review *review;

	(void)state;
	unlink(journal);
	test_write(text_path, tweets);
	review = review_open(text_path, &err);
	assert_non_null(review);
	assert_int_equal(review_attach_journal(review, journal, &note, &err), 0);
	assert_int_equal(review_flip(review, 0, &err), 0);
	assert_int_equal(review_clear(review, 0, 0, 1, &err), 1);
	review_free(review);
	test_write(text_path, FIRST "'None'}\n");
	review = open_review(&note);
	assert_non_null(strstr(note.data, "1 decisions are about words"));
	review_free(review);
	buf_release(&note);
}

static void test_predictions(void **state)
{
	struct review *review = open_anew(text);
	const struct review_relation *relation;
	struct review_summary summary;
	struct buf note = BUF_INIT;
	struct err err = ERR_INIT;
	size_t record;

	(void)state;
	test_write(predictions_path, predictions);
	assert_int_equal(review_read_predictions(review, predictions_path, &note, &err), 0);
	assert_int_equal(review_finish(review, &err), 0);
	review_take_note(review, &note);
	assert_non_null(strstr(note.data, "1 predictions"));
	assert_null(relation_of(review, 0)->predicted);
	relation = relation_of(review, 1);
	assert_string_equal(relation->predicted, "/a");
	assert_int_equal(relation->n_candidates, 3);
	assert_string_equal(relation->candidates[0].relation, "/a");
	assert_string_equal(relation->candidates[1].relation, "/c");
	assert_string_equal(relation->candidates[2].relation, "None");
	assert_int_equal(relation_of(review, 2)->n_candidates, 1);
	assert_true(review_disagrees(review_record(review, 1)));
	assert_false(review_disagrees(review_record(review, 2)));
	review_summary(review, 1, &summary);
	assert_int_equal(summary.differing, 1);
	assert_true(summary.confidence == 0.5F);
	assert_int_equal(review_seek(review, GOAL_DISAGREEMENT, NULL, 0, true), 1);
	/* "None" has no direction; another relation has one. */
	assert_int_equal(review_flip(review, 2, &err), 1);
	assert_false(review_disagrees(review_record(review, 2)));
	assert_int_equal(review_accept_prediction(review, 1, &err), 1);
	assert_false(review_disagrees(review_record(review, 1)));
	assert_int_equal(review_flip(review, 1, &err), 1);
	assert_true(review_disagrees(review_record(review, 1)));
	assert_int_equal(review_undo(review, &record, &err), 1);
	review_summary(review, 1, &summary);
	assert_int_equal(summary.differing, 0);
	review_free(review);
	buf_release(&note);
}

/* Precision and recall by relation, as the edits go: "None" is no relation. */
static void test_scores(void **state)
{
	struct review *review = open_anew(text);
	const struct review_scores *scores = review_scores(review);
	struct score_goal goal = { SCORED_PAIR, "None", "/a", "None" };
	struct type_score total;
	struct buf note = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	test_write(predictions_path, predictions);
	assert_int_equal(review_read_predictions(review, predictions_path, &note, &err), 0);
	assert_int_equal(review_finish(review, &err), 0);
	total = review_scores_total(scores);
	assert_int_equal(scores->records, 2);
	assert_int_equal(total.gold, 0);
	assert_int_equal(total.found, 1);
	assert_true(review_has_scored(review, 1, &goal));
	assert_int_equal(review_accept_prediction(review, 1, &err), 1);
	total = review_scores_total(scores);
	assert_int_equal(total.gold, 1);
	assert_int_equal(total.correct, 1);
	assert_int_equal(review_flip(review, 1, &err), 1);
	total = review_scores_total(scores);
	assert_int_equal(total.gold, 1);
	assert_int_equal(total.correct, 0);
	assert_int_equal(review_flip(review, 2, &err), 1);
	assert_int_equal(review_scores_total(scores).gold, 1);
	review_free(review);
	buf_release(&note);
}

/* Tags are none of a relation's; text is found behind escapes, and a filter knows relations. */
static void test_neighbours(void **state)
{
	static const char escaped[] =
		"{'token': ['caf\\xe9', 'it\\'s'], 'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', "
		"'pos': [1, 9]}, 'img_id': 'a.jpg', 'relation': '/per/loc/place_of_birth'}\n";
	struct review_filter filter = REVIEW_FILTER_INIT;
	struct review *review = open_anew(escaped);
	struct review_queue *queue = review_queue_new(review);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(review_set(review, 0, 0, 1, "PER", &err), -1);
	assert_int_equal(review_clear(review, 0, 0, 1, &err), -1);
	assert_int_equal(review_split(review, 0, 0, &err), -1);
	assert_int_equal(review_accept_span(review, 0, 0, &err), -1);
	assert_int_equal(review_seek(review, GOAL_TEXT, "caf\xc3\xa9 it's", 0, true), 0);
	assert_int_equal(review_filter_add(&filter, review, "/per/loc/place_of_birth", &err), 0);
	assert_non_null(filter.type);
	assert_int_equal(review_queue_make(queue, ORDER_FILE, 0, &filter), 0);
	while (review_queue_work(queue, 1))
		;
	assert_int_equal(review_queue_count(queue), 1);
	assert_int_equal(review_set_relation(review, 0, "None", &err), 1);
	assert_int_equal(review_queue_make(queue, ORDER_FILE, 0, &filter), 0);
	while (review_queue_work(queue, 1))
		;
	assert_int_equal(review_queue_count(queue), 0);
	review_filter_release(&filter);
	review_queue_free(queue);
	review_free(review);
}

static void test_values(void **state)
{
	static const char line[] = " {'relation': 'a' , 'x': {'h': 1}, 'h' : {'name': 'é'}, 'relation':'b' 'c' }";
	struct mnre_values values;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(mnre_find_values(line, strlen(line), &values, &err), 0);
	assert_int_equal(values.tail.end, 0);
	assert_memory_equal(line + values.head.begin, "{'name'", 7);
	assert_int_equal(values.relation.end - values.relation.begin, strlen("'b' 'c'"));
	assert_int_equal(mnre_find_values("{'relation'", 11, &values, &err), -1);
	assert_int_equal(mnre_find_values("", 0, &values, &err), -1);
	assert_int_equal(mnre_find_values("{'h': 1} x", 10, &values, &err), -1);
}

/* Every line of the research data can be edited, and comes back as it was. */
static void test_research_data(void **state)
{
	struct buf content = BUF_INIT, out = BUF_INIT, path = BUF_INIT;
	struct err err = ERR_INIT;
	struct review *review;
	size_t n;

	(void)state;
	buf_add_format(&path, "%s/data/mnre/mnre_val.txt", shared_folder());
	assert_int_equal(file_read_all(path.data, &content, 1 << 24, &err), 0);
	unlink(journal);
	review = review_open_relations(path.data, &err);
	assert_non_null(review);
	assert_int_equal(review_finish(review, &err), 0);
	n = review_count(review);
	assert_true(n > 1000);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(review_flip(review, i, &err), 1);
	assert_int_equal(review_export(review, out_path, REVIEW_REPLACE, &err), 0);
	review_free(review);
	/* Flip the flipped file. */
	review = review_open_relations(out_path, &err);
	assert_non_null(review);
	assert_int_equal(review_finish(review, &err), 0);
	assert_int_equal(review_count(review), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(review_flip(review, i, &err), 1);
	assert_int_equal(review_export(review, text_path, REVIEW_REPLACE, &err), 0);
	review_free(review);
	assert_int_equal(file_read_all(text_path, &out, 1 << 24, &err), 0);
	assert_string_equal(content.data, out.data);
	buf_release(&content);
	buf_release(&out);
	buf_release(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_other_journal),
		cmocka_unit_test(test_predictions),
		cmocka_unit_test(test_scores),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_research_data),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
