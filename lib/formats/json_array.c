/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/json_array.h"

#include <string.h>

int json_array_open(struct json_array *reader, const char *path, struct err *err)
{
	memset(reader, 0, sizeof(*reader));
	reader->name = path;
	reader->stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	return reader->stream ? 0 : err_set_errno(err, "open", path);
}

void json_array_close(struct json_array *reader)
{
	if (reader->stream && reader->stream != stdin)
		fclose(reader->stream);
	memset(reader, 0, sizeof(*reader));
}

static int next_byte(struct json_array *reader)
{
	int c = getc(reader->stream);

	reader->lines += c == '\n';
	return c;
}

static void put_back(struct json_array *reader, int c)
{
	if (c == EOF)
		return;
	reader->lines -= c == '\n';
	ungetc(c, reader->stream);
}

/* The next byte that is no white space. */
static int next_sign(struct json_array *reader)
{
	int c;

	do
		c = next_byte(reader);
	while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
	return c;
}

/* Byte by byte, so that nothing behind the object is taken. */
static size_t feed(void *buffer, size_t size, void *context)
{
	struct json_array *reader = context;
	int c;

	if (size == 0 || reader->taken++ >= JSON_ARRAY_ITEM_LIMIT)
		return 0;
	c = next_byte(reader);
	if (c == EOF)
		return 0;
	*(char *)buffer = (char)c;
	return 1;
}

static enum read_status fail(struct json_array *reader, struct err *err, const char *what)
{
	reader->ended = true;
	if (ferror(reader->stream))
		err_set_errno(err, "read", reader->name);
	else
		err_set_at(err, reader->name, reader->lines + 1, 0, "not JSON: %s", what);
	return READ_FAIL;
}

/* Step to the next item. READ_OK: its first byte is next. */
static enum read_status step(struct json_array *reader, struct err *err)
{
	int c = next_sign(reader);

	if (!reader->begun) {
		reader->begun = true;
		reader->bracket = c == '[';
		if (reader->bracket)
			c = next_sign(reader);
	} else if (reader->bracket && c == ',') {
		c = next_sign(reader);
	} else if (reader->bracket && c != ']') {
		return fail(reader, err, "',' or ']' is missing behind an item");
	}
	if (c == EOF && !reader->bracket) {
		reader->ended = true;
		return ferror(reader->stream) ? fail(reader, err, "") : READ_EOF;
	}
	if (c == ']' && reader->bracket) {
		reader->ended = true;
		if (reader->member)
			return READ_EOF;
		return next_sign(reader) == EOF ? READ_EOF
						: fail(reader, err, "more follows behind the array");
	}
	if (c == EOF)
		return fail(reader, err, "the array does not end");
	put_back(reader, c);
	return READ_OK;
}

/* Step over the rest of a string, whose first `room - 1` bytes are kept as they stand. -1: it has no end. */
static int skip_string(struct json_array *reader, char *text, size_t room)
{
	size_t length = 0;
	int c;

	while ((c = next_byte(reader)) != '"') {
		if (c == '\\')
			c = next_byte(reader);
		if (c == EOF)
			return -1;
		if (length + 1 < room)
			text[length++] = (char)c;
	}
	text[length] = '\0';
	return 0;
}

/* Step over a value of any length; what is wrong inside it is not seen. -1: it has no end. */
static int skip_value(struct json_array *reader)
{
	size_t depth = 0;
	char ignored[1];

	for (;;) {
		int c = next_byte(reader);

		if (c == EOF)
			return -1;
		if (c == '"' && skip_string(reader, ignored, sizeof(ignored)) < 0)
			return -1;
		if ((c == ',' || c == '}') && depth == 0) {
			put_back(reader, c);
			return 0;
		}
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth-- == 0)
			return -1;
	}
}

/* Step to the value of a key; 0 when the object ends before. */
static int find_member(struct json_array *reader, const char *member, struct err *err)
{
	char key[64];
	int c = next_sign(reader);

	if (c != '{')
		return fail(reader, err, "an object was expected");
	for (c = next_sign(reader); c != '}'; c = next_sign(reader)) {
		if (c != '"' || skip_string(reader, key, sizeof(key)) < 0 || next_sign(reader) != ':')
			return fail(reader, err, "a key and ':' were expected");
		if (strcmp(key, member) == 0)
			return 1;
		if (skip_value(reader) < 0)
			return fail(reader, err, "the object does not end");
		c = next_sign(reader);
		if (c == '}')
			break;
		if (c != ',')
			return fail(reader, err, "',' or '}' was expected");
	}
	reader->ended = true;
	return 0;
}

int json_array_open_member(struct json_array *reader, const char *path, const char *member, bool *found,
			   struct err *err)
{
	int rc, c;

	if (json_array_open(reader, path, err) < 0)
		return -1;
	reader->member = true;
	rc = find_member(reader, member, err);
	*found = rc > 0;
	if (rc > 0) {
		c = next_sign(reader);
		put_back(reader, c);
		if (c != '[')
			rc = fail(reader, err, "an array was expected");
	}
	if (rc < 0)
		json_array_close(reader);
	return rc < 0 ? -1 : 0;
}

enum read_status json_array_next(struct json_array *reader, json_t **object, struct err *err)
{
	json_error_t error;
	enum read_status status;

	*object = NULL;
	if (reader->ended)
		return READ_EOF;
	status = step(reader, err);
	if (status != READ_OK)
		return status;
	reader->line = reader->lines + 1;
	reader->taken = 0;
	*object = json_load_callback(feed, reader, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
	if (!*object)
		return fail(reader, err,
			    reader->taken > JSON_ARRAY_ITEM_LIMIT ? "an item is too long" : error.text);
	if (json_is_object(*object))
		return READ_OK;
	json_decref(*object);
	*object = NULL;
	err_set_at(err, reader->name, reader->line, 0, "an item is no object");
	return READ_BAD;
}
