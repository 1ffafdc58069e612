/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/journal_priv.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOURNAL_NAME "tagsight-review"
#define JOURNAL_VERSION 1
#define COUNT_LIMIT ((json_int_t)1 << 53) /* what every reader of JSON takes as it is */

static const char *const verb_names[JOURNAL_VERBS] = { "edit", "undo", "redo" };
static const char *const state_names[REVIEW_STATES] = { "untouched", "accepted", "edited" };

const char *review_state_name(enum review_state state)
{
	return state_names[state];
}

/* The index of `name` in `names`, or `n`. */
static size_t name_index(const char *const *names, size_t n, const char *name)
{
	size_t i = 0;

	while (i < n && (!name || strcmp(names[i], name) != 0))
		i++;
	return i;
}

static int bad(struct err *err, const char *what)
{
	return err_set(err, ERR_DATA, "%s; restore the journal from a copy, or take the line out",
		       what);
}

/* A whole number that fits a size_t, and of which there can be a next. */
static int get_count(const json_t *object, const char *key, size_t *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > COUNT_LIMIT)
		return -1;
	*out = (size_t)json_integer_value(value);
	return 0;
}

static int read_tags(struct journal_line *line, const json_t *array, struct err *err)
{
	size_t n = json_array_size(array);

	if (!json_is_array(array))
		return bad(err, "a decision without tags");
	line->tags = checked_calloc(n, sizeof(*line->tags));
	if (!line->tags)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		line->tags[i] = json_string_value(json_array_get(array, i));
		if (!line->tags[i])
			return bad(err, "a tag that is no text");
	}
	line->entry.tags = line->tags;
	line->entry.n_tags = n;
	return 0;
}

/* What a relation is given. */
static int read_relation(struct journal_entry *entry, const json_t *object, struct err *err)
{
	entry->relation = json_get_string(object, "relation", NULL);
	entry->flipped = json_is_true(json_object_get(object, "flipped"));
	if (!entry->relation)
		return bad(err, "'relation' is no text");
	if (!json_is_boolean(json_object_get(object, "flipped")))
		return bad(err, "'flipped' is neither true nor false");
	return 0;
}

static int read_numbers(struct journal_entry *entry, const json_t *object, struct err *err)
{
	if (get_count(object, "edit", &entry->edit) < 0 || entry->edit == 0)
		return bad(err, "a decision without the number of its edit");
	if (get_count(object, "record", &entry->record) < 0)
		return bad(err, "a decision without the number of its record");
	if (entry->relation)
		return 0;
	if (get_count(object, "begin", &entry->begin) < 0 ||
	    get_count(object, "end", &entry->end) < 0 || entry->begin > entry->end ||
	    entry->end > entry->n_tags)
		return bad(err, "a decision about words that the record does not have");
	return 0;
}

static int read_marks(struct journal_entry *entry, const json_t *object, struct err *err)
{
	const json_t *hard = json_object_get(object, "hard"), *note = json_object_get(object, "note");

	if (hard && !json_is_boolean(hard))
		return bad(err, "'hard' is neither true nor false");
	if (note && !json_is_string(note))
		return bad(err, "a note that is no text");
	entry->hard = json_is_true(hard);
	entry->note = json_string_value(note);
	if (entry->note && !*entry->note)
		entry->note = NULL;
	entry->from = json_get_string(object, "from", NULL);
	return 0;
}

static int read_entry(struct journal_line *line, const json_t *object, struct err *err)
{
	struct journal_entry *entry = &line->entry;
	const char *sha256 = json_get_string(object, "words_sha256", "");
	size_t verb = name_index(verb_names, JOURNAL_VERBS, json_get_string(object, "do", NULL));
	size_t state =
		name_index(state_names, REVIEW_STATES, json_get_string(object, "state", NULL));

	if (verb == JOURNAL_VERBS)
		return bad(err, "'do' is neither edit, undo nor redo");
	if (state == REVIEW_STATES)
		return bad(err, "'state' is neither untouched, accepted nor edited");
	if (strlen(sha256) != SHA256_HEX - 1)
		return bad(err, "'words_sha256' is no SHA-256");
	entry->verb = (enum journal_verb)verb;
	entry->state = (enum review_state)state;
	memcpy(entry->words_sha256, sha256, SHA256_HEX);
	entry->id = json_get_string(object, "id", NULL);
	entry->what = json_get_string(object, "what", "");
	if (read_marks(entry, object, err) < 0)
		return -1;
	if (json_object_get(object, "box")) {
		if (journal_box_read(json_object_get(object, "box"), &line->box, COUNT_LIMIT) < 0)
			return bad(err, "'box' is no decision about a box");
		entry->box = &line->box;
	}
	if (json_object_get(object, "relation")) {
		if (read_relation(entry, object, err) < 0)
			return -1;
	} else if (read_tags(line, json_object_get(object, "tags"), err) < 0) {
		return -1;
	}
	return read_numbers(entry, object, err);
}

