/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agreement against what scikit-learn, statsmodels, krippendorff and seqeval gave for four annotators.
 */
#include "preprocess/agree.h"

#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* The order of sums differs. */
#define TOLERANCE 1e-12

static void assert_near(double got, const json_t *wanted, const char *what)
{
	if (!json_is_number(wanted) || !(fabs(got - json_number_value(wanted)) <= TOLERANCE))
		fail_msg("%s: %.17g where %.17g is right", what, got, json_number_value(wanted));
}

static void check_pairs(const struct agree_row *row, const json_t *golden, size_t raters)
{
	const json_t *pairs = json_object_get(golden, "pairs");
	size_t p = 0;

	for (size_t a = 0; a < raters; a++) {
		for (size_t b = a + 1; b < raters; b++, p++) {
			const json_t *wanted = json_array_get(pairs, p);

			assert_int_equal(row->pairs[p].a, a);
			assert_int_equal(row->pairs[p].b, b);
			assert_int_equal(row->pairs[p].units,
					 json_integer_value(json_object_get(wanted, "units")));
			assert_near(row->pairs[p].cohen, json_object_get(wanted, "cohen"), "cohen");
			assert_near(row->pairs[p].f1, json_object_get(wanted, "f1"), "f1");
		}
	}
	assert_int_equal(json_array_size(pairs), p);
}

static void test_golden(void **state)
{
	static char anna[] = "tests/oracle/agreement/anna.txt", ben[] = "tests/oracle/agreement/ben.txt";
	static char cleo[] = "tests/oracle/agreement/cleo.txt", dora[] = "tests/oracle/agreement/dora.txt";
	char *paths[] = { anna, ben, cleo, dora };
	static const char *const scopes[] = { "all", "tagged", "LOC", "ORG", "PER" };
	json_t *golden = json_load_file("tests/oracle/agreement/golden.json", 0, NULL);
	struct agree_report report;
	struct err err = ERR_INIT;

	(void)state;
	assert_non_null(golden);
	assert_int_equal(agree_files(&report, paths, 4, TASK_NER, NULL, &err), 0);
	assert_int_equal(report.n_rows, 5);
	assert_int_equal(report.records, 30);
	assert_int_equal(report.left_out, 0);
	for (size_t i = 0; i < report.n_rows; i++) {
		const struct agree_row *row = &report.rows[i];
		const json_t *wanted = json_object_get(golden, scopes[i]);

		if (row->type)
			assert_string_equal(row->type, scopes[i]);
		assert_int_equal(row->units, json_integer_value(json_object_get(wanted, "units")));
		assert_near(row->fleiss, json_object_get(wanted, "fleiss"), "fleiss");
		assert_near(row->krippendorff, json_object_get(wanted, "krippendorff"), "krippendorff");
		check_pairs(row, wanted, report.n_files);
	}
	agree_release(&report);
	json_decref(golden);
}

/* Two files of the same two annotators' pairs give what the golden has of the pair. */
static void test_pair_of_golden(void **state)
{
	static char ben[] = "tests/oracle/agreement/ben.txt", dora[] = "tests/oracle/agreement/dora.txt";
	char *paths[] = { ben, dora };
	json_t *golden = json_load_file("tests/oracle/agreement/golden.json", 0, NULL);
	const json_t *wanted = json_array_get(
		json_object_get(json_object_get(golden, "tagged"), "pairs"), 4);
	struct agree_report report;
	struct err err = ERR_INIT;

	(void)state;
	assert_non_null(wanted);
	assert_int_equal(agree_files(&report, paths, 2, TASK_NER, NULL, &err), 0);
	assert_near(report.rows[AGREE_TAGGED].fleiss, json_object_get(wanted, "fleiss"), "fleiss");
	assert_near(report.rows[AGREE_TAGGED].krippendorff, json_object_get(wanted, "krippendorff"),
		    "krippendorff");
	assert_near(report.rows[AGREE_TAGGED].cohen, json_object_get(wanted, "cohen"), "cohen");
	agree_release(&report);
	json_decref(golden);
}

static void compare(struct agree_report *report, const char *a, const char *b, enum task task)
{
	char *paths[] = { temporary_text(a), temporary_text(b) };
	struct err err = ERR_INIT;

	assert_int_equal(agree_files(report, paths, 2, task, NULL, &err), 0);
	temporary_remove(paths[0]);
	temporary_remove(paths[1]);
}

