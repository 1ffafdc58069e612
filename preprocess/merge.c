/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/merge.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"
#include "lib/formats/conll.h"
#include "preprocess/merge_priv.h"

#include <stdlib.h>
#include <string.h>

static void write_bytes(struct merge *merge, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		bool lone = bytes[i] == '\r' && (i + 1 == length || bytes[i + 1] != '\n');

		merge->lines += bytes[i] == '\n' || lone;
	}
	if (length)
		merge->open_line = bytes[length - 1] != '\n' && bytes[length - 1] != '\r';
	fwrite(bytes, 1, length, merge->out);
}

static void close_line(struct merge *merge)
{
	if (merge->open_line)
		write_bytes(merge, "\n", 1);
}

/* The line of a word, its tag replaced. */
static void write_line(struct merge *merge, const struct merge_result *result, size_t word)
{
	const struct annotations *file = result->file;
	size_t number = result->record->lines[word];
	size_t begin = file->line_starts[number - 1];
	size_t end = number < file->n_lines ? file->line_starts[number] : file->bytes.length;
	const char *line = file->bytes.data + begin, *text;
	size_t length = end - begin, size;

	while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
		length--;
	conll_column(line, length, conll_columns(line, length) - 1, &text, &size);
	write_bytes(merge, line, (size_t)(text - line));
	write_bytes(merge, result->tags[word], strlen(result->tags[word]));
	write_bytes(merge, text + size, end - begin - (size_t)(text + size - line));
}

/* The record's own lines, those with other tags changed. */
static void write_lines(struct merge *merge, const struct merge_result *result)
{
	const struct annotations *file = result->file;
	const struct annotation *record = result->record;
	size_t at = record->begin;

	for (size_t i = 0; result->tags && i < record->n_words; i++) {
		size_t number = record->lines[i];

		if (strcmp(result->tags[i], record->tags[i]) == 0)
			continue;
		write_bytes(merge, file->bytes.data + at, file->line_starts[number - 1] - at);
		write_line(merge, result, i);
		at = number < file->n_lines ? file->line_starts[number] : file->bytes.length;
	}
	write_bytes(merge, file->bytes.data + at, record->end - at);
}

/* Where the tag of a word stands in its line, which may hold NULs. */
static size_t tag_column(const struct merge_result *result, size_t word)
{
	const struct annotations *file = result->file;
	size_t number = result->record->lines[word], columns, size;
	size_t end = number < file->n_lines ? file->line_starts[number] : file->bytes.length;
	const char *line = file->bytes.data + file->line_starts[number - 1], *text;

	size = (size_t)(file->bytes.data + end - line);
	while (size && (line[size - 1] == '\n' || line[size - 1] == '\r'))
		size--;
	columns = conll_columns(line, size);
	if (columns == 0)
		return 1;
	conll_column(line, size, columns - 1, &text, &size);
	return utf8_count(line, (size_t)(text - line)) + 1;
}

/* Give the clashes their places; the record was not written yet. */
static int keep_clashes(struct merge *merge, const struct merge_result *result, struct err *err)
{
	struct merge_report *report = merge->report;

	for (size_t i = 0; i < result->n_clashes; i++) {
		struct merge_clash *clash = &result->clashes[i];

		clash->line = merge->lines + 1;
		if (clash->begin < clash->end) {
			clash->line += result->record->lines[clash->begin] - result->record->line;
			clash->column = tag_column(result, clash->begin);
		}
		if (GROW(report->clashes, report->n_clashes, report->capacity) < 0)
			return err_set_memory(err);
		report->clashes[report->n_clashes++] = *clash;
	}
	return 0;
}

