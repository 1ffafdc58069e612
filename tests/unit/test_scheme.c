/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/scheme.h"

#include "lib/base/buf.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <string.h>

#define MAX_TAGS 64

/* ---- by hand ---- */

static size_t split_tags(char *text, const char **tags)
{
	size_t n = 0;
	char *state = NULL;

	for (char *tag = strtok_r(text, " ", &state); tag; tag = strtok_r(NULL, " ", &state)) {
		assert_true(n < MAX_TAGS);
		tags[n++] = tag;
	}
	return n;
}

static void test_names(void **state)
{
	enum scheme scheme;

	(void)state;
	for (size_t i = 0; i < SCHEMES; i++) {
		assert_true(scheme_from_name(scheme_name((enum scheme)i), &scheme));
		assert_int_equal(scheme, i);
	}
	assert_true(scheme_from_name("bio", &scheme));
	assert_int_equal(scheme, SCHEME_IOB2);
	assert_true(scheme_from_name("Bioes", &scheme));
	assert_int_equal(scheme, SCHEME_IOBES);
	assert_false(scheme_from_name("BMES", &scheme));
}

static void assert_meant(enum scheme scheme, const char *tags, const char *expected,
			 size_t malformed)
{
	char *copy = strdup(tags);
	const char *array[MAX_TAGS];
	size_t n = split_tags(copy, array), n_spans, wrong;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	struct span *spans;

	assert_int_equal(scheme_spans(scheme, array, n, &spans, &n_spans, &wrong, &arena, &err), 0);
	for (size_t i = 0; i < n_spans; i++)
		buf_add_format(&out, "%s%s %zu %zu", i ? ", " : "", spans[i].type, spans[i].begin,
			       spans[i].end);
	assert_string_equal(out.data ? out.data : "", expected);
	assert_int_equal(wrong, malformed);
	buf_release(&out);
	arena_release(&arena);
	free(copy);
}

static void test_malformed(void **state)
{
	(void)state;
	assert_meant(SCHEME_IOB2, "O I-PER I-PER I-LOC B-LOC", "PER 1 3, LOC 3 4, LOC 4 5", 2);
	assert_meant(SCHEME_IOB1, "O I-PER I-PER I-LOC B-LOC", "PER 1 3, LOC 3 4, LOC 4 5", 0);
	assert_meant(SCHEME_IOBES, "B-PER O S-LOC I-LOC E-LOC", "PER 0 1, LOC 2 3, LOC 3 5", 2);
	assert_meant(SCHEME_BILOU, "B-PER L-PER U-PER X [CLS]", "PER 0 2, PER 2 3", 2);
	assert_meant(SCHEME_IOE1, "I-PER E-PER I-PER O E-PER", "PER 0 2, PER 2 3, PER 4 5", 1);
	assert_meant(SCHEME_IOE2, "I-PER E-PER E-PER I-LOC", "PER 0 2, PER 2 3, LOC 3 4", 1);
}

