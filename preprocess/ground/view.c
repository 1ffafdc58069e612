/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/view.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/str_table.h"
#include "lib/formats/json_lines.h"
#include "preprocess/phrases.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where a line of the manifest stands. */
struct place {
	uint64_t record; /* hash of its name */
	off_t offset;
};

struct ground_view {
	struct records records;
	struct json_lines phrases;
	char *phrases_path;
	struct json_lines manifest; /* stream NULL: there is none */
	char *manifest_path;
	struct place *places; /* [n_places], by record and offset */
	size_t n_places, places_capacity;
	size_t bad_lines;
	struct err first_bad;
};

bool ground_view_has_manifest(const struct ground_view *view)
{
	return view->manifest.stream != NULL;
}

size_t ground_view_bad_lines(const struct ground_view *view, const struct err **first)
{
	*first = &view->first_bad;
	return view->bad_lines;
}

static void note_bad_line(struct ground_view *view, const struct err *err)
{
	if (view->bad_lines++ == 0)
		view->first_bad = *err;
}

/* ---- the manifest ---- */

static int by_record(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->record != right->record)
		return left->record < right->record ? -1 : 1;
	return (left->offset > right->offset) - (left->offset < right->offset);
}

static int add_place(struct ground_view *view, const json_t *object, off_t offset, struct err *err)
{
	const char *record = json_get_string(object, "record", NULL);
	struct err bad = ERR_INIT;

	if (!record) {
		err_set_at(&bad, view->manifest_path, view->manifest.line, 0,
			   "no \"record\" in a line of a manifest");
		note_bad_line(view, &bad);
		return 0;
	}
	if (GROW(view->places, view->n_places, view->places_capacity) < 0)
		return err_set_memory(err);
	view->places[view->n_places++] = (struct place){ str_hash(record, strlen(record)), offset };
	return 0;
}

static int index_manifest(struct ground_view *view, struct err *err)
{
	enum read_status status = READ_OK;
	int rc = 0;

	while (rc == 0 && status != READ_EOF) {
		struct err bad = ERR_INIT;
		off_t offset = ftello(view->manifest.stream);
		json_t *object;

		status = json_lines_next(&view->manifest, &object, &bad);
		if (status == READ_OK)
			rc = add_place(view, object, offset, err);
		else if (status == READ_BAD)
			note_bad_line(view, &bad);
		else if (status == READ_FAIL)
			*err = bad, rc = -1;
		json_decref(object);
	}
	if (view->n_places)
		qsort(view->places, view->n_places, sizeof(*view->places), by_record);
	return rc;
}

/* The first place of a record, and how many there are. */
static const struct place *find_places(const struct ground_view *view, const char *name, size_t *n)
{
	uint64_t record = str_hash(name, strlen(name));
	size_t low = 0, high = view->n_places;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (view->places[middle].record < record)
			low = middle + 1;
		else
			high = middle;
	}
	*n = 0;
	while (low + *n < view->n_places && view->places[low + *n].record == record)
		(*n)++;
	return *n ? view->places + low : NULL;
}

/* 1 when the line is a box of the record, 0 when it is not, -1 on failure. */
static int read_line(struct ground_view *view, off_t offset, const char *name,
		     struct manifest_entry *entry, struct arena *arena, struct err *err)
{
	struct err bad = ERR_INIT;
	json_t *object = NULL;
	enum read_status status;
	int rc = 0;

	if (fseeko(view->manifest.stream, offset, SEEK_SET) != 0)
		return err_set_errno(err, "read", view->manifest_path);
	status = json_lines_next(&view->manifest, &object, &bad);
	if (status == READ_OK && strcmp(json_get_string(object, "record", ""), name) == 0) {
		rc = manifest_read(object, entry, arena, &bad) == 0;
		if (!rc) {
			err_add_file(&bad, view->manifest_path);
			note_bad_line(view, &bad);
		}
	}
	json_decref(object);
	return rc;
}

static size_t phrase_of(const struct viewed_record *record, const struct manifest_entry *entry)
{
	for (size_t i = 0; i < record->n_phrases; i++)
		if (strcmp(record->phrases[i].text, entry->phrase) == 0 &&
		    strcmp(phrase_kind_name(record->phrases[i].kind), entry->kind) == 0)
			return i;
	return GROUNDED_NO_PHRASE;
}

static int read_boxes(struct ground_view *view, struct viewed_record *record, struct arena *arena,
		      struct err *err)
{
	const char *name = record->record.name;
	size_t n;
	const struct place *places = find_places(view, name, &n);

	record->boxes = arena_alloc(arena, n + 1, sizeof(*record->boxes));
	if (!record->boxes)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		struct viewed_box *box = &record->boxes[record->n_boxes];
		int rc = read_line(view, places[i].offset, name, &box->entry, arena, err);

		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		if (!isfinite(box->entry.score))
			box->entry.score = 0;
		box->phrase = phrase_of(record, &box->entry);
		if (box->phrase != GROUNDED_NO_PHRASE)
			record->phrases[box->phrase].boxes++;
		record->n_boxes++;
	}
	return 0;
}

/* ---- the phrases ---- */

/* Whether the words from `at` on, joined by blanks, are the text; *n is how many words. */
static bool words_are(const struct record *record, size_t at, const char *text, size_t *n)
{
	for (*n = 0; at + *n < record->n_words; (*n)++) {
		const char *word = record->words[at + *n];
		size_t length = strlen(word);

		if (strncmp(text, word, length) != 0)
			return false;
		text += length;
		if (*text == '\0')
			return ++*n, true;
		if (*text++ != ' ')
			return false;
	}
	return false;
}