/* What lies behind a record in its file. One that its file ended with needs what parts it from the next. */
static void write_gap(struct merge *merge, bool last)
{
	const struct annotations *file = merge->gap_file;
	const struct annotation *record = merge->gap_record;
	bool ended;

	if (!file)
		return;
	ended = record == &file->records[file->n - 1];
	if (!last || record->next > record->end)
		close_line(merge);
	write_bytes(merge, file->bytes.data + record->end, record->next - record->end);
	if (last || !ended || merge->options->task == TASK_RE)
		return;
	close_line(merge);
	if (record->next == record->end)
		write_bytes(merge, "\n", 1);
}

/* The gap is that of ours where ours has the record. */
static void keep_gap(struct merge *merge, const struct merge_item *item,
		     const struct merge_result *result)
{
	bool own = item->ours == NO_RECORD;

	merge->gap_file = own ? result->file : &merge->ours;
	merge->gap_record = own ? result->record : &merge->ours.records[item->ours];
}

static int write_item(struct merge *merge, const struct merge_item *item, struct err *err)
{
	struct merge_result result;

	arena_reset(&merge->arena);
	if (merge_decide(merge, item, &result, err) < 0)
		return -1;
	if (!result.file)
		return 0;
	merge->report->records++;
	write_gap(merge, false);
	if (keep_clashes(merge, &result, err) < 0)
		return -1;
	write_lines(merge, &result);
	keep_gap(merge, item, &result);
	return 0;
}

/* The reader steps over a BOM. */
static void write_bom(struct merge *merge)
{
	static const char bom[] = "\xef\xbb\xbf";
	FILE *stream = strcmp(merge->options->ours, "-") == 0 ? NULL : fopen(merge->options->ours, "rbe");
	char start[3];

	if (!stream)
		return;
	if (fread(start, 1, sizeof(start), stream) == sizeof(start) && memcmp(start, bom, sizeof(start)) == 0)
		fwrite(start, 1, sizeof(start), merge->out);
	fclose(stream);
}

static int write_all(struct merge *merge, struct progress *progress, struct err *err)
{
	const struct annotations *ours = &merge->ours;

	write_bom(merge);
	write_bytes(merge, ours->bytes.data, ours->n ? ours->records[0].begin : ours->bytes.length);
	for (size_t i = 0; i < merge->n_items; i++) {
		if (write_item(merge, &merge->items[i], err) < 0)
			return -1;
		if (progress_step(progress, 1))
			return err_set(err, ERR_STOPPED, "interrupted");
	}
	write_gap(merge, true);
	return 0;
}

static int read_one(struct annotations *file, const char *path, enum task task,
		    struct progress *progress, struct err *err)
{
	if (annotations_read(file, path, task, progress, err) < 0)
		return -1;
	if (file->skipped)
		return err_set(err, ERR_DATA,
			       "'%s' holds records that cannot be read (%zu); 'tagsight check' names them",
			       path, file->skipped);
	return 0;
}

int merge_files(const struct merge_options *options, FILE *out, struct merge_report *report,
		struct progress *progress, struct err *err)
{
	struct merge merge = { .options = options, .report = report, .out = out };
	int rc = -1;

	memset(report, 0, sizeof(*report));
	annotations_init(&merge.base, options->base, options->task);
	annotations_init(&merge.ours, options->ours, options->task);
	annotations_init(&merge.theirs, options->theirs, options->task);
	progress_begin(progress, "merge", "records", 0);
	if ((!options->base || read_one(&merge.base, options->base, options->task, progress, err) == 0) &&
	    read_one(&merge.ours, options->ours, options->task, progress, err) == 0 &&
	    read_one(&merge.theirs, options->theirs, options->task, progress, err) == 0 &&
	    merge_match(&merge, err) == 0)
		rc = write_all(&merge, progress, err);
	progress_end(progress);
	annotations_release(&merge.base);
	annotations_release(&merge.ours);
	annotations_release(&merge.theirs);
	free(merge.items);
	arena_release(&merge.arena);
	return rc;
}

void merge_report_release(struct merge_report *report)
{
	free(report->clashes);
	arena_release(&report->arena);
}
