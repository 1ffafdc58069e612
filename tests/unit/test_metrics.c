/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/metrics.h"

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/corpus/span.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define MAX_TAGS 64

/* "B-PER I-PER O" as an array; tags apart by one blank. */
static size_t split_tags(char *text, const char **tags)
{
	size_t n = 0;

	while (*text) {
		char *blank = strchr(text, ' ');

		assert_true(n < MAX_TAGS);
		tags[n++] = text;
		if (!blank)
			break;
		*blank = '\0';
		text = blank + 1;
	}
	return n;
}

static void assert_spans(enum span_rule rule, const char *tags, const char *expected)
{
	char *copy = strdup(tags);
	const char *array[MAX_TAGS];
	size_t n = split_tags(copy, array), n_spans;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	struct span *spans;

	assert_int_equal(span_extract(rule, array, n, &spans, &n_spans, &arena, &err), 0);
	for (size_t i = 0; i < n_spans; i++)
		buf_add_format(&out, "%s%s %zu %zu", i ? ", " : "", spans[i].type, spans[i].begin,
			       spans[i].end);
	assert_string_equal(out.data, expected);
	buf_release(&out);
	arena_release(&arena);
	free(copy);
}

static void test_spans(void **state)
{
	(void)state;
	for (int rule = SPAN_CONLLEVAL; rule <= SPAN_BEGIN_ONLY; rule++) {
		assert_spans(rule, "", "");
		assert_spans(rule, "O O", "");
		assert_spans(rule, "B-PER I-PER O B-LOC B-LOC", "PER 0 2, LOC 3 4, LOC 4 5");
	}
	assert_spans(SPAN_CONLLEVAL, "I-PER O I-LOC I-LOC", "PER 0 1, LOC 2 4");
	assert_spans(SPAN_BEGIN_ONLY, "I-PER O I-LOC I-LOC", "");
	assert_spans(SPAN_CONLLEVAL, "B-PER I-LOC I-PER", "PER 0 1, LOC 1 2, PER 2 3");
	assert_spans(SPAN_BEGIN_ONLY, "B-PER I-LOC I-PER", "PER 0 1");
	assert_spans(SPAN_CONLLEVAL, "B-PER X O", "PER 0 1,  1 3");
	assert_spans(SPAN_SEQEVAL, "B-PER X O", "PER 0 1");
	assert_spans(SPAN_SEQEVAL, "X B-PER", "_ 0 1, PER 1 2");
	assert_spans(SPAN_SEQEVAL, "S-PER S-PER B-A-B E-A-B", "PER 0 1, PER 1 2, A-B 2 4");
	assert_spans(SPAN_CONLLEVAL, "B-A-B E-A-B E-A-B", "A-B 0 2, A-B 2 3");
	assert_spans(SPAN_UMT, "B-x-A I-A E-y-A B-A", "A 0 3, A 3 4");
	assert_spans(SPAN_UMT, "O X [CLS] B I-B O-A", "X 1 2, [CLS] 2 3, B 3 5, A 5 6");
	assert_spans(SPAN_NERVALUATE, "I-A S-A B-A O PAD X", "A 0 2, A 2 3, D 4 5,  5 6");
	assert_spans(SPAN_NERVALUATE, "\xc3\xa9-A I-A", "A 0 2");
}

static void test_strict_tags(void **state)
{
	struct tag tag;

	(void)state;
	assert_true(tag_parse("O", &tag));
	assert_int_equal(tag.prefix, 'O');
	assert_true(tag_parse("B-a-b", &tag));
	assert_string_equal(tag.type, "a-b");
	assert_false(tag_parse("", &tag));
	assert_false(tag_parse("B-", &tag));
	assert_false(tag_parse("b-PER", &tag));
	assert_false(tag_parse("O ", &tag));
	assert_false(tag_parse("PER", &tag));
}

