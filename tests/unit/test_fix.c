/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"
#include "tui/fix.h"

#include <string.h>

static const char text[] = "IMGID:1\n"
			   "a\tI-PER\n"
			   "b\tI-LOC\n"
			   "c\tO\n"
			   "d\tB-PER\n"
			   "e\tI-PER\n"
			   "f\tI-PER\n"
			   "\n"
			   "IMGID:2\n"
			   "g\tO\n"
			   "\n";

struct fixture {
	char *path;
	struct review *review;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	struct err err = ERR_INIT;

	fixture.path = temporary_text(text);
	fixture.review = review_open(fixture.path, &err);
	if (!fixture.review)
		return -1;
	review_judge_findings(fixture.review, fix_finding_holds);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	review_free(fixture->review);
	temporary_remove(fixture->path);
	return 0;
}

static void add(struct fixture *fixture, const char *rule, size_t line, const char *word,
		const char *given, const char *likelier)
{
	const struct finding_label label = { .word = word, .given = given, .likelier = likelier };
	const struct finding finding = { .level = LEVEL_WARNING,
					 .rule = rule,
					 .file = fixture->path,
					 .line = line,
					 .message = "m",
					 .label = likelier ? &label : NULL };
	struct finding_sink *sink = review_finding_sink(fixture->review);

	sink->add(sink, &finding);
}

static const char *joined(const char *const *tags, size_t n)
{
	static char line[256];
	size_t used = 0;

	line[0] = '\0';
	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s", i ? " " : "", tags[i]);
	return line;
}

/* The findings of the first record, one letter each: the last one of the rule. */
static const char *findings_of(const struct fixture *fixture)
{
	static char letters[16];
	size_t n = 0;

	for (const struct review_finding *f = review_record(fixture->review, 0)->findings; f; f = f->next)
		letters[n++] = f->rule[strlen(f->rule) - 1];
	letters[n] = '\0';
	return letters;
}

/* Mend the first finding of the first record. */
static void fix(struct fixture *fixture, const char *expected)
{
	const struct review_record *record = review_record(fixture->review, 0);
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	const char *tags[6];

	assert_true(fix_is_known(record->findings, record));
	assert_int_equal(fix_make(record->findings, record, SCHEME_IOB2, tags, &arena, &err), 0);
	assert_string_equal(joined(tags, 6), expected);
	assert_int_equal(review_fix(fixture->review, 0, tags, &err), 1);
	assert_string_equal(joined(review_record(fixture->review, 0)->tags, 6), expected);
	arena_release(&arena);
}

/* What was mended is gone from the record and all counts, and an undo brings it back to its place. */
static void test_findings_settle(void **state)
{
	struct fixture *fixture = *state;
	struct review_summary summary;
	struct review_totals totals;
	struct err err = ERR_INIT;
	size_t record;

	add(fixture, "tag-orphan-inside", 2, NULL, NULL, NULL);
	add(fixture, "tag-type-change", 3, NULL, NULL, NULL);
	assert_string_equal(findings_of(fixture), "ee");
	fix(fixture, "B-PER I-LOC O B-PER I-PER I-PER");
	assert_string_equal(findings_of(fixture), "e");
	assert_string_equal(review_record(fixture->review, 0)->findings->rule, "tag-type-change");
	fix(fixture, "B-PER B-LOC O B-PER I-PER I-PER");
	assert_string_equal(findings_of(fixture), "");
	review_totals(fixture->review, &totals);
	assert_int_equal(totals.with_findings, 0);
	review_summary(fixture->review, 0, &summary);
	assert_int_equal(summary.worst, 0);
	assert_int_equal(review_seek(fixture->review, GOAL_FINDING, "", 1, true), SIZE_MAX);

	assert_int_equal(review_undo(fixture->review, &record, &err), 1);
	assert_int_equal(review_undo(fixture->review, &record, &err), 1);
	assert_string_equal(findings_of(fixture), "ee");
	assert_string_equal(review_record(fixture->review, 0)->findings->rule, "tag-orphan-inside");
	review_totals(fixture->review, &totals);
	assert_int_equal(totals.with_findings, 1);
	assert_int_equal(review_redo(fixture->review, &record, &err), 1);
	assert_string_equal(findings_of(fixture), "e");
	/* One that comes when the record is decided is judged as well. */
	add(fixture, "tag-orphan-inside", 2, NULL, NULL, NULL);
	add(fixture, "text-control", 2, NULL, NULL, NULL);
	assert_string_equal(findings_of(fixture), "el");
}

/* By hand does as well as by the key. */
static void test_edits_settle(void **state)
{
	struct fixture *fixture = *state;
	struct err err = ERR_INIT;

	add(fixture, "tag-orphan-inside", 2, NULL, NULL, NULL);
	assert_int_equal(review_set(fixture->review, 0, 3, 4, "LOC", &err), 1);
	assert_string_equal(findings_of(fixture), "e");
	assert_int_equal(review_clear(fixture->review, 0, 0, 1, &err), 1);
	assert_string_equal(findings_of(fixture), "");
}

static void test_labels(void **state)
{
	static const struct {
		size_t line;
		const char *word, *given, *likelier, *expected;
	} cases[] = {
		{ 4, "c", "O", "B-ORG", "I-PER I-LOC B-ORG B-PER I-PER I-PER" },
		{ 4, "c", "O", "I-LOC", "I-PER B-LOC I-LOC B-PER I-PER I-PER" },
		{ 5, "d", "B-PER", "B-ORG", "I-PER I-LOC O B-ORG I-ORG I-ORG" },
		{ 5, "e", "I-PER", "B-PER", "I-PER I-LOC O B-PER B-PER I-PER" },
		{ 5, "e", "I-PER", "O", "I-PER I-LOC O B-PER O B-PER" },
		{ 5, "f", "I-PER", "O", "I-PER I-LOC O B-PER I-PER O" },
		{ 3, "b", "I-LOC", "I-PER", "B-PER I-PER O B-PER I-PER I-PER" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		size_t record;

		add(fixture, "label-suspect", cases[i].line, cases[i].word, cases[i].given,
		    cases[i].likelier);
		fix(fixture, cases[i].expected);
		assert_string_equal(findings_of(fixture), "");
		assert_int_equal(review_undo(fixture->review, &record, &err), 1);
		review_free(fixture->review);
		fixture->review = review_open(fixture->path, &err);
		review_judge_findings(fixture->review, fix_finding_holds);
	}
}

static void test_not_by_tags(void **state)
{
	struct fixture *fixture = *state;
	const struct review_record *record;
	struct buf advice = BUF_INIT;

	add(fixture, "text-empty-token", 2, NULL, NULL, NULL);
	add(fixture, "label-suspect", 2, "a", "I-PER", "I-PER");
	add(fixture, "label-suspect", 2, "zz", "I-PER", "O");
	record = review_record(fixture->review, 0);
	for (const struct review_finding *f = record->findings; f; f = f->next)
		assert_false(fix_is_known(f, record));
	fix_advise(record->findings, &advice);
	assert_string_equal(advice.data,
			    "not by tags: 'tagsight check --fix-unsafe --only text-empty-token' mends it");
	buf_release(&advice);
}

static void test_tags_are_checked(void **state)
{
	static const char *const odd[] = { "B PER" };
	static const char *const same[] = { "O" };
	struct fixture *fixture = *state;
	struct err err = ERR_INIT;

	assert_int_equal(review_fix(fixture->review, 1, same, &err), 0);
	assert_int_equal(review_fix(fixture->review, 1, odd, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_findings_settle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edits_settle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_labels, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_by_tags, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tags_are_checked, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
