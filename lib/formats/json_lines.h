/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Lines on top of jansson: one object a line, keys in the order they were set, UTF-8.
 *
 *	while ((status = json_lines_next(&reader, &object, &err)) != READ_EOF) ...
 */
#ifndef TAGSIGHT_FORMATS_JSON_LINES_H
#define TAGSIGHT_FORMATS_JSON_LINES_H

#include "lib/base/err.h"

#include <jansson.h>
#include <stdio.h>

#define JSON_LINE_LIMIT ((size_t)64 << 20) /* bytes of one line */

struct json_lines {
	FILE *stream;
	const char *name; /* for messages; borrowed */
	size_t line;      /* of the last object read, from 1 */
	char *text;
	size_t capacity;
	size_t begin, end; /* bytes of the file before the line read last, and behind it */
};

/* Open `path` ("-" is standard input); `path` must outlive the reader. */
int json_lines_open(struct json_lines *reader, const char *path, struct err *err);
void json_lines_close(struct json_lines *reader);

/* The next object in *object (the caller's reference). READ_BAD: this line is not an object. Blank
 * lines are stepped over. A last line without its newline that does not parse is READ_BAD. */
enum read_status json_lines_next(struct json_lines *reader, json_t **object, struct err *err);

/* Write one object and a newline, and drop the caller's reference. 0, or -1 when it cannot be
 * written (the stream's error flag is set too). */
int json_line_write(FILE *stream, json_t *object);

/* A JSON string of text that may hold invalid UTF-8: bad bytes become U+FFFD. */
json_t *json_text(const char *text);
json_t *json_text_length(const char *text, size_t length);

/* Fields of an object read from a file. The default is given back where the key is absent or of
 * another type. Strings are borrowed from the object. */
const char *json_get_string(const json_t *object, const char *key, const char *missing);
double json_get_number(const json_t *object, const char *key, double missing);

#endif
