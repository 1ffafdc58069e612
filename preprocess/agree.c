/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/agree.h"

#include "lib/base/checked.h"
#include "lib/corpus/agreement.h"
#include "lib/corpus/tag_scheme.h"
#include "preprocess/annotations.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GAPS_NAMED 10

struct agreeing {
	struct agree_report *report;
	struct annotations *files; /* [n_files] */
	size_t n_read;             /* files that are to be released */
	enum task task;
	struct str_table categories;
	size_t *types;             /* [categories.n] in report->types, or SIZE_MAX for none */
	size_t *matched;           /* [report->records, n_files] numbers of the records that all have */
	size_t *ratings;           /* [units, n_files] */
	size_t *scratch;           /* [units, n_files]: ratings of some units or of two categories */
	struct progress *progress;
};

/* ---- which records all files have ---- */

/* What to call a record that `other` lacks: is its id there with other words? */
static bool has_id(const struct annotations *other, const char *id)
{
	for (size_t i = 0; id && *id && i < other->n; i++)
		if (other->records[i].id && strcmp(other->records[i].id, id) == 0)
			return true;
	return false;
}

static void note_gap(struct agreeing *agreeing, const struct annotations *file,
		     const struct annotation *record, const struct annotations *other)
{
	if (agreeing->report->left_out++ >= GAPS_NAMED)
		return;
	if (agreeing->task == TASK_NER && has_id(other, record->id))
		progress_note(agreeing->progress, "left out: '%s':%zu: %s has other words in '%s'",
			      file->path, record->line, record->name, other->path);
	else
		progress_note(agreeing->progress, "left out: '%s':%zu: '%s' lacks %s", file->path,
			      record->line, other->path, record->name);
}

/* The numbers of a record of the first file in all files, into `at`; whether all have it. */
static bool find_in_all(struct agreeing *agreeing, size_t record, size_t *at)
{
	const struct annotation *own = &agreeing->files[0].records[record];

	at[0] = record;
	for (size_t f = 1; f < agreeing->report->n_files; f++) {
		at[f] = annotations_find(&agreeing->files[f], own->key);
		if (at[f] != SIZE_MAX)
			continue;
		note_gap(agreeing, &agreeing->files[0], own, &agreeing->files[f]);
		return false;
	}
	return true;
}

static void note_added(struct agreeing *agreeing)
{
	const struct annotations *first = &agreeing->files[0];

	for (size_t f = 1; f < agreeing->report->n_files; f++) {
		const struct annotations *file = &agreeing->files[f];

		for (size_t i = 0; i < file->n; i++)
			if (annotations_find(first, file->records[i].key) == SIZE_MAX)
				note_gap(agreeing, file, &file->records[i], first);
	}
}

/* ---- categories ---- */

/* MNRE's evaluation leaves these out of its F1. */
static bool is_no_relation(const char *relation)
{
	static const char *const names[] = { "NA", "na", "no_relation", "Other", "Others", "none", "None" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], relation) == 0)
			return true;
	return false;
}

/* The type of a category, NULL for that of what is not tagged. */
static const char *type_of(enum task task, const char *category)
{
	struct tag tag;

	if (task == TASK_RE)
		return is_no_relation(category) ? NULL : category;
	tag = tag_read(TAG_CONLLEVAL, category);
	return tag.prefix == 'O' ? NULL : tag.type;
}

static long category_of(struct agreeing *agreeing, const char *text)
{
	size_t before = agreeing->categories.n;
	long id = str_table_add(&agreeing->categories, text, strlen(text)), type = -1;
	const char *name;
	size_t *types;

	if (id < 0 || agreeing->categories.n == before)
		return id;
	types = checked_realloc(agreeing->types, before + 1, sizeof(*types));
	if (!types)
		return -1;
	agreeing->types = types;
	name = type_of(agreeing->task, str_table_text(&agreeing->categories, before));
	if (name) {
		type = str_table_add(&agreeing->report->types, name, strlen(name));
		if (type < 0)
			return -1;
	}
	types[before] = name ? (size_t)type : SIZE_MAX;
	return id;
}

