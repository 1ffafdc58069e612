/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/phrase_file.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/line_reader.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_LINE ((size_t)1 << 20)

/* A phrase and the record that it is of. */
struct listed {
	struct found_phrase phrase;
	size_t record; /* in `ids` */
	size_t line;   /* its place in the file */
};

struct phrase_file {
	struct arena arena;
	struct str_table ids;
	struct listed *listed; /* [n], while reading */
	size_t n, capacity;
	struct found_phrase *phrases; /* [n], by record */
	size_t *first;                /* [ids.n + 1] */
	bool *taken;                  /* [ids.n], by a record */
};

void phrase_file_free(struct phrase_file *file)
{
	if (!file)
		return;
	arena_release(&file->arena);
	str_table_release(&file->ids);
	free(file->listed);
	free(file->phrases);
	free(file->first);
	free(file->taken);
	free(file);
}

static int add_phrase(struct phrase_file *file, const char *id, size_t id_length,
		      const struct found_phrase *phrase, struct err *err)
{
	long record = str_table_add(&file->ids, id, id_length);

	if (record < 0 || GROW(file->listed, file->n, file->capacity) < 0)
		return err_set_memory(err);
	file->listed[file->n] = (struct listed){ *phrase, (size_t)record, file->n };
	file->n++;
	return 0;
}

static size_t word_number(const json_t *item, const char *key)
{
	const json_t *value = json_object_get(item, key);

	return json_is_integer(value) && json_integer_value(value) > 0 ? (size_t)json_integer_value(value) : 0;
}

static int take_object(struct phrase_file *file, const json_t *object, struct err *err)
{
	const json_t *list = json_object_get(object, "phrases");
	struct phrase *phrases;
	const char *id;
	size_t n;

	if (phrases_read(object, &id, &phrases, &n, &file->arena, err) < 0)
		return -1;
	/* So that a record without phrases counts as listed. */
	if (str_table_add(&file->ids, id, strlen(id)) < 0)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(list, i);
		struct found_phrase phrase = { phrases[i].text, phrases[i].kind, word_number(item, "begin"),
					       word_number(item, "end") };

		if (phrase.end <= phrase.begin)
			phrase.begin = phrase.end = 0;
		if (add_phrase(file, id, strlen(id), &phrase, err) < 0)
			return -1;
	}
	return 0;
}

static int read_objects(struct phrase_file *file, const char *path, struct err *err)
{
	enum read_status status;
	struct json_lines lines;
	json_t *object;
	int rc = json_lines_open(&lines, path, err);

	if (rc < 0)
		return -1;
	while (rc == 0 && (status = json_lines_next(&lines, &object, err)) != READ_EOF) {
		struct err wrong = ERR_INIT;

		if (status != READ_OK) {
			rc = -1;
			break;
		}
		if (take_object(file, object, &wrong) < 0)
			rc = wrong.kind == ERR_DATA ? err_set_at(err, lines.name, lines.line, 0, "%s", wrong.text)
						    : err_set_memory(err);
		json_decref(object);
	}
	json_lines_close(&lines);
	return rc;
}

/* "id<TAB>phrase" or "id<TAB>phrase<TAB>kind" */
static int take_line(struct phrase_file *file, const struct text_line *line, const char *name,
		     struct err *err)
{
	char *text = arena_string(&file->arena, line->text, line->length), *kind;
	char *phrase = text ? strchr(text, '\t') : NULL;
	struct found_phrase found = { .kind = PHRASE_NOUN };

	if (!text)
		return err_set_memory(err);
	if (!*text)
		return 0;
	if (!phrase || phrase == text || !phrase[1])
		return err_set_at(err, name, line->number, 0, "a line of phrases is 'id<TAB>phrase'");
	*phrase++ = '\0';
	kind = strchr(phrase, '\t');
	if (kind) {
		*kind++ = '\0';
		found.kind = phrase_kind_from_name(kind);
	}
	if (found.kind == PHRASE_KINDS)
		return err_set_at(err, name, line->number, 0,
				  "'%.40s' is no kind; there are noun-phrase, person, location, "
				  "organization and misc", kind);
	found.text = phrase;
	return add_phrase(file, text, strlen(text), &found, err);
}

static int read_lines(struct phrase_file *file, const char *path, struct err *err)
{
	struct line_reader *reader = line_reader_open(path, LONGEST_LINE, err);
	enum read_status status;
	struct text_line line;
	int rc = reader ? 0 : -1;

	while (rc == 0 && (status = line_reader_next(reader, &line, err)) != READ_EOF)
		rc = status == READ_OK ? take_line(file, &line, line_reader_name(reader), err) : -1;
	line_reader_close(reader);
	return rc;
}

static int is_json(const char *path, bool *is, struct err *err)
{
	FILE *stream = fopen(path, "rbe");
	int c;

	if (!stream)
		return err_set_errno(err, "open", path);
	do
		c = getc(stream);
	while (c != EOF && isspace(c));
	*is = c == '{';
	fclose(stream);
	return 0;
}

static int compare_listed(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;

	if (a->record != b->record)
		return a->record < b->record ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static int sort_phrases(struct phrase_file *file, struct err *err)
{
	file->phrases = checked_calloc(file->n + 1, sizeof(*file->phrases));
	file->first = checked_calloc(file->ids.n + 1, sizeof(*file->first));
	file->taken = checked_calloc(file->ids.n + 1, sizeof(*file->taken));
	if (!file->phrases || !file->first || !file->taken)
		return err_set_memory(err);
	if (file->n)
		qsort(file->listed, file->n, sizeof(*file->listed), compare_listed);
	for (size_t i = 0; i < file->n; i++) {
		file->phrases[i] = file->listed[i].phrase;
		file->first[file->listed[i].record + 1]++;
	}
	for (size_t i = 0; i < file->ids.n; i++)
		file->first[i + 1] += file->first[i];
	free(file->listed);
	file->listed = NULL;
	return 0;
}

struct phrase_file *phrase_file_read(const char *path, struct err *err)
{
	struct phrase_file *file = checked_calloc(1, sizeof(*file));
	bool json = false;

	if (!file) {
		err_set_memory(err);
		return NULL;
	}
	str_table_init(&file->ids);
	if (is_json(path, &json, err) < 0 ||
	    (json ? read_objects(file, path, err) : read_lines(file, path, err)) < 0 ||
	    sort_phrases(file, err) < 0) {
		phrase_file_free(file);
		return NULL;
	}
	return file;
}

const struct found_phrase *phrase_file_find(const struct phrase_file *file,
					    const struct record *record, size_t *n)
{
	const char *id = phrases_id(record);
	long found = str_table_find(&file->ids, id, strlen(id));

	if (found < 0)
		found = str_table_find(&file->ids, record->name, strlen(record->name));
	*n = 0;
	if (found < 0)
		return NULL;
	file->taken[found] = true;
	*n = file->first[found + 1] - file->first[found];
	return file->phrases + file->first[found];
}

size_t phrase_file_strangers(const struct phrase_file *file, const char **id)
{
	size_t n = 0;

	for (size_t i = file->ids.n; i-- > 0;) {
		if (file->taken[i])
			continue;
		*id = str_table_text(&file->ids, i);
		n++;
	}
	return n;
}

size_t phrase_file_ids(const struct phrase_file *file)
{
	return file->ids.n;
}