/* Where the phrase is in the text: where its line says, if that is so, else where its words are first. */
static void find_words(const struct record *record, const json_t *item, struct viewed_phrase *phrase)
{
	double begin = json_get_number(item, "begin", -1);
	size_t n;

	phrase->begin = phrase->end = 0;
	if (begin >= 0 && begin < (double)record->n_words &&
	    words_are(record, (size_t)begin, phrase->text, &n)) {
		phrase->begin = (size_t)begin;
		phrase->end = phrase->begin + n;
		return;
	}
	for (size_t at = 0; at < record->n_words; at++) {
		if (words_are(record, at, phrase->text, &n)) {
			phrase->begin = at;
			phrase->end = at + n;
			return;
		}
	}
}

static int take_phrases(const json_t *object, struct viewed_record *out, struct arena *arena,
			struct err *err)
{
	const json_t *list = json_object_get(object, "phrases");
	struct phrase *phrases;
	const char *id;

	if (phrases_read(object, &id, &phrases, &out->n_phrases, arena, err) < 0)
		return -1;
	if (strcmp(id, phrases_id(&out->record)) != 0)
		return err_set(err, ERR_DATA,
			       "these phrases are of '%.100s' and the text goes on with '%.100s'; run "
			       "'tagsight phrases' again", id, phrases_id(&out->record));
	out->phrases = arena_alloc(arena, out->n_phrases + 1, sizeof(*out->phrases));
	if (!out->phrases)
		return err_set_memory(err);
	for (size_t i = 0; i < out->n_phrases; i++) {
		out->phrases[i].text = phrases[i].text;
		out->phrases[i].kind = phrases[i].kind;
		find_words(&out->record, json_array_get(list, i), &out->phrases[i]);
	}
	return 0;
}

static int next_phrases(struct ground_view *view, struct viewed_record *out, struct arena *arena,
			struct err *err)
{
	json_t *object;
	enum read_status status = json_lines_next(&view->phrases, &object, err);
	int rc;

	if (status == READ_EOF)
		return err_set_at(err, view->phrases.name, view->phrases.line, 0,
				  "phrases end before the text does; remove the file or run "
				  "'tagsight phrases' again");
	if (status != READ_OK)
		return -1;
	rc = take_phrases(object, out, arena, err);
	json_decref(object);
	if (rc < 0 && err->line == 0)
		err->line = view->phrases.line;
	if (rc < 0)
		err_add_file(err, view->phrases.name);
	return rc;
}

enum read_status ground_view_next(struct ground_view *view, struct viewed_record *out,
				  struct arena *arena, struct err *err)
{
	enum read_status status;

	memset(out, 0, sizeof(*out));
	status = records_next(&view->records, &out->record, arena, err);
	if (status != READ_OK)
		return status;
	if (next_phrases(view, out, arena, err) < 0 || read_boxes(view, out, arena, err) < 0)
		return READ_FAIL;
	return READ_OK;
}

/* ---- opening ---- */

/* The phrases that ground would make, in a file without a name. */
static int make_phrases(struct ground_view *view, const struct dataset *dataset,
			const struct split *split, struct err *err)
{
	char *predictions = dataset_work_path(dataset, split, "predictions.jsonl");
	struct phrases_choice choice = PHRASES_CHOICE_INIT;
	struct phrases_report report;
	int rc = -1;

	choice.predictions = predictions && file_exists(predictions) ? predictions : NULL;
	view->phrases.name = "the phrases of the text";
	view->phrases.stream = tmpfile();
	if (!predictions)
		err_set_memory(err);
	else if (!view->phrases.stream)
		err_set_errno(err, "open", "a temporary file");
	else
		rc = phrases_make(split, &choice, view->phrases.stream, NULL, &report, err);
	free(predictions);
	if (rc == 0 && (fflush(view->phrases.stream) != 0 || fseeko(view->phrases.stream, 0, SEEK_SET) != 0))
		rc = err_set_errno(err, "write", "a temporary file");
	return rc;
}

static int open_phrases(struct ground_view *view, const struct dataset *dataset,
			const struct split *split, struct err *err)
{
	view->phrases_path = dataset_work_path(dataset, split, "phrases.jsonl");
	if (!view->phrases_path)
		return err_set_memory(err);
	if (file_exists(view->phrases_path))
		return json_lines_open(&view->phrases, view->phrases_path, err);
	return make_phrases(view, dataset, split, err);
}

static int open_manifest(struct ground_view *view, const struct dataset *dataset,
			 const struct split *split, struct err *err)
{
	view->manifest_path = dataset_work_path(dataset, split, "boxes.jsonl");
	if (!view->manifest_path)
		return err_set_memory(err);
	if (!file_exists(view->manifest_path))
		return 0;
	if (json_lines_open(&view->manifest, view->manifest_path, err) < 0)
		return -1;
	return index_manifest(view, err);
}

struct ground_view *ground_view_open(const struct dataset *dataset, const struct split *split,
				     struct err *err)
{
	struct ground_view *view = calloc(1, sizeof(*view));

	if (!view) {
		err_set_memory(err);
		return NULL;
	}
	if (open_manifest(view, dataset, split, err) == 0 && open_phrases(view, dataset, split, err) == 0 &&
	    records_open(&view->records, split, err) == 0)
		return view;
	ground_view_close(view);
	return NULL;
}

void ground_view_close(struct ground_view *view)
{
	if (!view)
		return;
	records_close(&view->records);
	json_lines_close(&view->phrases);
	json_lines_close(&view->manifest);
	free(view->phrases_path);
	free(view->manifest_path);
	free(view->places);
	free(view);
}