static enum read_status read_header(struct journal_head *head, const json_t *object, struct err *err)
{
	size_t version = 0;

	if (strcmp(json_get_string(object, "journal", ""), JOURNAL_NAME) != 0) {
		err_set(err, ERR_DATA, "not the journal of a review");
		return READ_BAD;
	}
	if (get_count(object, "version", &version) < 0 || version > JOURNAL_VERSION) {
		err_set(err, ERR_DATA, "written by a newer tagsight; update this one");
		return READ_BAD;
	}
	head->text = json_get_string(object, "text", NULL);
	head->path = json_get_string(object, "path", NULL);
	head->annotator = json_get_string(object, "annotator", NULL);
	return READ_EOF;
}

enum read_status journal_line_read(struct journal_line *line, const char *text, size_t length,
				   struct err *err)
{
	json_error_t error;
	json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);

	memset(line, 0, sizeof(*line));
	line->object = object;
	if (!json_is_object(object)) {
		bad(err, object ? "not a JSON object" : "not JSON");
		return READ_BAD;
	}
	if (json_object_get(object, "journal"))
		return read_header(&line->head, object, err);
	return read_entry(line, object, err) < 0 ? READ_BAD : READ_OK;
}

void journal_line_release(struct journal_line *line)
{
	json_decref(line->object);
	free(line->tags);
	memset(line, 0, sizeof(*line));
}

static int add_object(struct buf *out, json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

	json_decref(object);
	if (!text)
		return -1;
	buf_add_string(out, text);
	buf_add_char(out, '\n');
	free(text);
	return out->failed ? -1 : 0;
}

int journal_line_header(struct buf *out, const char *path, const struct journal_head *head)
{
	json_t *object = json_pack("{s:s, s:i, s:o}", "journal", JOURNAL_NAME, "version",
				   JOURNAL_VERSION, "text", json_text(file_base_name(head->text)));
	char *way = journal_way(path, head->text);

	if (object && way)
		json_object_set_new(object, "path", json_text(way));
	if (object && head->annotator)
		json_object_set_new(object, "annotator", json_text(head->annotator));
	free(way);
	return add_object(out, object);
}

bool journal_line_is_torn_header(const char *text, size_t length)
{
	static const char beginning[] = "{\"journal\":\"" JOURNAL_NAME "\"";
	size_t n = length < sizeof(beginning) - 1 ? length : sizeof(beginning) - 1;

	if (memcmp(text, beginning, n) == 0)
		return true;
	for (size_t i = 0; i < length; i++)
		if (text[i])
			return false;
	return true;
}

/* Set what the decision gives the record. -1 when memory is out. */
static int set_values(json_t *object, const struct journal_entry *entry)
{
	json_t *tags;

	if (entry->relation) {
		json_object_set_new(object, "relation", json_text(entry->relation));
		return json_object_set_new(object, "flipped", json_boolean(entry->flipped));
	}
	json_object_set_new(object, "begin", json_integer((json_int_t)entry->begin));
	json_object_set_new(object, "end", json_integer((json_int_t)entry->end));
	tags = json_array();
	for (size_t i = 0; i < entry->n_tags; i++)
		json_array_append_new(tags, json_text(entry->tags[i]));
	if (json_object_set_new(object, "tags", tags) < 0)
		return -1;
	return json_array_size(tags) == entry->n_tags ? 0 : -1;
}

int journal_line_write(struct buf *out, const struct journal_entry *entry)
{
	json_t *object;
	time_t now = time(NULL);
	struct tm utc;
	char stamp[32] = "";

	if (gmtime_r(&now, &utc))
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
	object = json_pack("{s:s, s:I, s:I}", "do", verb_names[entry->verb], "edit",
			   (json_int_t)entry->edit, "record", (json_int_t)entry->record);
	if (entry->id)
		json_object_set_new(object, "id", json_text(entry->id));
	json_object_set_new(object, "words_sha256", json_string(entry->words_sha256));
	json_object_set_new(object, "what", json_string(entry->what));
	if (set_values(object, entry) < 0) {
		json_decref(object);
		return -1;
	}
	json_object_set_new(object, "state", json_string(state_names[entry->state]));
	if (entry->from)
		json_object_set_new(object, "from", json_text(entry->from));
	if (entry->hard)
		json_object_set_new(object, "hard", json_true());
	if (entry->note)
		json_object_set_new(object, "note", json_text(entry->note));
	if (entry->box && journal_box_write(object, entry->box) < 0) {
		json_decref(object);
		return -1;
	}
	json_object_set_new(object, "time", json_string(stamp));
	return add_object(out, object);
}
