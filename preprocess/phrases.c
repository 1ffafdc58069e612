/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/phrases.h"

#include "lib/base/file.h"
#include "lib/formats/json_lines.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *phrases_id(const struct record *record)
{
	return record->sentence && record->id ? record->id : record->name;
}

static const char *const source_names[PHRASE_SOURCES] = {
	[PHRASES_ENTITIES] = "entities", [PHRASES_NOUN_PHRASES] = "noun-phrases",
	[PHRASES_HVPNET] = "hvpnet",     [PHRASES_UMGF] = "umgf",
	[PHRASES_MNRE] = "mnre",         [PHRASES_FILE] = "file",
};

static int add_choice(struct phrases_choice *choice, const char *name, size_t length,
		      struct err *err)
{
	int source = 0;

	while (source < PHRASE_SOURCES && (strncmp(source_names[source], name, length) != 0 ||
					   source_names[source][length] != '\0'))
		source++;
	if (source == PHRASE_SOURCES)
		return err_set(err, ERR_USAGE, "no phrases are called '%.*s'; there are " PHRASE_SOURCE_NAMES,
			       (int)(length < 40 ? length : 40), name);
	for (size_t i = 0; i < choice->n; i++)
		if (choice->sources[i] == (enum phrase_source)source)
			return err_set(err, ERR_USAGE, "'%s' is named twice", source_names[source]);
	choice->sources[choice->n++] = (enum phrase_source)source;
	return 0;
}

int phrases_choice_parse(struct phrases_choice *choice, const char *names, struct err *err)
{
	choice->n = 0;
	for (;;) {
		size_t length = strcspn(names, ",");

		if (add_choice(choice, names, length, err) < 0)
			return -1;
		if (!names[length])
			return 0;
		names += length + 1;
	}
}

static int write_line(FILE *out, const struct record *record, const struct found_phrase *found,
		      size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *item = json_pack("{s:o,s:s}", "text", json_text(found[i].text), "kind",
					 phrase_kind_name(found[i].kind));

		if (found[i].begin < found[i].end) {
			json_object_set_new(item, "begin", json_integer((json_int_t)found[i].begin));
			json_object_set_new(item, "end", json_integer((json_int_t)found[i].end));
		}
		json_array_append_new(list, item);
	}
	return json_line_write(out, json_pack("{s:o,s:o}", "id", json_text(phrases_id(record)),
					      "phrases", list));
}

/* The tags of the next prediction, which must be of this record. */
static int next_tags(struct json_lines *lines, const struct record *record, const char ***out,
		     struct arena *arena, struct err *err)
{
	json_t *object;
	enum read_status status = json_lines_next(lines, &object, err);
	const json_t *tags;
	int rc = 0;

	if (status == READ_EOF)
		return err_set_at(err, lines->name, lines->line, 0,
				  "predictions end before the text does; run predict again");
	if (status != READ_OK)
		return -1;
	tags = json_object_get(object, "tags");
	if (strcmp(json_get_string(object, "id", ""), phrases_id(record)) != 0 ||
	    json_array_size(tags) != record->n_words)
		rc = err_set_at(err, lines->name, lines->line, 0,
				"this prediction is not of the record '%.100s'; run predict again",
				phrases_id(record));
	*out = rc < 0 ? NULL : arena_alloc(arena, record->n_words + 1, sizeof(**out));
	if (rc == 0 && !*out)
		rc = err_set_memory(err);
	for (size_t i = 0; rc == 0 && i < record->n_words; i++) {
		const char *tag = json_string_value(json_array_get(tags, i));

		(*out)[i] = arena_copy(arena, tag ? tag : "O");
		if (!(*out)[i])
			rc = err_set_memory(err);
	}
	json_decref(object);
	return rc;
}

static int make_record(const struct record *record, const struct phrases_choice *choice,
		       struct json_lines *predictions, FILE *out, struct phrases_report *report, struct arena *arena, struct err *err)
{
	const char **tags = NULL;
	struct found_phrase *found;
	size_t n;

