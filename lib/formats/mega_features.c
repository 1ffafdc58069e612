/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/mega_features.h"

#include "lib/formats/line_reader.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 64

/* The fields of a line, apart by single separators; blanks and tabs around all of them are no part. */
struct fields {
	const char *start, *at, *end; /* of the line, of the next field; at NULL: there are no more */
	char separator;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct fields split_line(const struct text_line *line, char separator)
{
	const char *at = line->text, *end = line->text + line->length;

	while (at < end && is_blank(*at))
		at++;
	while (end > at && is_blank(end[-1]))
		end--;
	return (struct fields){ line->text, at < end ? at : NULL, end, separator };
}

/* False behind the last field. */
static bool next_field(struct fields *fields, const char **text, size_t *size)
{
	const char *stop;

	if (!fields->at)
		return false;
	stop = memchr(fields->at, fields->separator, (size_t)(fields->end - fields->at));
	*text = fields->at;
	*size = (size_t)((stop ? stop : fields->end) - fields->at);
	fields->at = stop ? stop + 1 : NULL;
	return true;
}

/* A decimal number that a float can hold; hexadecimal ones, infinity and the like are none. */
static bool parse_number(const char *text, size_t size, float *out)
{
	char copy[NUMBER_BYTES], *end;
	double value;

	if (size == 0 || size >= sizeof(copy))
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (strspn(copy, "0123456789+-.eE") != size)
		return false;
	value = strtod(copy, &end);
	*out = (float)value;
	return *end == '\0' && fabs(value) <= (double)FLT_MAX;
}

/* The numbers of a line: the first `most` to `out`, *n counts them all. */
static int read_numbers(const struct line_reader *reader, const struct text_line *line,
			char separator, float *out, size_t most, size_t *n, struct err *err)
{
	struct fields fields = split_line(line, separator);
	const char *text;
	size_t size;

	for (*n = 0; next_field(&fields, &text, &size); ++*n) {
		float number;

		if (!parse_number(text, size, &number))
			return err_set_at(err, line_reader_name(reader), line->number,
					  (size_t)(text - fields.start) + 1, "'%.*s' is no number",
					  (int)(size < 40 ? size : 40), text);
		if (*n < most)
			out[*n] = number;
	}
	return 0;
}

/* READ_OK or READ_EOF; a line past the limit is an error, too. */
static enum read_status next_line(struct line_reader *reader, struct text_line *line, struct err *err)
{
	enum read_status status = line_reader_next(reader, line, err);

	return status == READ_BAD ? READ_FAIL : status;
}

static size_t count_fields(const struct text_line *line, char separator)
{
	struct fields fields = split_line(line, separator);
	const char *text;
	size_t size, n = 0;

	while (next_field(&fields, &text, &size))
		n++;
	return n;
}

static int read_objects(struct line_reader *reader, float *out, struct err *err)
{
	static const char *const lines[] = { "a first line", "the names of classes",
					     "the numbers of objects" };
	size_t objects = 1, numbers = 0;

	for (size_t i = 0; i < 3 && objects; i++) {
		struct text_line line;
		enum read_status status = next_line(reader, &line, err);

		if (status == READ_FAIL)
			return -1;
		if (status == READ_EOF)
			return err_set_at(err, line_reader_name(reader), i + 1, 0,
					  "the file ends before %s", lines[i]);
		if (i == 1)
			objects = count_fields(&line, '\t');
		if (i == 2 && read_numbers(reader, &line, '\t', out, MEGA_OBJECTS * MEGA_FEATURES,
					   &numbers, err) < 0)
			return -1;
	}
	if (numbers != objects * MEGA_FEATURES)
		return err_set_at(err, line_reader_name(reader), 3, 0,
				  "the line has %zu numbers, not %zu for each of %zu objects", numbers,
				  MEGA_FEATURES, objects);
	return 0;
}

int mega_objects_read(const char *path, float *out, struct err *err)
{
	struct line_reader *reader = line_reader_open(path, MEGA_LINE_LIMIT, err);
	int rc;

	if (!reader)
		return -1;
	memset(out, 0, MEGA_OBJECTS * MEGA_FEATURES * sizeof(*out));
	rc = read_objects(reader, out, err);
	line_reader_close(reader);
	return rc;
}

static int read_rows(struct line_reader *reader, float *out, struct err *err)
{
	enum read_status status;
	struct text_line line;

	while ((status = next_line(reader, &line, err)) == READ_OK) {
		float row[MEGA_OBJECTS];
		size_t n;

		if (line.number == 1)
			continue;
		if (read_numbers(reader, &line, ' ', row, MEGA_OBJECTS, &n, err) < 0)
			return -1;
		if (n != MEGA_OBJECTS)
			return err_set_at(err, line_reader_name(reader), line.number, 0,
					  "the line has %zu numbers, not one for each of %zu objects", n,
					  MEGA_OBJECTS);
		if (line.number - 2 < MEGA_ROWS)
			memcpy(out + (line.number - 2) * MEGA_OBJECTS, row, sizeof(row));
	}
	return status == READ_EOF ? 0 : -1;
}

int mega_structure_read(const char *path, float *out, struct err *err)
{
	struct line_reader *reader = line_reader_open(path, MEGA_LINE_LIMIT, err);
	int rc;

	if (!reader)
		return -1;
	memset(out, 0, MEGA_ROWS * MEGA_OBJECTS * sizeof(*out));
	rc = read_rows(reader, out, err);
	line_reader_close(reader);
	return rc;
}
