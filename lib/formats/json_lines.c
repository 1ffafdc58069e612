/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/json_lines.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>

int json_lines_open(struct json_lines *reader, const char *path, struct err *err)
{
	memset(reader, 0, sizeof(*reader));
	reader->name = path;
	reader->stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	return reader->stream ? 0 : err_set_errno(err, "open", path);
}

void json_lines_close(struct json_lines *reader)
{
	if (reader->stream && reader->stream != stdin)
		fclose(reader->stream);
	free(reader->text);
	memset(reader, 0, sizeof(*reader));
}

static enum read_status parse_line(struct json_lines *reader, size_t length, json_t **object,
				   struct err *err)
{
	json_error_t error;

	if (length > JSON_LINE_LIMIT) {
		err_set_at(err, reader->name, reader->line, 0,
			   "a line of %zu bytes is longer than the %zu allowed", length,
			   JSON_LINE_LIMIT);
		return READ_BAD;
	}
	*object = json_loadb(reader->text, length, JSON_REJECT_DUPLICATES, &error);
	if (!*object) {
		err_set_at(err, reader->name, reader->line,
			   error.column > 0 ? (size_t)error.column : 0, "not JSON: %s", error.text);
		return READ_BAD;
	}
	if (!json_is_object(*object)) {
		json_decref(*object);
		*object = NULL;
		err_set_at(err, reader->name, reader->line, 0, "not a JSON object");
		return READ_BAD;
	}
	return READ_OK;
}

enum read_status json_lines_next(struct json_lines *reader, json_t **object, struct err *err)
{
	*object = NULL;
	for (;;) {
		ssize_t got = getline(&reader->text, &reader->capacity, reader->stream);
		size_t length;

		if (got < 0) {
			if (!ferror(reader->stream))
				return READ_EOF;
			err_set_errno(err, "read", reader->name);
			return READ_FAIL;
		}
		reader->line++;
		length = (size_t)got;
		reader->begin = reader->end;
		reader->end += length;
		if (strspn(reader->text, " \t\r\n") == length)
			continue;
		return parse_line(reader, length, object, err);
	}
}

int json_line_write(FILE *stream, json_t *object)
{
	int rc = object ? json_dumpf(object, stream, JSON_COMPACT | JSON_PRESERVE_ORDER) : -1;

	json_decref(object);
	if (rc == 0 && fputc('\n', stream) == EOF)
		rc = -1;
	return rc;
}

json_t *json_text_length(const char *text, size_t length)
{
	size_t valid = utf8_valid_prefix(text, length);
	struct buf clean = BUF_INIT;
	json_t *string;

	if (valid == length)
		return json_stringn_nocheck(text, length);
	while (length) {
		buf_add(&clean, text, valid);
		if (valid == length)
			break;
		buf_add_string(&clean, "\xef\xbf\xbd");
		text += valid + 1;
		length -= valid + 1;
		valid = utf8_valid_prefix(text, length);
	}
	string = clean.failed ? NULL : json_stringn_nocheck(clean.data, clean.length);
	buf_release(&clean);
	return string;
}

json_t *json_text(const char *text)
{
	return json_text_length(text, strlen(text));
}

const char *json_get_string(const json_t *object, const char *key, const char *missing)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : missing;
}

double json_get_number(const json_t *object, const char *key, double missing)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : missing;
}
