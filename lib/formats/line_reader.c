/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/line_reader.h"

#include "lib/base/checked.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)64 << 10)

struct line_reader {
	FILE *stream; /* NULL: all bytes are there */
	bool close_stream;
	char *name;
	size_t limit;
	char *data;      /* bytes begin to end are not yet given out */
	char *own;       /* [capacity]: data, unless it is borrowed */
	size_t capacity, begin, end;
	size_t searched; /* no line end between begin and here */
	size_t next_cr;  /* no CR between begin and here; where one is, unless it is `end` */
	size_t number;
	size_t gone;       /* bytes that were before `data` */
	size_t line_begin; /* of the line read last */
	bool at_end; /* the stream has no more */
};

static struct line_reader *new_reader(const char *path, size_t limit)
{
	struct line_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->limit = limit;
	reader->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
	if (reader->name)
		return reader;
	free(reader);
	return NULL;
}

static int make_room(struct line_reader *reader, size_t capacity)
{
	reader->own = malloc(capacity);
	reader->data = reader->own;
	reader->capacity = capacity;
	return reader->own ? 0 : -1;
}

struct line_reader *line_reader_open(const char *path, size_t limit, struct err *err)
{
	struct line_reader *reader = new_reader(path, limit);
	bool standard = strcmp(path, "-") == 0;

	if (!reader || make_room(reader, 2 * BLOCK) < 0) {
		err_set_memory(err);
		goto fail;
	}
	reader->stream = standard ? stdin : fopen(path, "rbe");
	reader->close_stream = !standard;
	if (!reader->stream) {
		err_set_errno(err, "open", path);
		goto fail;
	}
	return reader;
fail:
	line_reader_close(reader);
	return NULL;
}

struct line_reader *line_reader_open_piece(const struct text_piece *piece, size_t limit,
					   struct err *err)
{
	struct line_reader *reader = new_reader(piece->path, limit);
	size_t capacity;

	if (!reader)
		goto fail;
	reader->end = piece->length;
	reader->number = piece->lines_before;
	reader->stream = piece->rest;
	if (!piece->rest) {
		reader->data = (char *)piece->bytes; /* never written to without a stream */
		reader->at_end = true;
		return reader;
	}
	if (!size_add(piece->length, 2 * BLOCK, &capacity) || make_room(reader, capacity) < 0)
		goto fail;
	memcpy(reader->data, piece->bytes, piece->length);
	return reader;
fail:
	err_set_memory(err);
	line_reader_close(reader);
	return NULL;
}

void line_reader_close(struct line_reader *reader)
{
	if (!reader)
		return;
	if (reader->close_stream && reader->stream)
		fclose(reader->stream);
	free(reader->name);
	free(reader->own);
	free(reader);
}

size_t line_reader_count(const struct line_reader *reader)
{
	return reader->number;
}

size_t line_reader_begin(const struct line_reader *reader)
{
	return reader->line_begin;
}

const char *line_reader_name(const struct line_reader *reader)
{
	return reader->name;
}

/* Get more bytes behind those that are left. */
static int fill(struct line_reader *reader, struct err *err)
{
	size_t got, left = reader->end - reader->begin;

	if (reader->begin) {
		memmove(reader->data, reader->data + reader->begin, left);
		reader->searched -= reader->begin;
		reader->next_cr -= reader->begin;
		reader->gone += reader->begin;
		reader->begin = 0;
		reader->end = left;
	}
	if (reader->capacity - left < BLOCK) {
		char *grown = checked_realloc(reader->own, reader->capacity, 2);

		if (!grown)
			return err_set_memory(err);
		reader->data = reader->own = grown;
		reader->capacity *= 2;
	}
	got = fread(reader->data + left, 1, reader->capacity - left, reader->stream);
	reader->end += got;
	if (got == 0) {
		if (ferror(reader->stream))
			return err_set_errno(err, "read", reader->name);
		reader->at_end = true;
	}
	return 0;
}

static void skip_byte_order_mark(struct line_reader *reader)
{
	if (reader->end - reader->begin >= 3 &&
	    memcmp(reader->data + reader->begin, "\xef\xbb\xbf", 3) == 0)
		reader->begin += 3;
	if (reader->searched < reader->begin)
		reader->searched = reader->begin;
}

/* The first CR behind `searched`. Most files have none, so what was looked through once is not
 * looked through again for each line. NULL: there is none so far. */
static char *find_cr(struct line_reader *reader)
{
	size_t from = reader->next_cr;
	char *cr;

	if (from < reader->searched)
		from = reader->searched;
	if (from < reader->end && reader->data[from] != '\r') {
		cr = memchr(reader->data + from, '\r', reader->end - from);
		from = cr ? (size_t)(cr - reader->data) : reader->end;
	}
	reader->next_cr = from;
	return from < reader->end ? reader->data + from : NULL;
}

/* Look for a line end past `searched`. True: it is at *end and *ending says which. A CR that is the
 * last byte so far waits for what follows it. */
static bool find_end(struct line_reader *reader, size_t *end, const char **ending)
{
	char *from = reader->data + reader->searched;
	size_t left = reader->end - reader->searched;
	char *newline = memchr(from, '\n', left);
	char *stop = newline ? newline : from + left;
	char *cr = find_cr(reader);

	if (cr >= stop)
		cr = NULL;
	if (cr && cr + 1 == reader->data + reader->end && !reader->at_end) {
		reader->searched = (size_t)(cr - reader->data);
		return false;
	}
	if (cr) {
		*end = (size_t)(cr - reader->data);
		*ending = cr + 1 == newline ? "\r\n" : "\r";
		return true;
	}
	reader->searched = (size_t)(stop - reader->data);
	*end = reader->searched;
	*ending = newline ? "\n" : "";
	return newline || reader->at_end;
}

static enum read_status bad_line(const struct line_reader *reader, struct text_line *line,
				 size_t length, const char *ending, struct err *err)
{
	*line = (struct text_line){ "", length, reader->number, ending };
	err_set_at(err, reader->name, reader->number, 0,
		   "a line of %zu bytes is longer than the %zu allowed", length, reader->limit);
	return READ_BAD;
}

enum read_status line_reader_next(struct line_reader *reader, struct text_line *line,
				  struct err *err)
{
	size_t end, dropped = 0, length;
	const char *ending;

	reader->searched = reader->begin;
	if (reader->number == 0) {
		while (reader->end < 3 && !reader->at_end)
			if (fill(reader, err) < 0)
				return READ_FAIL;
		skip_byte_order_mark(reader);
	}
	reader->line_begin = reader->gone + reader->begin;
	while (!find_end(reader, &end, &ending)) {
		if (reader->searched - reader->begin > reader->limit) {
			dropped += reader->searched - reader->begin;
			reader->begin = reader->searched;
		}
		if (fill(reader, err) < 0)
			return READ_FAIL;
	}
	if (reader->begin == reader->end && dropped == 0)
		return READ_EOF;
	length = end - reader->begin;
	*line = (struct text_line){ reader->data + reader->begin, length, ++reader->number,
				    ending };
	reader->begin = end + (*ending ? 1 + (ending[1] != '\0') : 0);
	if (dropped || length > reader->limit)
		return bad_line(reader, line, dropped + length, ending, err);
	return READ_OK;
}
