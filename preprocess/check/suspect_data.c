/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/suspect_priv.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

void suspect_release(struct suspect_data *data)
{
	free(data->words);
	free(data->records);
	free(data->given);
	free(data->rows);
	str_table_release(&data->labels);
	arena_release(&data->arena);
}

/* A copy of a text, or NULL for NULL; false when memory is out. */
static bool copy_text(struct suspect_data *data, const char *text, const char **out)
{
	*out = text ? arena_copy(&data->arena, text) : NULL;
	return *out || !text;
}

int suspect_add_record(struct suspect_data *data, const char *name, const char *file)
{
	struct suspect_record *record;

	if (GROW(data->records, data->n_records, data->records_capacity) < 0)
		return -1;
	record = &data->records[data->n_records++];
	record->begin = record->end = data->n_words;
	return copy_text(data, name, &record->name) && copy_text(data, file, &record->file) ? 0 : -1;
}

struct suspect_word *suspect_add_word(struct suspect_data *data, const char *text, const char *tag,
				      size_t line, size_t column)
{
	struct suspect_word *word;

	if (GROW(data->words, data->n_words, data->words_capacity) < 0)
		return NULL;
	word = &data->words[data->n_words];
	*word = (struct suspect_word){ .line = line, .column = column, .row = SUSPECT_NONE, .score = -1 };
	if (!copy_text(data, text, &word->text) || !copy_text(data, tag, &word->tag))
		return NULL;
	data->n_words++;
	data->records[data->n_records - 1].end = data->n_words;
	return word;
}

static int keep_row(struct suspect_data *data, size_t label, const double *row)
{
	size_t n = data->labels.n, needed;

	if (GROW(data->given, data->n_rows, data->given_capacity) < 0 ||
	    !size_multiply(data->n_rows + 1, n, &needed))
		return -1;
	if (needed > data->rows_capacity) {
		size_t capacity = needed + needed / 2;
		double *rows = checked_realloc(data->rows, capacity, sizeof(*rows));

		if (!rows)
			return -1;
		data->rows = rows;
		data->rows_capacity = capacity;
	}
	memcpy(data->rows + data->n_rows * n, row, n * sizeof(*row));
	data->given[data->n_rows++] = label;
	return 0;
}

/* The likeliest of the row, unless that is the word's own. */
static void find_likelier(const struct suspect_data *data, struct suspect_word *word, size_t label,
			  const double *row)
{
	size_t best = 0;

	for (size_t k = 1; k < data->labels.n; k++)
		if (row[k] > row[best])
			best = k;
	word->likelier = best == label ? NULL : str_table_text(&data->labels, best);
	word->probability = row[best];
}

int suspect_judge(struct suspect_data *data, enum label_score method, struct suspect_word *word,
		  size_t label, const double *row)
{
	word->row = data->n_rows;
	word->score = label_score(method, label, row, data->labels.n);
	find_likelier(data, word, label, row);
	return keep_row(data, label, row);
}

void suspect_note_unnamed(struct suspect_counts *counts, const char *tag)
{
	if (counts->unnamed++ == 0) {
		snprintf(counts->text, sizeof(counts->text), "%s", tag);
		counts->unnamed_tag = counts->text;
	}
}

int suspect_place(struct err *err, const struct json_lines *lines)
{
	if (*err->file || err->kind != ERR_DATA)
		return -1;
	err_add_file(err, lines->name);
	err->line = lines->line;
	return -1;
}
