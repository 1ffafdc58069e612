/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/load/load_priv.h"

#include "lib/base/utf8.h"
#include "lib/formats/conll.h"

#include <stdlib.h>
#include <string.h>

#define ID "IMGID:"
#define MARK "\xef\xbb\xbf"

bool python_has_mark(const char *path)
{
	char head[3] = { 0 };
	FILE *stream = fopen(path, "rb");
	bool is_mark = stream && fread(head, 1, 3, stream) == 3 && memcmp(head, MARK, 3) == 0;

	if (stream)
		fclose(stream);
	return is_mark;
}

int python_lines_open(struct python_lines *lines, const char *path, struct err *err)
{
	*lines = (struct python_lines){ line_reader_open(path, CONLL_LINE_LIMIT, err), NULL, false };
	if (!lines->reader)
		return -1;
	lines->has_bom = python_has_mark(path);
	return 0;
}

void python_lines_close(struct python_lines *lines)
{
	line_reader_close(lines->reader);
	free(lines->first);
}

/* Put back what the reader stepped over. */
static int restore_mark(struct python_lines *lines, struct python_line *line)
{
	lines->first = malloc(line->length + 3);
	if (!lines->first)
		return -1;
	memcpy(lines->first, MARK, 3);
	memcpy(lines->first + 3, line->text, line->length);
	line->text = lines->first;
	line->length += 3;
	return 0;
}

enum read_status python_lines_next(struct python_lines *lines, struct python_line *line,
				   struct err *err)
{
	struct text_line raw;
	enum read_status status = line_reader_next(lines->reader, &raw, err);

	if (status != READ_OK)
		return status;
	*line = (struct python_line){ .text = raw.text,
				      .length = raw.length,
				      .number = raw.number,
				      .newline = *raw.ending != '\0' };
	if (raw.number == 1 && lines->has_bom && restore_mark(lines, line) < 0)
		return err_set_memory(err), READ_FAIL;
	line->bad_byte = utf8_valid_prefix(line->text, line->length);
	return READ_OK;
}

bool python_is_id(const struct python_line *line)
{
	return line->length >= strlen(ID) && memcmp(line->text, ID, strlen(ID)) == 0;
}

const char *python_record(const struct python_line *line, struct arena *arena)
{
	const char *end = line->text + line->length, *id = line->text + strlen(ID), *next;

	while (end > id && strchr(" \t\v\f", end[-1]))
		end--;
	next = memmem(id, (size_t)(end - id), ID, strlen(ID));
	if (next)
		end = next;
	return arena_format(arena, ID "%.*s", (int)(end - id), id);
}

bool load_report_bytes(const struct load *load, const struct python_line *line, const char *record)
{
	if (line->bad_byte == line->length)
		return false;
	load_crash(load, line->number, record, "save the file as UTF-8",
		   "crashes: the byte 0x%02x is no UTF-8, and the whole file is read as such",
		   (unsigned char)line->text[line->bad_byte]);
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Behind a string that begins at `at`. */
static size_t skip_string(const char *text, size_t length, size_t at)
{
	char quote = text[at++];

	while (at < length && text[at] != quote)
		at += text[at] == '\\' ? 2 : 1;
	return at < length ? at + 1 : length;
}

bool python_foreign_word(const char *text, size_t length, char *out, size_t size)
{
	for (size_t at = 0; at < length;) {
		size_t end = at;

		if (text[at] == '\'' || text[at] == '"') {
			at = skip_string(text, length, at);
			continue;
		}
		while (end < length && is_letter(text[end]))
			end++;
		if (end == at) {
			at++;
			continue;
		}
		snprintf(out, size, "%.*s", (int)(end - at), text + at);
		/* Letters right before a quote say what kind of string it is; after a digit, an exponent. */
		if ((end == length || (text[end] != '\'' && text[end] != '"')) &&
		    !(at && text[at - 1] >= '0' && text[at - 1] <= '9') && strcmp(out, "None") != 0 &&
		    strcmp(out, "True") != 0 && strcmp(out, "False") != 0)
			return true;
		at = end;
	}
	return false;
}
