/* SPDX-License-Identifier: Apache-2.0 */
/* --confusion: which type was taken for which, of entities with the same words and of those that overlap. */
#include "cmd/eval.h"

#include "lib/base/utf8.h"
#include "lib/corpus/span_match.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

struct tables {
	bool strict;
	enum span_rule rule;
	enum scheme scheme;
	struct confusion same, overlap;
	struct arena arena;
};

static void *open_tables(const struct eval_options *options)
{
	struct tables *tables = calloc(1, sizeof(*tables));
	const char *scorer = options->scorer ? options->scorer : "conlleval";

	if (!tables)
		return NULL;
	tables->strict = strcmp(scorer, "seqeval-strict") == 0;
	tables->scheme = options->scheme;
	tables->rule = SPAN_CONLLEVAL;
	if (strcmp(scorer, "seqeval") == 0)
		tables->rule = SPAN_SEQEVAL;
	else if (strcmp(scorer, "umt") == 0)
		tables->rule = SPAN_UMT;
	else if (strncmp(scorer, "nervaluate", strlen("nervaluate")) == 0)
		tables->rule = SPAN_NERVALUATE;
	confusion_init(&tables->same);
	confusion_init(&tables->overlap);
	return tables;
}

static void close_tables(void *state)
{
	struct tables *tables = state;

	confusion_release(&tables->same);
	confusion_release(&tables->overlap);
	arena_release(&tables->arena);
	free(tables);
}

/* Entities of one side of a sentence. */
struct entities {
	struct span *items; /* [n] */
	size_t n;
};

static int extract(struct tables *tables, const char *const *tags, size_t n,
		   struct entities *entities, struct err *err)
{
	if (tables->strict)
		return scheme_strict_spans(tables->scheme, tags, n, &entities->items, &entities->n,
					   &tables->arena, err);
	return span_extract(tables->rule, tags, n, &entities->items, &entities->n, &tables->arena,
			    err);
}

/* Count a pair; when the words must be the same, as two entities alone if they are not. */
static int count(struct confusion *confusion, const struct span_pair *pair, bool same_words)
{
	const struct span *gold = pair->gold, *guess = pair->guess;

	if (same_words && gold && guess && (gold->begin != guess->begin || gold->end != guess->end))
		return confusion_add(confusion, gold->type, NULL) < 0
			       ? -1
			       : confusion_add(confusion, NULL, guess->type);
	return confusion_add(confusion, gold ? gold->type : NULL, guess ? guess->type : NULL);
}

static int add_tables(void *state, const struct tag_pair_sentence *sentence, struct err *err)
{
	struct tables *tables = state;
	struct entities gold, guess;
	struct span_pair *pairs;
	size_t n;

	arena_reset(&tables->arena);
	if (extract(tables, sentence->gold, sentence->n, &gold, err) < 0 ||
	    extract(tables, sentence->guess, sentence->n, &guess, err) < 0 ||
	    span_match_pairs(gold.items, gold.n, guess.items, guess.n, span_value_place, &pairs, &n,
			     &tables->arena, err) < 0) {
		if (err->kind == ERR_DATA && sentence->n)
			err_set_at(err, sentence->gold_file, sentence->gold_lines[0], 0,
				   "a tag of the sentence is none of %s",
				   scheme_name(tables->scheme));
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		if (count(&tables->same, &pairs[i], true) < 0 ||
		    count(&tables->overlap, &pairs[i], false) < 0)
			return err_set_memory(err);
	return 0;
}

static int finish_tables(void *state, bool blank, struct err *err)
{
	(void)state;
	(void)blank;
	(void)err;
	return 0;
}

/* ---- text ---- */

#define CELL 9
#define MOST_COLUMNS 24 /* more types are listed by pairs */

static size_t widest(const char *const *types, size_t n, size_t width)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = utf8_width(types[i], strlen(types[i]));

		width = length > width ? length : width;
	}
	return width;
}

static void print_padded(FILE *out, const char *text, size_t width)
{
	size_t used = utf8_width(text, strlen(text));

	fprintf(out, "%*s%s", used < width ? (int)(width - used) : 0, "", text);
}