static void assert_score(enum tag_rule rule, const char *gold, const char *guess, size_t n_gold,
			 size_t n_found, size_t n_correct)
{
	char *gold_copy = strdup(gold), *guess_copy = strdup(guess);
	const char *gold_tags[MAX_TAGS], *guess_tags[MAX_TAGS];
	size_t n = split_tags(gold_copy, gold_tags);
	struct scoring *scoring = scoring_new(rule);
	struct type_score total;

	assert_int_equal(split_tags(guess_copy, guess_tags), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(scoring_add(scoring, gold_tags[i], guess_tags[i]), 0);
	assert_int_equal(scoring_break(scoring), 0);
	assert_int_equal(scoring_finish(scoring), 0);
	total = score_table_total(scoring_table(scoring));
	assert_int_equal(total.gold, n_gold);
	assert_int_equal(total.found, n_found);
	assert_int_equal(total.correct, n_correct);
	scoring_free(scoring);
	free(gold_copy);
	free(guess_copy);
}

static void test_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		enum tag_rule rule = i ? TAG_SEQEVAL : TAG_CONLLEVAL;

		assert_score(rule, "B-PER I-PER O", "B-PER I-PER O", 1, 1, 1);
		assert_score(rule, "B-PER I-PER O", "B-PER O O", 1, 1, 0);
		assert_score(rule, "B-PER I-PER O", "I-PER I-PER O", 1, 1, 1);
		assert_score(rule, "B-PER B-LOC", "B-LOC B-LOC", 2, 2, 1);
		assert_score(rule, "O O", "O O", 0, 0, 0);
	}
	assert_score(TAG_CONLLEVAL, "O X", "O X", 0, 0, 0);
	assert_score(TAG_SEQEVAL, "X B-A", "X B-A", 2, 2, 2);
	assert_score(TAG_CONLLEVAL_RAW, "PER PER O LOC", "PER O O PER", 3, 2, 1);
}

static void test_equal_tags(void **state)
{
	(void)state;
	assert_true(tag_equal(TAG_CONLLEVAL, "B", "B-"));
	assert_true(tag_equal(TAG_CONLLEVAL, "B-0", "B-"));
	assert_false(tag_equal(TAG_CONLLEVAL, "B-PER", "I-PER"));
	assert_false(tag_equal(TAG_CONLLEVAL, "X-PER", "Y-PER"));
	assert_false(tag_equal(TAG_SEQEVAL, "B", "B-"));
	assert_false(tag_equal(TAG_CONLLEVAL_RAW, "O", "PER"));
}

/* ---- the goldens of the originals ---- */

struct columns {
	char *text;
	const char **cells; /* [rows, width]; a NULL first cell ends a sentence */
	size_t rows, width;
};

static struct columns read_predictions(const char *shared)
{
	struct columns table = { NULL, NULL, 0, 0 };
	struct buf text = BUF_INIT;
	char command[1200], block[4096], *line;
	size_t got, capacity = 0;
	FILE *pipe;

	snprintf(command, sizeof(command), "gzip -dc '%s/oracle/scorers/ner_predictions.tsv.gz'",
		 shared);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((got = fread(block, 1, sizeof(block), pipe)) > 0)
		buf_add(&text, block, got);
	assert_int_equal(pclose(pipe), 0);
	table.text = line = buf_detach(&text);
	while (*line) {
		char *end = strchr(line, '\n');

		*end = '\0';
		if (table.rows == 0)
			for (char *tab = line - 1; tab; tab = strchr(tab + 1, '\t'))
				table.width++;
		if (table.rows == capacity) {
			capacity = capacity ? capacity * 2 : 1024;
			table.cells = realloc(table.cells,
					      capacity * table.width * sizeof(*table.cells));
		}
		for (size_t c = 0; c < table.width; c++) {
			char *tab = strchr(line, '\t');

			table.cells[table.rows * table.width + c] = *line ? line : NULL;
			if (tab)
				*tab = '\0';
			line = tab ? tab + 1 : line + strlen(line);
		}
		table.rows++;
		line = end + 1;
	}
	return table;
}

static size_t find_column(const struct columns *table, const char *name)
{
	for (size_t c = 0; c < table->width; c++)
		if (strcmp(table->cells[c], name) == 0)
			return c;
	return SIZE_MAX;
}