static int rate_record(struct agreeing *agreeing, const size_t *at)
{
	size_t n_files = agreeing->report->n_files;
	size_t units = agreeing->task == TASK_RE ? 1 : agreeing->files[0].records[at[0]].n_words;
	size_t *out = agreeing->ratings + agreeing->report->units * n_files;

	for (size_t f = 0; f < n_files; f++) {
		const struct annotation *record = &agreeing->files[f].records[at[f]];

		for (size_t i = 0; i < units; i++) {
			long id = category_of(agreeing,
					      agreeing->task == TASK_RE ? record->relation
									: record->tags[i]);

			if (id < 0)
				return -1;
			out[i * n_files + f] = (size_t)id;
		}
	}
	agreeing->report->units += units;
	agreeing->report->records++;
	return 0;
}

/* ---- spans ---- */

static bool same_span(const struct span *a, const struct span *b)
{
	return a->begin == b->begin && a->end == b->end && strcmp(a->type, b->type) == 0;
}

/* The counts of a type between two annotators; every type of an entity is one of a tag. */
static struct agree_pair *pair_of_type(struct agree_report *report, const char *type, size_t pair)
{
	long id = str_table_find(&report->types, type, strlen(type));

	if (id < 0)
		BUG("an entity's type that no tag has");
	return &report->rows[2 + (size_t)id].pairs[pair];
}

static void count_spans(struct agree_report *report, size_t pair, const struct span *a, size_t n_a,
			const struct span *b, size_t n_b)
{
	for (size_t i = 0; i < n_a; i++) {
		report->rows[AGREE_ALL].pairs[pair].spans_a++;
		pair_of_type(report, a[i].type, pair)->spans_a++;
	}
	for (size_t i = 0, j = 0; j < n_b; j++) {
		struct agree_pair *own = pair_of_type(report, b[j].type, pair);

		report->rows[AGREE_ALL].pairs[pair].spans_b++;
		own->spans_b++;
		while (i < n_a && a[i].begin < b[j].begin)
			i++;
		if (i == n_a || !same_span(&a[i], &b[j]))
			continue;
		report->rows[AGREE_ALL].pairs[pair].same++;
		own->same++;
	}
}

/* The relation of a line as a span of its own. */
static int relation_span(const struct annotation *record, struct span **out, size_t *n,
			 struct arena *arena, struct err *err)
{
	*out = arena_alloc(arena, 1, sizeof(**out));
	if (!*out)
		return err_set_memory(err);
	**out = (struct span){ 0, 1, record->relation };
	*n = !is_no_relation(record->relation);
	return 0;
}

static int record_spans(const struct agreeing *agreeing, const size_t *at, struct span **spans,
			size_t *n, struct arena *arena, struct err *err)
{
	for (size_t f = 0; f < agreeing->report->n_files; f++) {
		const struct annotation *record = &agreeing->files[f].records[at[f]];
		int rc = agreeing->task == TASK_RE
				 ? relation_span(record, &spans[f], &n[f], arena, err)
				 : entity_reader_spans(&agreeing->files[f].entities, record->tags,
						       record->n_words, &spans[f], &n[f], arena, err);

		if (rc < 0)
			return -1;
	}
	return 0;
}

/* Count the spans of each record that all files have. */
static int compare_spans(struct agreeing *agreeing, struct err *err)
{
	struct agree_report *report = agreeing->report;
	struct arena arena = ARENA_INIT;
	struct span **spans = checked_calloc(report->n_files, sizeof(struct span *));
	size_t *n = checked_calloc(report->n_files, sizeof(*n));
	int rc = spans && n ? 0 : err_set_memory(err);

	for (size_t i = 0; rc == 0 && i < report->records; i++) {
		rc = record_spans(agreeing, agreeing->matched + i * report->n_files, spans, n, &arena,
				  err);
		for (size_t p = 0; rc == 0 && p < report->n_pairs; p++) {
			const struct agree_pair *pair = &report->rows[AGREE_ALL].pairs[p];

			count_spans(report, p, spans[pair->a], n[pair->a], spans[pair->b], n[pair->b]);
		}
		arena_reset(&arena);
	}
	free(spans);
	free(n);
	arena_release(&arena);
	return rc;
}

/* ---- measures ---- */