static void print_matrix(FILE *out, const struct confusion *confusion, const char *title)
{
	size_t n = 0;
	const char **types = confusion_types(confusion, &n);
	size_t first = widest(types, n, strlen("spurious")), width = widest(types, n, CELL - 1) + 1;

	if (!types)
		return;
	if (n > MOST_COLUMNS) {
		free(types);
		fprintf(out, "%s, of %zu types:\n\n", title, n);
		eval_print_mistakes(out, confusion);
		return;
	}
	fprintf(out, "%s: rows gold, columns predicted\n\n%*s", title, (int)first, "");
	for (size_t j = 0; j < n; j++)
		print_padded(out, types[j], width);
	print_padded(out, "missed", width);
	fputc('\n', out);
	for (size_t i = 0; i <= n; i++) {
		const char *gold = i < n ? types[i] : NULL;

		print_padded(out, gold ? gold : "spurious", first);
		for (size_t j = 0; j < n + (i < n); j++)
			fprintf(out, "%*zu", (int)width,
				confusion_count(confusion, gold, j < n ? types[j] : NULL));
		fputc('\n', out);
	}
	free(types);
}

static void text_tables(FILE *out, const void *state)
{
	const struct tables *tables = state;

	print_matrix(out, &tables->same, "same words");
	fputc('\n', out);
	print_matrix(out, &tables->overlap, "overlapping words");
}

void eval_print_mistakes(FILE *out, const struct confusion *confusion)
{
	struct confusion_cell *cells = confusion_sorted(confusion, true);

	for (size_t i = 0; cells && i < confusion->n; i++) {
		const struct confusion_cell *cell = &cells[i];

		if (!cell->gold)
			fprintf(out, "%9zu  %s spurious\n", cell->count, cell->guess);
		else if (!cell->guess)
			fprintf(out, "%9zu  %s missed\n", cell->count, cell->gold);
		else if (strcmp(cell->gold, cell->guess) != 0)
			fprintf(out, "%9zu  %s taken for %s\n", cell->count, cell->gold,
				cell->guess);
	}
	free(cells);
}

/* ---- JSON ---- */

static void set_count(json_t *object, const char *type, size_t count)
{
	json_t *key = json_text(type);

	json_object_set_new(object, json_string_value(key), json_integer((json_int_t)count));
	json_decref(key);
}

/* The object of a gold type, new when it is its first cell. */
static json_t *row_of(json_t *pairs, const char *gold)
{
	json_t *key = json_text(gold), *row = json_object_get(pairs, json_string_value(key));

	if (!row) {
		row = json_object();
		json_object_set_new(pairs, json_string_value(key), row);
	}
	json_decref(key);
	return row;
}

void eval_print_confusion_json(FILE *out, const char *name, const struct confusion *confusion)
{
	json_t *pairs = json_object(), *missed = json_object(), *spurious = json_object();
	struct confusion_cell *cells = confusion_sorted(confusion, false);

	for (size_t i = 0; cells && i < confusion->n; i++) {
		const struct confusion_cell *cell = &cells[i];

		if (!cell->gold)
			set_count(spurious, cell->guess, cell->count);
		else if (!cell->guess)
			set_count(missed, cell->gold, cell->count);
		else
			set_count(row_of(pairs, cell->gold), cell->guess, cell->count);
	}
	free(cells);
	json_line_write(out, json_pack("{ss so so so}", "confusion", name, "pairs", pairs, "missed",
				       missed, "spurious", spurious));
}

static void json_tables(FILE *out, const char *name, const void *state)
{
	const struct tables *tables = state;

	(void)name;
	eval_print_confusion_json(out, "same-words", &tables->same);
	eval_print_confusion_json(out, "overlap", &tables->overlap);
}

const struct eval_scorer eval_confusion = {
	.name = "confusion",
	.open = open_tables,
	.add = add_tables,
	.finish = finish_tables,
	.text = text_tables,
	.json = json_tables,
	.close = close_tables,
};
