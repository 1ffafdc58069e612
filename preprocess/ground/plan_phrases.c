/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/plan_phrases.h"

#include "lib/base/buf.h"
#include "lib/formats/json_lines.h"
#include "preprocess/phrases.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READ_AHEAD 4096 /* bytes; more than nearly every line */

/* The next line, which must be of this record. */
static int match_line(struct json_lines *lines, const struct record *record, struct arena *arena,
		      struct err *err)
{
	const char *id;
	struct phrase *phrases;
	json_t *object;
	size_t n;
	enum read_status status = json_lines_next(lines, &object, err);
	int rc;

	if (status == READ_EOF)
		return err_set_at(err, lines->name, lines->line, 0,
				  "phrases end before the text does; remove the file or run "
				  "'tagsight phrases' again");
	if (status != READ_OK)
		return -1;
	rc = phrases_read(object, &id, &phrases, &n, arena, err);
	json_decref(object);
	if (rc == 0 && strcmp(id, phrases_id(record)) != 0)
		rc = err_set(err, ERR_DATA,
			     "these phrases are of '%.100s' and the text goes on with '%.100s'; run "
			     "'tagsight phrases' again", id, phrases_id(record));
	if (rc < 0 && err->line == 0)
		err->line = lines->line;
	if (rc < 0)
		err_add_file(err, lines->name);
	return rc;
}

static int match_records(struct ground_plan *plan, struct records *records,
			 struct json_lines *lines,
			 int (*add)(struct ground_plan *plan, const struct record *record,
				    off_t phrases, struct err *err),
			 struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct record record;
	enum read_status status;
	int rc = 0;

	while (rc == 0 && (status = records_next(records, &record, &arena, err)) != READ_EOF) {
		off_t offset = ftello(lines->stream);

		if (status == READ_FAIL)
			rc = -1;
		if (status == READ_OK)
			rc = match_line(lines, &record, &arena, err);
		if (rc == 0 && status == READ_OK && record.id)
			rc = add(plan, &record, offset, err);
		arena_reset(&arena);
	}
	arena_release(&arena);
	return rc;
}

int ground_plan_match(struct ground_plan *plan,
		      int (*add)(struct ground_plan *plan, const struct record *record,
				 off_t phrases, struct err *err),
		      struct err *err)
{
	struct records records;
	struct json_lines lines;
	int rc;

	if (records_open(&records, plan->split, err) < 0)
		return -1;
	if (json_lines_open(&lines, plan->paths.phrases, err) < 0) {
		records_close(&records);
		return -1;
	}
	rc = match_records(plan, &records, &lines, add, err);
	json_lines_close(&lines);
	records_close(&records);
	return rc;
}

/* Append bytes from `offset` on until a line is whole or the file ends; *line is its length. Blank
 * lines before it count as bytes of it. */
static int read_line(const struct ground_plan *plan, uint64_t offset, struct buf *text,
		     size_t *length, struct err *err)
{
	size_t start = 0;

	for (;;) {
		const char *end;
		ssize_t got;

		if (buf_reserve(text, READ_AHEAD) < 0)
			return err_set_memory(err);
		got = pread(plan->phrases_file, text->data + text->length, READ_AHEAD,
			    (off_t)offset + (off_t)text->length);
		if (got < 0 && errno != EINTR)
			return err_set_errno(err, "read", plan->paths.phrases);
		text->length += got > 0 ? (size_t)got : 0;
		text->data[text->length] = '\0';
		start = strspn(text->data, "\r\n\t ");
		end = memchr(text->data + start, '\n', text->length - start);
		*length = end ? (size_t)(end - text->data) : text->length;
		if (end || got == 0)
			return 0;
	}
}

int ground_plan_phrases(const struct ground_plan *plan, size_t record, struct phrase **phrases,
			size_t *n, struct arena *arena, struct err *err)
{
	struct buf text = BUF_INIT;
	json_t *object = NULL;
	const char *id;
	size_t length = 0;
	int rc = read_line(plan, plan->records[record].phrases, &text, &length, err);

	if (rc == 0) {
		object = json_loadb(text.data, length, 0, NULL);
		rc = json_is_object(object)
			     ? phrases_read(object, &id, phrases, n, arena, err)
			     : err_set(err, ERR_DATA, "the file was changed while it was in use");
		if (rc < 0)
			err_add_file(err, plan->paths.phrases);
	}
	json_decref(object);
	buf_release(&text);
	return rc;
}
