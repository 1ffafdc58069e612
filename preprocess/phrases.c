/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/phrases.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/corpus/scheme.h"
#include "lib/formats/json_lines.h"
#include "preprocess/chunker.h"
#include "preprocess/chunker_words.h"

#include <stdbool.h>
#include <string.h>

/* The phrases of one record while they are collected. */
struct collection {
	const struct record *record;
	struct found_phrase *found;
	size_t n;
	struct arena *arena;
};

const char *phrases_id(const struct record *record)
{
	return record->sentence && record->id ? record->id : record->name;
}

static const char *join_words(const struct collection *collection, size_t begin, size_t end)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (size_t i = begin; i < end; i++)
		buf_add_format(&text, "%s%s", i > begin ? " " : "", collection->record->words[i]);
	copy = text.failed ? NULL : arena_string(collection->arena, text.data, text.length);
	buf_release(&text);
	return copy;
}

static bool is_covered(const struct collection *collection, size_t begin, size_t end)
{
	for (size_t i = 0; i < collection->n; i++)
		if (collection->found[i].begin <= begin && end <= collection->found[i].end)
			return true;
	return false;
}

/* Add a phrase unless a name covers it already. */
static int add_phrase(struct collection *collection, enum phrase_kind kind, size_t begin,
		      size_t end, struct err *err)
{
	const char *text;

	if (begin >= end || is_covered(collection, begin, end))
		return 0;
	text = join_words(collection, begin, end);
	if (!text)
		return err_set_memory(err);
	collection->found[collection->n++] = (struct found_phrase){ text, kind, begin, end };
	return 0;
}

static enum phrase_kind kind_of_type(const char *type)
{
	static const struct {
		const char *prefix;
		enum phrase_kind kind;
	} kinds[] = {
		{ "PER", PHRASE_PERSON },
		{ "LOC", PHRASE_LOCATION },
		{ "GPE", PHRASE_LOCATION },
		{ "ORG", PHRASE_ORGANIZATION },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(type, kinds[i].prefix, 3) == 0)
			return kinds[i].kind;
	return PHRASE_MISC;
}

static int add_names(struct collection *collection, const char *const *tags, struct err *err)
{
	struct span *spans;
	size_t n;

	if (scheme_any_spans(tags, collection->record->n_words, &spans, &n, collection->arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_phrase(collection, kind_of_type(spans[i].type), spans[i].begin,
			       spans[i].end, err) < 0)
			return -1;
	return 0;
}

/* A mention whose span is out of range is left out: the checks speak of it. */
static int add_mention(struct collection *collection, const struct mention *mention,
		       struct err *err)
{
	size_t n = collection->record->n_words;

	if (mention->begin < 0 || mention->end <= mention->begin || (size_t)mention->end > n)
		return 0;
	return add_phrase(collection, PHRASE_MISC, (size_t)mention->begin, (size_t)mention->end,
			  err);
}

/* Where a noun phrase ends that ends in a name found already: "my cat" of "my cat Tom", for the noun
 * is what can be seen. A name with its article, "the Thames", leaves nothing. */
static size_t end_before_name(const struct collection *collection, const unsigned char *classes,
			      size_t begin, size_t end)
{
	for (size_t i = 0; i < collection->n; i++) {
		size_t name = collection->found[i].begin;

		if (collection->found[i].end == end && name > begin && name < end)
			return classes[name - 1] == WORD_NOUN ? name : begin;
	}
	return end;
}

static int add_noun_phrases(struct collection *collection, struct err *err)
{
	size_t n = collection->record->n_words, n_chunks;
	unsigned char *classes = arena_alloc(collection->arena, n + 1, 1);
	struct chunk *chunks = arena_alloc(collection->arena, n + 1, sizeof(*chunks));

	if (!classes || !chunks)
		return err_set_memory(err);
	n_chunks = chunk_noun_phrases(collection->record->words, n, classes, chunks);
	for (size_t i = 0; i < n_chunks; i++) {
		size_t begin = chunks[i].begin, end;

		/* "'s hat" is looked for as "hat". */
		if (collection->record->words[begin][0] == '\'')
			begin++;
		end = end_before_name(collection, classes, begin, chunks[i].end);
		if (chunks[i].is_thing && add_phrase(collection, PHRASE_NOUN, begin, end, err) < 0)
			return -1;
	}
	return 0;
}

int phrases_of_record(const struct record *record, const char *const *tags,
		      struct found_phrase **out, size_t *n, struct arena *arena, struct err *err)
{
	/* Names and noun phrases do not overlap among themselves, so words bound both. */
	struct found_phrase *found = arena_alloc(arena, 2 * record->n_words + 2, sizeof(*found));
	struct collection collection = { record, found, 0, arena };
	const struct relation *relation = record->relation;

	if (!found)
		return err_set_memory(err);
	if (record->sentence && !tags)
		tags = span_tags(record->sentence, arena);
	if (record->sentence && !tags)
		return err_set_memory(err);
	if (record->sentence && add_names(&collection, tags, err) < 0)
		return -1;
	if (relation && (add_mention(&collection, &relation->head, err) < 0 ||
			 add_mention(&collection, &relation->tail, err) < 0))
		return -1;
	if (add_noun_phrases(&collection, err) < 0)
		return -1;
	*out = found;
	*n = collection.n;
	return 0;
}

static int write_line(FILE *out, const struct record *record, const struct found_phrase *found,
		      size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:o,s:s,s:I,s:I}", "text", json_text(found[i].text),
					"kind", phrase_kind_name(found[i].kind), "begin",
					(json_int_t)found[i].begin, "end", (json_int_t)found[i].end));
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

static int make_record(const struct record *record, struct json_lines *predictions, FILE *out,
		       struct phrases_report *report, struct arena *arena, struct err *err)
{
	const char **tags = NULL;
	struct found_phrase *found;
	size_t n;

	if (predictions && next_tags(predictions, record, &tags, arena, err) < 0)
		return -1;
	if (phrases_of_record(record, tags, &found, &n, arena, err) < 0)
		return -1;
	report->records++;
	report->phrases += n;
	if (write_line(out, record, found, n) < 0)
		return err_set(err, ERR_SYSTEM, "cannot write phrases");
	return 0;
}

int phrases_make(const struct split *split, const char *predictions, FILE *out,
		 struct progress *progress, struct phrases_report *report, struct err *err)
{
	bool predicted = predictions && split->task == TASK_NER;
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
	if (predicted && json_lines_open(&lines, predictions, err) < 0) {
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
			rc = make_record(&record, predicted ? &lines : NULL, out, report, &arena,
					 err);
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

int phrases_split_file(const struct dataset *dataset, const struct split *split,
		       const char *predictions, struct progress *progress,
		       struct phrases_report *report, struct err *err)
{
	char *path = dataset_work_path(dataset, split, "phrases.jsonl");
	struct file_writer writer = FILE_WRITER_INIT;
	int rc = -1;

	if (!path)
		err_set_memory(err);
	else if (file_make_parents(path, err) == 0 && file_writer_open(&writer, path, err) == 0)
		rc = phrases_make(split, predictions, writer.stream, progress, report, err);
	if (rc == 0)
		rc = file_writer_commit(&writer, err);
	file_writer_abort(&writer);
	free(path);
	return rc;
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
