/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/file.h"
#include "lib/corpus/prediction.h"
#include "lib/formats/json_lines.h"
#include "lib/review/tags.h"

#include <stdlib.h>
#include <string.h>

/* The predicted tags in the data's spelling, as an array of the review. */
static const char **spelt(struct review *review, const struct prediction *prediction)
{
	const char **tags = arena_alloc(&review->arena, prediction->n, sizeof(*tags));

	for (size_t i = 0; tags && i < prediction->n; i++) {
		const char *type = tag_type(prediction->tags[i]), *known;

		tags[i] = prediction->tags[i];
		known = type ? entity_types_spelling(&review->types, type) : NULL;
		if (known != type)
			tags[i] = arena_format(&review->arena, "%c-%s", tags[i][0], known);
		if (!tags[i])
			return NULL;
	}
	return tags;
}

static bool valid_tags(const struct prediction *prediction)
{
	for (size_t i = 0; i < prediction->n; i++)
		if (!tag_is_valid(prediction->tags[i]))
			return false;
	return true;
}

/* Whether the prediction is about this record: then it is joined. -1: memory is out. */
static int join(struct review *review, size_t at, const json_t *object)
{
	struct review_record *record = &review->records[at];
	struct prediction prediction;
	struct err ignored = ERR_INIT;

	if (prediction_read(object, &record->sentence, &prediction, &review->arena, &ignored) < 0 ||
	    prediction.n != record->sentence.n_tokens || !valid_tags(&prediction))
		return 0;
	record->predicted = spelt(review, &prediction);
	record->confidence = prediction.confidence;
	return record->predicted ? 1 : -1;
}

/* Join one prediction to the record that it is for: the one that is next by order, else the one
 * with its id. Returns 1, 0 when it fits none, -1. */
static int place(struct review *review, const json_t *object, size_t *next)
{
	const char *id = json_get_string(object, "id", NULL);
	int rc = *next < review->n_records ? join(review, *next, object) : 0;
	size_t at;

	if (rc != 0 || !id) {
		*next += rc == 1;
		return rc;
	}
	if (strncmp(id, "IMGID:", strlen("IMGID:")) == 0)
		id += strlen("IMGID:");
	at = review_record_by_id(review, id);
	rc = at == SIZE_MAX ? 0 : join(review, at, object);
	if (rc == 1)
		*next = at + 1;
	return rc;
}

int review_read_predictions(struct review *review, const char *path, struct buf *note,
			    struct err *err)
{
	struct json_lines reader;
	struct err bad = ERR_INIT;
	enum read_status status;
	json_t *object;
	size_t next = 0, strangers = 0;
	int rc = 0;

	if (json_lines_open(&reader, path, err) < 0)
		return -1;
	while (rc >= 0 && (status = json_lines_next(&reader, &object, &bad)) > READ_EOF) {
		rc = status == READ_OK ? place(review, object, &next) : 0;
		strangers += rc == 0;
		json_decref(object);
	}
	json_lines_close(&reader);
	if (rc < 0)
		return err_set_memory(err);
	if (status == READ_FAIL) {
		*err = bad;
		return -1;
	}
	if (strangers)
		buf_add_format(note, "%s%zu predictions of '%s' fit no record of '%s'",
			       note->length ? "; " : "", strangers, path, review->path);
	return 0;
}

/* Whether a finding names a line of the file under review; its folder may be called otherwise. */
static bool about_text(const struct review *review, const struct finding *finding)
{
	return finding->line && finding->file &&
	       strcmp(file_base_name(finding->file), file_base_name(review->path)) == 0;
}

/* The record that a finding is about, by its line in the text file or its name, or SIZE_MAX. */
static size_t record_of(const struct review *review, const struct finding *finding)
{
	const char *record = finding->record;

	if (about_text(review, finding))
		return review_record_by_line(review, finding->line);
	if (!record || strncmp(record, "IMGID:", strlen("IMGID:")) != 0)
		return SIZE_MAX;
	return review_record_by_id(review, record + strlen("IMGID:"));
}

/* The word that a finding is about, by its line. */
static size_t word_of(const struct review *review, const struct sentence *sentence,
		      const struct finding *finding)
{
	if (!about_text(review, finding))
		return SIZE_MAX;
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (sentence->tokens[i].line_number == finding->line)
			return i;
	return SIZE_MAX;
}

static void add_finding(struct finding_sink *sink, const struct finding *finding)
{
	struct review *review = (struct review *)((char *)sink - offsetof(struct review, sink));
	size_t at = record_of(review, finding);
	struct review_finding *kept;
	const struct review_finding **last;

	if (at == SIZE_MAX)
		return;
	kept = arena_alloc(&review->arena, 1, sizeof(*kept));
	if (!kept)
		return;
	kept->level = finding->level;
	kept->word = word_of(review, &review->records[at].sentence, finding);
	kept->rule = arena_copy(&review->arena, finding->rule);
	kept->message = arena_copy(&review->arena, finding->message);
	kept->fix = finding->fix ? arena_copy(&review->arena, finding->fix) : NULL;
	if (!kept->rule || !kept->message)
		return;
	last = &review->records[at].findings;
	while (*last)
		last = (const struct review_finding **)(uintptr_t)&(*last)->next;
	*last = kept;
}

struct finding_sink *review_finding_sink(struct review *review)
{
	review->sink.add = add_finding;
	return &review->sink;
}

static enum finding_level level_of(const char *name)
{
	if (strcmp(name, "error") == 0)
		return LEVEL_ERROR;
	return strcmp(name, "warning") == 0 ? LEVEL_WARNING : LEVEL_NOTE;
}

static size_t line_of(const json_t *object)
{
	json_int_t line = json_integer_value(json_object_get(object, "line"));

	return line > 0 ? (size_t)line : 0;
}

int review_read_findings(struct review *review, const char *path, struct err *err)
{
	struct finding_sink *sink = review_finding_sink(review);
	struct json_lines reader;
	enum read_status status;
	struct err bad = ERR_INIT;
	json_t *object;

	if (json_lines_open(&reader, path, err) < 0)
		return -1;
	while ((status = json_lines_next(&reader, &object, &bad)) > READ_EOF) {
		struct finding finding = {
			.level = level_of(json_get_string(object, "level", "")),
			.rule = json_get_string(object, "rule", NULL),
			.file = json_get_string(object, "file", NULL),
			.line = line_of(object),
			.record = json_get_string(object, "record", NULL),
			.message = json_get_string(object, "message", NULL),
			.fix = json_get_string(object, "fix", NULL),
		};

		if (status == READ_OK && finding.rule && finding.message)
			sink->add(sink, &finding);
		json_decref(object);
	}
	json_lines_close(&reader);
	if (status == READ_FAIL) {
		*err = bad;
		return -1;
	}
	return 0;
}