	if (predictions && next_tags(predictions, record, &tags, arena, err) < 0)
		return -1;
	if (phrases_of_record(record, choice, tags, &found, &n, arena, err) < 0)
		return -1;
	report->records++;
	report->phrases += n;
	if (write_line(out, record, found, n) < 0)
		return err_set(err, ERR_SYSTEM, "cannot write phrases");
	return 0;
}

int phrases_make(const struct split *split, const struct phrases_choice *choice, FILE *out,
		 struct progress *progress, struct phrases_report *report, struct err *err)
{
	bool predicted = choice->predictions && split->task == TASK_NER;
	struct arena arena = ARENA_INIT;
	struct json_lines lines;
	struct records records;
	struct record record;
	enum read_status status;
	char text[1400];
	int rc = 0;

	memset(report, 0, sizeof(*report));
	if (records_open(&records, split, err) < 0)
		return -1;
	if (predicted && json_lines_open(&lines, choice->predictions, err) < 0) {
		records_close(&records);
		return -1;
	}
	while (rc == 0 && (status = records_next(&records, &record, &arena, err)) != READ_EOF) {
		if (status == READ_FAIL) {
			rc = -1;
		} else if (status == READ_BAD) {
			report->skipped++;
			progress_note(progress, "skipped: %s",
				      err_format(err, text, sizeof(text)));
		} else {
			rc = make_record(&record, choice, predicted ? &lines : NULL, out, report,
					 &arena, err);
		}
		arena_reset(&arena);
		if (rc == 0 && progress_step(progress, 1))
			rc = err_set(err, ERR_STOPPED, "interrupted");
	}
	if (predicted)
		json_lines_close(&lines);
	records_close(&records);
	arena_release(&arena);
	return rc;
}

int phrases_choice_file(const struct dataset *dataset, const struct split *split,
			const struct phrases_choice *choice, struct progress *progress,
			struct phrases_report *report, struct err *err)
{
	char *path = dataset_work_path(dataset, split, "phrases.jsonl");
	struct file_writer writer = FILE_WRITER_INIT;
	int rc = -1;

	if (!path)
		err_set_memory(err);
	else if (file_make_parents(path, err) == 0 && file_writer_open(&writer, path, err) == 0)
		rc = phrases_make(split, choice, writer.stream, progress, report, err);
	if (rc == 0)
		rc = file_writer_commit(&writer, err);
	file_writer_abort(&writer);
	free(path);
	return rc;
}

int phrases_split_file(const struct dataset *dataset, const struct split *split,
		       const char *predictions, struct progress *progress,
		       struct phrases_report *report, struct err *err)
{
	struct phrases_choice choice = PHRASES_CHOICE_INIT;

	choice.predictions = predictions;
	return phrases_choice_file(dataset, split, &choice, progress, report, err);
}

int phrases_read(const json_t *object, const char **id, struct phrase **out, size_t *n,
		 struct arena *arena, struct err *err)
{
	const json_t *list = json_object_get(object, "phrases"), *item;
	const char *text = json_get_string(object, "id", NULL);
	size_t i;

	if (!text || !json_is_array(list))
		return err_set(err, ERR_DATA, "a line of phrases needs \"id\" and \"phrases\"");
	*n = json_array_size(list);
	*id = arena_copy(arena, text);
	*out = arena_alloc(arena, *n + 1, sizeof(**out));
	if (!*id || !*out)
		return err_set_memory(err);
	json_array_foreach(list, i, item) {
		const char *phrase = json_get_string(item, "text", NULL);

		(*out)[i].kind = phrase_kind_from_name(json_get_string(item, "kind", ""));
		if (!phrase || (*out)[i].kind == PHRASE_KINDS)
			return err_set(err, ERR_DATA,
				       "phrase %zu needs a \"text\" and a \"kind\" among noun-phrase, "
				       "person, location, organization and misc", i + 1);
		(*out)[i].text = arena_copy(arena, phrase);
		if (!(*out)[i].text)
			return err_set_memory(err);
	}
	return 0;
}
