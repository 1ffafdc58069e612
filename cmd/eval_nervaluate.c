/* SPDX-License-Identifier: Apache-2.0 */
/* The scorers of nervaluate's four schemas. */
#include "cmd/eval.h"

#include "lib/corpus/nervaluate.h"
#include "lib/formats/json_lines.h"

static void *open_1(const struct eval_options *options)
{
	(void)options;
	return nervaluate_new(NERVALUATE_1);
}

static void *open_0(const struct eval_options *options)
{
	(void)options;
	return nervaluate_new(NERVALUATE_0);
}

static void *open_optimal(const struct eval_options *options)
{
	(void)options;
	return nervaluate_new(NERVALUATE_OPTIMAL);
}

static int add(void *state, const struct tag_pair_sentence *sentence, struct err *err)
{
	const size_t *lines;
	size_t word;
	bool gold;

	if (nervaluate_add(state, sentence->gold, sentence->guess, sentence->n, err) == 0)
		return 0;
	if (err->kind != ERR_DATA || err->column == 0)
		return -1;
	/* The gold tags are refused alone, too, or it was one of the others. */
	word = err->column - 1;
	gold = nervaluate_add(state, sentence->gold, sentence->gold, sentence->n, err) < 0;
	lines = gold ? sentence->gold_lines : sentence->guess_lines;
	err->column = 0;
	err->line = lines[word];
	err_add_file(err, gold ? sentence->gold_file : sentence->guess_file);
	return -1;
}

static int finish(void *state, bool blank, struct err *err)
{
	(void)blank;
	return nervaluate_finish(state, err);
}

static void close(void *state)
{
	nervaluate_free(state);
}

static void rows(FILE *out, const char *name, const void *state)
{
	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++) {
		const struct nervaluate_counts *counts = &nervaluate_total(state)->counts[s];
		char full[64];

		snprintf(full, sizeof(full), "%s %s", name,
			 nervaluate_schema_name((enum nervaluate_schema)s));
		eval_print_summary(out, full, nervaluate_possible(counts), nervaluate_actual(counts),
				   (double)counts->correct + 0.5 * (double)counts->partial,
				   nervaluate_ratios(counts));
	}
}

static void text(FILE *out, const void *state)
{
	const struct nervaluate_type *total = nervaluate_total(state);

	fprintf(out, "Scenario: all\n\n%8s  %11s %11s %11s %11s %11s %11s %11s %11s\n\n", "",
		"correct", "incorrect", "partial", "missed", "spurious", "precision", "recall",
		"f1-score");
	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++) {
		const struct nervaluate_counts *counts = &total->counts[s];
		struct ratios ratios = nervaluate_ratios(counts);

		fprintf(out, "%8s  %11zu %11zu %11zu %11zu %11zu %11.2f %11.2f %11.2f\n",
			nervaluate_schema_name((enum nervaluate_schema)s), counts->correct,
			counts->incorrect, counts->partial, counts->missed, counts->spurious,
			ratios.precision, ratios.recall, ratios.f1);
	}
}

static void set_counts(json_t *object, const struct nervaluate_counts *counts)
{
	const struct {
		const char *name;
		size_t value;
	} fields[] = { { "correct", counts->correct },
		       { "incorrect", counts->incorrect },
		       { "partial", counts->partial },
		       { "missed", counts->missed },
		       { "spurious", counts->spurious },
		       { "possible", nervaluate_possible(counts) },
		       { "actual", nervaluate_actual(counts) } };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		json_object_set_new(object, fields[i].name,
				    json_integer((json_int_t)fields[i].value));
	eval_set_ratios(object, nervaluate_ratios(counts));
}

static void json(FILE *out, const char *name, const void *state)
{
	const struct nervaluate_type *types;
	size_t n;

	types = nervaluate_types(state, &n);
	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++) {
		json_t *object = json_object(), *by_type = json_object();

		json_object_set_new(object, "scorer", json_string(name));
		json_object_set_new(object, "schema",
				    json_string(nervaluate_schema_name((enum nervaluate_schema)s)));
		set_counts(object, &nervaluate_total(state)->counts[s]);
		for (size_t i = 0; i < n; i++) {
			json_t *type = json_object(), *key = json_text(types[i].type);

			set_counts(type, &types[i].counts[s]);
			json_object_set_new(by_type, json_string_value(key), type);
			json_decref(key);
		}
		json_object_set_new(object, "types", by_type);
		json_line_write(out, object);
	}
}

#define NERVALUATE_SCORER(scorer_name, scorer_open)                                                \
	{                                                                                          \
		.name = scorer_name, .open = scorer_open, .add = add, .finish = finish,            \
		.rows = rows, .text = text, .json = json, .close = close,                          \
	}

const struct eval_scorer eval_nervaluate = NERVALUATE_SCORER("nervaluate", open_1);
const struct eval_scorer eval_nervaluate_0 = NERVALUATE_SCORER("nervaluate-0", open_0);
const struct eval_scorer eval_nervaluate_optimal = NERVALUATE_SCORER("nervaluate-optimal", open_optimal);
