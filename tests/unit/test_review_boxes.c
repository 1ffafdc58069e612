/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/review/boxes.h"
#include "lib/review/review.h"
#include "tests/unit/test_folder.h"

#include <string.h>

static const char text[] = "IMGID:8\nBig\tB-LOC\nBen\tI-LOC\n\nIMGID:9\nrain\tO\n\n";

#define REST ",\"score\":0.5,\"class\":\"clock\",\"crop\":\"c.png\",\"model\":\"m\",\"model_sha256\":\"0\",\"version\":\"1\"}"
#define LINE(image, phrase, box) \
	"{\"image\":\"" image "\", \"record\":\"IMGID:8\",\"phrase\":\"" phrase "\",\"kind\":\"location\",\"box\":[" box "]" REST

#define FIRST LINE("8.jpg", "Big Ben", "10,11,320.5,445")
#define SECOND LINE("8.jpg", "Big Ben", "1,2,30,40")
#define OTHER LINE("9.jpg", "Big Ben", "10,11,320.5,445")

/* The first box is there twice, a line is none, and the last one has no line feed. */
static const char manifest[] = FIRST "\n" SECOND "\r\nno JSON\n\n" FIRST "\n" OTHER;

static const struct box_name first = { "8.jpg", "Big Ben", { 10, 11, 320.5f, 445 } };
static const struct box_name second = { "8.jpg", "Big Ben", { 1, 2, 30, 40 } };
static const struct box_name other = { "9.jpg", "Big Ben", { 10, 11, 320.5f, 445 } };

static char text_path[64], journal[64], manifest_path[64], out_path[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(test_folder))
		return -1;
	snprintf(text_path, sizeof(text_path), "%s/t.txt", test_folder);
	snprintf(journal, sizeof(journal), "%s/t.jsonl", test_folder);
	snprintf(manifest_path, sizeof(manifest_path), "%s/m.jsonl", test_folder);
	snprintf(out_path, sizeof(out_path), "%s/out.jsonl", test_folder);
	return 0;
}