static void assert_ratios(struct ratios got, json_t *expected)
{
	double values[3] = { got.precision, got.recall, got.f1 };

	for (size_t i = 0; i < 3; i++)
		assert_true(fabs(values[i] - json_real_value(json_array_get(expected, i))) < 1e-12);
}

static void assert_variant(const struct columns *table, const char *name, json_t *golden)
{
	char column[64];
	size_t gold = 0, guess = find_column(table, name);
	struct scoring *scoring;
	struct type_score total;

	if (guess == SIZE_MAX) { /* the gold was rewritten too */
		snprintf(column, sizeof(column), "%s predicted", name);
		guess = find_column(table, column);
		snprintf(column, sizeof(column), "%s gold", name);
		gold = find_column(table, column);
	}
	assert_true(guess != SIZE_MAX && gold != SIZE_MAX);
	scoring = scoring_new(TAG_SEQEVAL);
	for (size_t row = 1; row < table->rows; row++) {
		const char *const *cells = table->cells + row * table->width;

		assert_int_equal(cells[0] ? scoring_add(scoring, cells[gold], cells[guess])
					  : scoring_break(scoring),
				 0);
	}
	assert_int_equal(scoring_finish(scoring), 0);
	total = score_table_total(scoring_table(scoring));
	assert_ratios(score_ratios(&total), json_object_get(golden, "micro"));
	assert_ratios(score_table_macro(scoring_table(scoring)), json_object_get(golden, "macro"));
	assert_ratios(score_table_weighted(scoring_table(scoring)), json_object_get(golden, "weighted"));
	scoring_free(scoring);
}

static void test_seqeval_goldens(void **state)
{
	const char *shared = shared_folder(), *name;
	struct columns table = read_predictions(shared);
	json_t *golden, *variant;
	char path[1024];

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/scorers/golden.json", shared);
	golden = json_load_file(path, 0, NULL);
	assert_non_null(golden);
	assert_int_equal(json_object_size(json_object_get(golden, "ner")), 17);
	json_object_foreach(json_object_get(golden, "ner"), name, variant)
		assert_variant(&table, name, json_object_get(variant, "seqeval_default"));
	json_decref(golden);
	free(table.cells);
	free(table.text);
}

/* One sequence of the goldens; true when seqeval gave entities for it and not an error. */
static bool assert_lenient(json_t *sequence, struct arena *arena)
{
	json_t *tags = json_object_get(sequence, "tags"), *expected;
	const char *array[MAX_TAGS * 4];
	struct err err = ERR_INIT;
	struct span *spans;
	size_t n = json_array_size(tags), n_spans;

	expected = json_object_get(sequence, "lenient");
	if (!json_is_array(expected) ||
	    strcmp(json_string_value(json_object_get(sequence, "kind")), "suffix") == 0)
		return false;
	assert_true(n < MAX_TAGS * 4);
	for (size_t i = 0; i < n; i++)
		array[i] = json_string_value(json_array_get(tags, i));
	assert_int_equal(span_extract(SPAN_SEQEVAL, array, n, &spans, &n_spans, arena, &err), 0);
	assert_int_equal(n_spans, json_array_size(expected));
	for (size_t i = 0; i < n_spans; i++) {
		json_t *span = json_array_get(expected, i);

		assert_string_equal(spans[i].type, json_string_value(json_array_get(span, 0)));
		assert_int_equal(spans[i].begin, json_integer_value(json_array_get(span, 1)));
		assert_int_equal(spans[i].end, json_integer_value(json_array_get(span, 2)));
	}
	return true;
}

static void test_span_goldens(void **state)
{
	json_t *golden, *sequence;
	struct arena arena = ARENA_INIT;
	size_t i, n = 0;
	char path[1024];

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/bio_schemes/golden.json", shared_folder());
	golden = json_load_file(path, 0, NULL);
	assert_non_null(golden);
	json_array_foreach(golden, i, sequence)
		n += assert_lenient(sequence, &arena);
	assert_true(n > 250);
	json_decref(golden);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_strict_tags),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_equal_tags),
		cmocka_unit_test(test_seqeval_goldens),
		cmocka_unit_test(test_span_goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
