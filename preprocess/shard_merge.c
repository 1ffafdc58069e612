/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/shard_merge.h"

#include "lib/base/checked.h"
#include "lib/corpus/label_probabilities.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/line_reader.h"
#include "preprocess/annotations.h"
#include "preprocess/records.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One part, with its next record in hand. */
struct part {
	const char *path;
	bool by_line; /* JSON Lines or MNRE; else CoNLL, which is held whole */
	struct line_reader *lines;
	struct text_line line;
	struct annotations file;
	size_t number; /* of the record in hand, from 1 */
	bool ended;
};

static int part_next(struct part *part, struct err *err)
{
	enum read_status status;

	part->number++;
	if (!part->by_line) {
		part->ended = part->number > part->file.n;
		return 0;
	}
	status = line_reader_next(part->lines, &part->line, err);
	part->ended = status == READ_EOF;
	return status == READ_OK || part->ended ? 0 : -1;
}

static int part_open(struct part *part, const char *path, bool by_line, struct err *err)
{
	part->path = path;
	part->by_line = by_line;
	annotations_init(&part->file, path, TASK_NER);
	if (by_line)
		part->lines = line_reader_open(path, JSON_LINE_LIMIT, err);
	if (by_line ? !part->lines : annotations_read(&part->file, path, TASK_NER, NULL, err) < 0)
		return -1;
	if (part->file.skipped)
		return err_set(err, ERR_DATA, "'%s' holds records that cannot be read", path);
	return part_next(part, err);
}

static void part_close(struct part *part)
{
	line_reader_close(part->lines);
	annotations_release(&part->file);
}

static void part_write(const struct part *part, FILE *out)
{
	const struct annotation *record;

	if (part->by_line) {
		fwrite(part->line.text, 1, part->line.length, out);
		fputc('\n', out);
		return;
	}
	record = &part->file.records[part->number - 1];
	fwrite(part->file.bytes.data + record->begin, 1, record->next - record->begin, out);
}

static int uneven(const struct part *part, struct err *err)
{
	return err_set(err, ERR_DATA,
		       "the parts do not fit together at record %zu of '%s': name all of them, in their "
		       "order; where records were skipped, name the text that the job read with --base",
		       part->number, part->path);
}

/* Round after round, a record of each part; once a part has ended, no other may go on. */
static int join_evenly(struct part *parts, size_t n, FILE *out, struct err *err)
{
	bool ended = false;

	for (size_t i = 0; !ended || i > 0; i = (i + 1) % n) {
		if (parts[i].ended) {
			ended = true;
			continue;
		}
		if (ended)
			return uneven(&parts[i], err);
		part_write(&parts[i], out);
		if (part_next(&parts[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++)
		if (!parts[i].ended)
			return uneven(&parts[i], err);
	return 0;
}

static bool same_words(const struct annotation *record, const struct record *wanted)
{
	if (record->n_words != wanted->n_words)
		return false;
	for (size_t i = 0; i < record->n_words; i++)
		if (strcmp(record->words[i], wanted->words[i]) != 0)
			return false;
	return true;
}

/* Whether the record in hand is the one of the text. */
static bool part_fits(const struct part *part, const struct record *wanted)
{
	json_t *object;
	bool fits;

	if (!part->by_line)
		return same_words(&part->file.records[part->number - 1], wanted);
	object = json_loadb(part->line.text, part->line.length, JSON_ALLOW_NUL, NULL);
	fits = wanted->sentence ? label_probabilities_fit(object, wanted->sentence)
				: label_probabilities_fit_relation(object, wanted->relation);
	json_decref(object);
	return fits;
}

/* In the order of the text; a record that its part does not have next was skipped. */
static int join_by_text(struct part *parts, size_t n, const struct split *data, FILE *out,
			struct err *err)
{
	struct records records;
	struct record record;
	struct arena arena = ARENA_INIT;
	enum read_status status = READ_EOF;
	int rc = records_open(&records, data, err);

	if (rc < 0)
		return -1;
	while (rc == 0 && (status = records_next(&records, &record, &arena, err)) > READ_EOF) {
		struct part *part = &parts[record.number % n];

		if (status == READ_OK && !part->ended && part_fits(part, &record)) {
			part_write(part, out);
			rc = part_next(part, err);
		}
		arena_reset(&arena);
	}
	records_close(&records);
	arena_release(&arena);
	if (rc < 0 || status == READ_FAIL)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!parts[i].ended)
			return err_set(err, ERR_DATA,
				       "record %zu of '%s' is none of '%s' at this place: name all parts, in "
				       "their order", parts[i].number, parts[i].path, data->text);
	return 0;
}

/* JSON and MNRE's Python start with a brace; an empty part may be either. */
static bool has_lines(const char *path)
{
	FILE *stream = fopen(path, "rbe");
	int c = stream ? getc(stream) : EOF;

	if (stream)
		fclose(stream);
	return c == '{';
}

int shard_merge(char *const *paths, size_t n, const struct split *data, FILE *out, struct err *err)
{
	struct part *parts = checked_calloc(n, sizeof(*parts));
	bool by_line = false;
	size_t opened = 0;
	int rc = parts ? 0 : err_set_memory(err);

	for (size_t i = 0; i < n; i++)
		by_line = by_line || has_lines(paths[i]);
	while (rc == 0 && opened < n) {
		rc = part_open(&parts[opened], paths[opened], by_line, err);
		opened++;
	}
	if (rc == 0)
		rc = data ? join_by_text(parts, n, data, out, err) : join_evenly(parts, n, out, err);
	while (opened > 0)
		part_close(&parts[--opened]);
	free(parts);
	return rc;
}