static struct review *open_review(void)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, &err);

	assert_non_null(review);
	if (review_attach_journal(review, journal, &note, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(note.data, "");
	buf_release(&note);
	return review;
}

static struct review *open_anew(void)
{
	unlink(journal);
	unlink(out_path);
	test_write(text_path, text);
	test_write(manifest_path, manifest);
	return open_review();
}

static struct review *reopen(struct review *review)
{
	review_free(review);
	return open_review();
}

static void assert_written(struct review *review, const char *expected, size_t lost)
{
	struct buf content = BUF_INIT;
	struct boxes_report report;
	struct err err = ERR_INIT;

	if (review_write_boxes(review, manifest_path, out_path, REVIEW_REPLACE, &report, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(file_read_all(out_path, &content, 1 << 20, &err), 0);
	assert_string_equal(content.data, expected);
	assert_int_equal(report.lost, lost);
	buf_release(&content);
}

static bool stands(const struct review *review, const struct box_name *name)
{
	struct box_state state;

	return review_box_state(review, name, &state);
}

static void test_delete_and_undo(void **state)
{
	static const char without[] = SECOND "\r\nno JSON\n\n" OTHER;
	struct review *review = open_anew();
	struct review_totals totals;
	struct err err = ERR_INIT;
	size_t record = 9;

	(void)state;
	assert_written(review, manifest, 0);
	assert_int_equal(review_set(review, 0, 0, 1, "PER", &err), 1);
	assert_int_equal(review_delete_box(review, 0, &first, &err), 1);
	assert_int_equal(review_delete_box(review, 0, &first, &err), 0);
	assert_false(stands(review, &first));
	assert_true(stands(review, &second));
	assert_true(stands(review, &other));
	assert_written(review, without, 0);
	review = reopen(review);
	assert_written(review, without, 0);
	/* One history with the tags. */
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_int_equal(record, 0);
	assert_written(review, manifest, 0);
	assert_string_equal(review_record(review, 0)->tags[0], "B-PER");
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_string_equal(review_record(review, 0)->tags[0], "B-LOC");
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_int_equal(review_redo(review, &record, &err), 1);
	assert_written(review, without, 0);
	review = reopen(review);
	assert_false(stands(review, &first));
	assert_string_equal(review_record(review, 0)->tags[0], "B-PER");
	/* A box is no decision on its tweet. */
	assert_int_equal(review_delete_box(review, 1, &other, &err), 1);
	assert_int_equal(review_record(review, 1)->state, STATE_UNTOUCHED);
	review_totals(review, &totals);
	assert_int_equal(totals.decided, 1);
	review_free(review);
}

static void test_move(void **state)
{
	static const char moved[] =
		"{\"image\":\"8.jpg\",\"record\":\"IMGID:8\",\"phrase\":\"Big Ben\",\"kind\":\"location\","
		"\"box\":[9.0,11.0,320.0,445.0]" REST "\n";
	struct box to = { 9, 11, 320, 445 }, empty = { 9, 11, 9, 445 };
	struct review *review = open_anew();
	struct err err = ERR_INIT;
	struct box_state now;
	struct buf expected = BUF_INIT;

	(void)state;
	assert_int_equal(review_move_box(review, 0, &first, &first.box, &err), 0);
	assert_int_equal(review_move_box(review, 0, &first, &empty, &err), -1);
	assert_int_equal(review_move_box(review, 0, &first, &to, &err), 1);
	to.x1 = 319;
	assert_int_equal(review_move_box(review, 0, &first, &to, &err), 1);
	review = reopen(review);
	assert_int_equal(review_undo(review, &(size_t){ 0 }, &err), 1);
	assert_true(review_box_state(review, &first, &now));
	assert_true(now.box.x1 == 320 && now.box.x0 == 9);
	buf_add_format(&expected, "%s%s\r\nno JSON\n\n%s%s", moved, SECOND, moved, OTHER);
	assert_written(review, expected.data, 0);
	/* The manifest made of the edits has them already; one of other boxes has lost them. */
	test_write(manifest_path, expected.data);
	assert_written(review, expected.data, 0);
	test_write(manifest_path, SECOND "\n");
	assert_written(review, SECOND "\n", 1);
	/* One that was moved and then chosen: its choice is of no account where all is made already. */
	test_write(manifest_path, manifest);
	assert_int_equal(review_choose_box(review, 0, &first, &err), 1);
	buf_clear(&expected);
	buf_add_format(&expected, "%sno JSON\n\n%s%s", moved, moved, OTHER);
	assert_written(review, expected.data, 0);
	test_write(manifest_path, expected.data);
	assert_written(review, expected.data, 0);
	test_write(manifest_path, SECOND "\n");
	assert_written(review, SECOND "\n", 1);
	buf_release(&expected);
	review_free(review);
}

static void test_choose_and_phrase(void **state)
{
	struct review *review = open_anew();
	struct err err = ERR_INIT;
	struct box_state now;
	size_t record;

	(void)state;
	assert_int_equal(review_choose_box(review, 0, &second, &err), 1);
	assert_int_equal(review_choose_box(review, 0, &second, &err), 0);
	assert_false(stands(review, &first));
	assert_true(stands(review, &other));
	assert_written(review, SECOND "\r\nno JSON\n\n" OTHER, 0);
	review = reopen(review);
	assert_false(stands(review, &first));
	/* Given away, it is the choice of its phrase no more. */
	assert_int_equal(review_name_box(review, 0, &second, "Tower", "misc", &err), 1);
	assert_true(stands(review, &first));
	review = reopen(review);
	assert_true(review_box_state(review, &second, &now));
	assert_string_equal(now.phrase, "Tower");
	assert_string_equal(now.kind, "misc");
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_false(stands(review, &first));
	assert_int_equal(review_undo(review, &record, &err), 1);
	assert_true(stands(review, &first));
	assert_written(review, manifest, 0);
	review_free(review);
}

static void test_targets(void **state)
{
	struct review *review = open_anew();
	struct boxes_report report;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(review_write_boxes(review, manifest_path, manifest_path, REVIEW_REPLACE, &report, &err), -1);
	assert_non_null(strstr(err.text, "never edited"));
	test_write(out_path, "mine");
	assert_int_equal(review_write_boxes(review, manifest_path, out_path, REVIEW_NEW_FILE, &report, &err), -1);
	assert_non_null(strstr(err.text, "exists"));
	assert_int_equal(review_write_boxes(review, "/nowhere", out_path, REVIEW_REPLACE, &report, &err), -1);
	review_free(review);
}

static void test_hostile_lines(void **state)
{
	static const char *const boxes[] = {
		"1", "{}", "{\"image\":\"\",\"phrase\":\"\",\"box\":[1,2,3,4],\"now\":null}",
		"{\"image\":\"a\",\"phrase\":\"\",\"box\":[1,2,3],\"now\":null}",
		"{\"image\":\"a\",\"phrase\":\"\",\"box\":[1,2,3,1e99],\"now\":null}",
		"{\"image\":\"a\",\"phrase\":\"\",\"box\":[1,2,3,4]}",
		"{\"image\":\"a\",\"phrase\":\"\",\"box\":[1,2,3,4],\"now\":{\"box\":[5,2,3,4],\"phrase\":\"\"}}",
		"{\"image\":\"a\",\"phrase\":\"\",\"box\":[1,2,3,4],\"now\":{\"box\":[1,2,3,4]}}",
		"{\"image\":\"a\",\"phrase\":\"\",\"box\":[1,2,3,4],\"now\":{\"box\":[1,2,3,4],"
		"\"phrase\":\"\",\"chosen\":-1}}",
	};
	static const char good[] = "{\"do\":\"edit\",\"edit\":1,\"record\":0,\"words_sha256\":"
		"\"0000000000000000000000000000000000000000000000000000000000000000\",\"what\":\"box-move\","
		"\"begin\":0,\"end\":0,\"tags\":[],\"state\":\"untouched\",\"box\":%s}";
	struct journal_line line;
	struct err err = ERR_INIT;
	char bytes[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(boxes) / sizeof(*boxes); i++) {
		snprintf(bytes, sizeof(bytes), good, boxes[i]);
		assert_int_equal(journal_line_read(&line, bytes, strlen(bytes), &err), READ_BAD);
		assert_non_null(strstr(err.text, "'box' is no decision"));
		journal_line_release(&line);
	}
	snprintf(bytes, sizeof(bytes), good,
		 "{\"image\":\"a\",\"phrase\":\"\",\"box\":[-1e30,2,3.5,4],\"now\":{\"box\":[1,2,3,4],\"phrase\":\"b\"}}");
	assert_int_equal(journal_line_read(&line, bytes, strlen(bytes), &err), READ_OK);
	assert_string_equal(line.entry.box->now.phrase, "b");
	assert_true(line.entry.box->name.box.x1 == 3.5f);
	journal_line_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delete_and_undo), cmocka_unit_test(test_move),
		cmocka_unit_test(test_choose_and_phrase), cmocka_unit_test(test_targets),
		cmocka_unit_test(test_hostile_lines),
	};

	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