static bool is_tagged(const struct agreeing *agreeing, size_t category)
{
	return agreeing->types[category] != SIZE_MAX;
}

/* The ratings of a scope by the raters [first, first + 1 ...] of `raters`, in the scratch. */
static struct ratings select_ratings(const struct agreeing *agreeing, enum agree_scope scope,
				     size_t type, const size_t *raters, size_t n_raters)
{
	size_t n_files = agreeing->report->n_files, n = 0;

	for (size_t u = 0; u < agreeing->report->units; u++) {
		const size_t *unit = agreeing->ratings + u * n_files;
		bool tagged = scope != AGREE_TAGGED;

		for (size_t r = 0; r < n_raters; r++) {
			size_t category = unit[raters[r]];

			tagged = tagged || is_tagged(agreeing, category);
			agreeing->scratch[n * n_raters + r] =
				scope == AGREE_TYPE ? agreeing->types[category] == type : category;
		}
		n += tagged;
	}
	return (struct ratings){ agreeing->scratch, n, n_raters,
				 scope == AGREE_TYPE ? 2 : agreeing->categories.n };
}

static int measure_pair(const struct agreeing *agreeing, struct agree_pair *pair,
			enum agree_scope scope, size_t type, struct err *err)
{
	const size_t raters[] = { pair->a, pair->b };
	struct ratings ratings = select_ratings(agreeing, scope, type, raters, 2);
	size_t spans = pair->spans_a + pair->spans_b;

	pair->units = ratings.n_units;
	pair->observed = agreement_observed(&ratings, 0, 1);
	pair->f1 = spans ? 2 * (double)pair->same / (double)spans : NAN;
	return agreement_cohen(&ratings, 0, 1, &pair->cohen, err);
}

static void take_means(struct agree_row *row, size_t n_pairs)
{
	size_t n_cohen = 0, n_f1 = 0;

	row->cohen = row->f1 = 0;
	for (size_t p = 0; p < n_pairs; p++) {
		const struct agree_pair *pair = &row->pairs[p];

		row->cohen += isnan(pair->cohen) ? 0 : pair->cohen;
		n_cohen += !isnan(pair->cohen);
		row->f1 += isnan(pair->f1) ? 0 : pair->f1;
		n_f1 += !isnan(pair->f1);
	}
	row->cohen = n_cohen ? row->cohen / (double)n_cohen : NAN;
	row->f1 = n_f1 ? row->f1 / (double)n_f1 : NAN;
}

static int measure_row(const struct agreeing *agreeing, struct agree_row *row, size_t type,
		       const size_t *all, struct err *err)
{
	struct ratings ratings =
		select_ratings(agreeing, row->scope, type, all, agreeing->report->n_files);

	row->units = ratings.n_units;
	if (agreement_fleiss(&ratings, &row->fleiss, err) < 0 ||
	    agreement_krippendorff(&ratings, &row->krippendorff, err) < 0)
		return -1;
	for (size_t p = 0; p < agreeing->report->n_pairs; p++)
		if (measure_pair(agreeing, &row->pairs[p], row->scope, type, err) < 0)
			return -1;
	take_means(row, agreeing->report->n_pairs);
	return 0;
}

static int make_rows(struct agree_report *report, struct err *err)
{
	report->n_pairs = report->n_files * (report->n_files - 1) / 2;
	report->rows = checked_calloc(2 + report->types.n, sizeof(*report->rows));
	if (!report->rows)
		return err_set_memory(err);
	report->n_rows = 2 + report->types.n;
	for (size_t i = 0; i < report->n_rows; i++) {
		struct agree_row *row = &report->rows[i];
		size_t p = 0;

		row->scope = i < 2 ? (enum agree_scope)i : AGREE_TYPE;
		row->type = i < 2 ? NULL : str_table_text(&report->types, i - 2);
		row->pairs = checked_calloc(report->n_pairs, sizeof(*row->pairs));
		if (!row->pairs)
			return err_set_memory(err);
		for (size_t a = 0; a < report->n_files; a++)
			for (size_t b = a + 1; b < report->n_files; b++, p++)
				row->pairs[p] = (struct agree_pair){ .a = a, .b = b };
	}
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct agree_row *x = a, *y = b;

	return strcmp(x->type, y->type);
}