/* Order does not matter, equal tweets are told apart, the rest is left out. */
static void test_alignment(void **state)
{
	struct agree_report report;

	(void)state;
	compare(&report, "IMGID:1\na\tO\n\nIMGID:2\nb\tB-X\n\nIMGID:2\nb\tO\n\nIMGID:3\nc\tO\n\n",
		"IMGID:2\nb\tB-X\n\nIMGID:1\na\tO\n\nIMGID:2\nb\tO\n\nIMGID:3\nd\tO\n\n", TASK_NER);
	assert_int_equal(report.records, 3);
	assert_int_equal(report.left_out, 2);
	assert_int_equal(report.rows[AGREE_ALL].pairs[0].same, 1);
	assert_true(report.rows[AGREE_ALL].cohen == 1);
	agree_release(&report);
}

/* What is not defined is not a number, and nothing divides by zero. */
static void test_undefined(void **state)
{
	struct agree_report report;

	(void)state;
	compare(&report, "a\tO\n\n", "a\tO\n\n", TASK_NER);
	assert_int_equal(report.n_rows, 2);
	assert_true(isnan(report.rows[AGREE_ALL].cohen) && isnan(report.rows[AGREE_ALL].fleiss));
	assert_true(isnan(report.rows[AGREE_ALL].krippendorff) && isnan(report.rows[AGREE_ALL].f1));
	assert_int_equal(report.rows[AGREE_TAGGED].units, 0);
	agree_release(&report);
	compare(&report, "", "a\tO\n\n", TASK_NER);
	assert_int_equal(report.records, 0);
	assert_int_equal(report.left_out, 1);
	agree_release(&report);
}

/* S- is an entity, which conlleval alone would not see. */
static void test_schemes(void **state)
{
	static const char text[] = "a\tS-PER\nb\tB-LOC\nc\tE-LOC\nd\tO\n\n";
	struct agree_report report;

	(void)state;
	compare(&report, text, "a\tS-PER\nb\tO\nc\tS-LOC\nd\tO\n\n", TASK_NER);
	assert_int_equal(report.rows[AGREE_ALL].pairs[0].spans_a, 2);
	assert_int_equal(report.rows[AGREE_ALL].pairs[0].spans_b, 2);
	assert_int_equal(report.rows[AGREE_ALL].pairs[0].same, 1);
	agree_release(&report);
}

#define LINE(pos, relation) \
	"{'token': ['Jo', 'of', 'Rome'], 'h': {'name': 'Jo', 'pos': [0, 1]}, 't': {'name': 'Rome', 'pos': [" \
	pos "]}, 'img_id': '1.jpg', 'relation': '" relation "'}\n"

static void test_relations(void **state)
{
	struct agree_report report;
	const struct agree_pair *pair;

	(void)state;
	compare(&report, LINE("2, 3", "None") LINE("1, 3", "/per/loc/x") LINE("0, 3", "/per/loc/x"),
		LINE("2, 3", "None") LINE("1, 3", "/per/loc/x") LINE("0, 3", "/per/loc/y"), TASK_RE);
	pair = &report.rows[AGREE_ALL].pairs[0];
	assert_int_equal(report.units, 3);
	assert_int_equal(pair->spans_a, 2);
	assert_int_equal(pair->spans_b, 2);
	assert_int_equal(pair->same, 1);
	assert_true(fabs(pair->observed - 2.0 / 3) < TOLERANCE);
	/* By chance: (1 * 1 + 2 * 1) / 9. */
	assert_true(fabs(pair->cohen - 0.5) < TOLERANCE);
	assert_int_equal(report.rows[AGREE_TAGGED].units, 2);
	agree_release(&report);
}

static void test_no_tag(void **state)
{
	char *path = temporary_text("a\n\n"), *paths[] = { path, path };
	struct agree_report report;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(agree_files(&report, paths, 2, TASK_NER, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_int_equal(err.line, 1);
	agree_release(&report);
	temporary_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),	     cmocka_unit_test(test_pair_of_golden),
		cmocka_unit_test(test_alignment),    cmocka_unit_test(test_undefined),
		cmocka_unit_test(test_relations),    cmocka_unit_test(test_schemes),
		    cmocka_unit_test(test_no_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