static void test_guess(void **state)
{
	static const struct {
		const char *tags;
		int scheme; /* -1: none fits */
	} cases[] = {
		{ "O O", -1 },
		{ "B-PER I-PER O B-LOC", SCHEME_IOB2 },
		{ "I-PER I-PER B-PER O I-LOC", SCHEME_IOB1 },
		{ "I-PER E-PER O E-LOC", SCHEME_IOE2 },
		{ "I-PER E-PER I-PER O I-LOC", SCHEME_IOE1 },
		{ "B-PER E-PER O S-LOC", SCHEME_IOBES },
		{ "B-PER L-PER O U-LOC", SCHEME_BILOU },
		{ "B-PER L-PER O S-LOC", -1 },
		{ "B-PER I-PER O I-LOC", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scheme_guess guess = SCHEME_GUESS_INIT;
		char *copy = strdup(cases[i].tags);
		const char *tags[MAX_TAGS];
		enum scheme scheme;

		scheme_guess_add(&guess, tags, split_tags(copy, tags));
		assert_int_equal(scheme_guess_result(&guess, &scheme), cases[i].scheme >= 0);
		if (cases[i].scheme >= 0)
			assert_int_equal(scheme, cases[i].scheme);
		free(copy);
	}
}

/* ---- what seqeval and the definitions say ---- */

static size_t load_tags(const json_t *array, const char **tags)
{
	size_t n = json_array_size(array);

	assert_true(n <= MAX_TAGS);
	for (size_t i = 0; i < n; i++)
		tags[i] = json_string_value(json_array_get(array, i));
	return n;
}

static bool spans_equal(const struct span *spans, size_t n, const json_t *expected)
{
	if (n != json_array_size(expected))
		return false;
	for (size_t i = 0; i < n; i++) {
		const json_t *span = json_array_get(expected, i);

		if (strcmp(spans[i].type, json_string_value(json_array_get(span, 0))) != 0 ||
		    spans[i].begin != (size_t)json_integer_value(json_array_get(span, 1)) ||
		    spans[i].end != (size_t)json_integer_value(json_array_get(span, 2)))
			return false;
	}
	return true;
}

static void compare_strict(const json_t *line, enum scheme scheme)
{
	const json_t *expected =
		json_object_get(json_object_get(line, "strict"), scheme_name(scheme));
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	const char *tags[MAX_TAGS];
	size_t n = load_tags(json_object_get(line, "tags"), tags), n_spans;
	struct span *spans;
	int rc = scheme_strict_spans(scheme, tags, n, &spans, &n_spans, &arena, &err);

	assert_int_equal(rc < 0, json_is_string(expected));
	if (rc == 0)
		assert_true(spans_equal(spans, n_spans, expected));
	arena_release(&arena);
}

static void compare_definition(const json_t *line, enum scheme scheme)
{
	const json_t *expected = json_object_get(line, "spans");
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	const char *tags[MAX_TAGS], *encoded[MAX_TAGS];
	struct scheme_guess guess = SCHEME_GUESS_INIT;
	size_t n = load_tags(json_object_get(json_object_get(line, "same_spans_in"),
					     scheme_name(scheme)), tags);
	size_t n_spans, malformed;
	struct span *spans;

	assert_int_equal(
		scheme_spans(scheme, tags, n, &spans, &n_spans, &malformed, &arena, &err), 0);
	assert_true(spans_equal(spans, n_spans, expected));
	assert_int_equal(malformed, 0);
	assert_int_equal(scheme_encode(scheme, spans, n_spans, encoded, n, &arena, &err), 0);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(encoded[i], tags[i]);
	scheme_guess_add(&guess, tags, n);
	assert_int_equal(guess.violations[scheme], 0);
	arena_release(&arena);
}

static void test_seqeval_strict(void **state)
{
	json_t *lines = json_load_file("tests/oracle/schemes/strict.json", 0, NULL);

	(void)state;
	assert_int_equal(json_array_size(lines), 240);
	for (size_t i = 0; i < json_array_size(lines); i++)
		for (size_t s = 0; s < SCHEMES; s++)
			compare_strict(json_array_get(lines, i), (enum scheme)s);
	json_decref(lines);
}

static void test_golden(void **state)
{
	size_t valid = 0, strict = 0;
	char path[4096];
	json_t *lines;

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/bio_schemes/golden.json", shared_folder());
	lines = json_load_file(path, 0, NULL);
	assert_non_null(lines);
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		const char *kind = json_string_value(json_object_get(line, "kind"));

		for (size_t s = 0; s < SCHEMES && strcmp(kind, "suffix") != 0; s++, strict++)
			compare_strict(line, (enum scheme)s);
		for (size_t s = 0; s < SCHEMES && strcmp(kind, "valid") == 0; s++, valid++)
			compare_definition(line, (enum scheme)s);
	}
	assert_int_equal(valid, 6 * 120);
	assert_int_equal(strict, 6 * 300);
	json_decref(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_seqeval_strict),
		cmocka_unit_test(test_golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