static int measure_all(struct agreeing *agreeing, struct err *err)
{
	struct agree_report *report = agreeing->report;
	size_t *all_raters;
	int rc = 0;

	if (make_rows(report, err) < 0 || compare_spans(agreeing, err) < 0)
		return -1;
	for (size_t p = 0; p < report->n_pairs; p++) {
		const struct agree_pair *all = &report->rows[AGREE_ALL].pairs[p];
		struct agree_pair *tagged = &report->rows[AGREE_TAGGED].pairs[p];

		tagged->spans_a = all->spans_a;
		tagged->spans_b = all->spans_b;
		tagged->same = all->same;
	}
	all_raters = checked_calloc(report->n_files, sizeof(*all_raters));
	if (!all_raters)
		return err_set_memory(err);
	for (size_t f = 0; f < report->n_files; f++)
		all_raters[f] = f;
	for (size_t i = 0; rc == 0 && i < report->n_rows; i++)
		rc = measure_row(agreeing, &report->rows[i], i < 2 ? 0 : i - 2, all_raters, err);
	free(all_raters);
	if (report->types.n)
		qsort(report->rows + 2, report->types.n, sizeof(*report->rows), compare_rows);
	return rc;
}

/* ---- the run ---- */

static int read_files(struct agreeing *agreeing, char *const *paths, struct err *err)
{
	for (size_t f = 0; f < agreeing->report->n_files; f++) {
		agreeing->n_read++;
		if (annotations_read(&agreeing->files[f], paths[f], agreeing->task, agreeing->progress,
				     err) < 0)
			return -1;
		agreeing->report->skipped += agreeing->files[f].skipped;
	}
	return 0;
}

static int rate_all(struct agreeing *agreeing, struct err *err)
{
	const struct annotations *first = &agreeing->files[0];
	size_t n_files = agreeing->report->n_files, units = 0, room, matches;

	for (size_t i = 0; i < first->n; i++)
		units += agreeing->task == TASK_RE ? 1 : first->records[i].n_words;
	if (!size_multiply(units, n_files, &room) || !size_multiply(first->n, n_files, &matches))
		return err_set_memory(err);
	agreeing->ratings = checked_calloc(room, sizeof(*agreeing->ratings));
	/* select_ratings() fills a unit before it knows whether to keep it. */
	agreeing->scratch = checked_calloc(room, sizeof(*agreeing->scratch));
	agreeing->matched = checked_calloc(matches, sizeof(*agreeing->matched));
	if (!agreeing->ratings || !agreeing->scratch || !agreeing->matched)
		return err_set_memory(err);
	for (size_t i = 0; i < first->n; i++) {
		size_t *at = agreeing->matched + agreeing->report->records * n_files;

		if (find_in_all(agreeing, i, at) && rate_record(agreeing, at) < 0)
			return err_set_memory(err);
	}
	note_added(agreeing);
	return measure_all(agreeing, err);
}

int agree_files(struct agree_report *report, char *const *paths, size_t n, enum task task,
		struct progress *progress, struct err *err)
{
	struct agreeing agreeing = { .report = report, .task = task, .progress = progress };
	int rc = -1;

	memset(report, 0, sizeof(*report));
	report->n_files = n;
	agreeing.files = checked_calloc(n, sizeof(*agreeing.files));
	progress_begin(progress, "agree", "records", 0);
	if (!agreeing.files)
		err_set_memory(err);
	else if (read_files(&agreeing, paths, err) == 0)
		rc = rate_all(&agreeing, err);
	progress_end(progress);
	for (size_t f = 0; f < agreeing.n_read; f++)
		annotations_release(&agreeing.files[f]);
	free(agreeing.files);
	str_table_release(&agreeing.categories);
	free(agreeing.types);
	free(agreeing.matched);
	free(agreeing.ratings);
	free(agreeing.scratch);
	return rc;
}

void agree_release(struct agree_report *report)
{
	for (size_t i = 0; i < report->n_rows; i++)
		free(report->rows[i].pairs);
	free(report->rows);
	str_table_release(&report->types);
}
