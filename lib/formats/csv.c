/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/csv.h"

#include <stdbool.h>
#include <string.h>

int csv_open(struct csv_reader *reader, const char *path, struct err *err)
{
	memset(reader, 0, sizeof(*reader));
	buf_init(&reader->bytes);
	reader->name = path;
	reader->stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	return reader->stream ? 0 : err_set_errno(err, "open", path);
}

void csv_close(struct csv_reader *reader)
{
	if (reader->stream && reader->stream != stdin)
		fclose(reader->stream);
	buf_release(&reader->bytes);
	memset(reader, 0, sizeof(*reader));
}

/* What is wrong with the row in hand; NULL: nothing so far. */
struct row_state {
	size_t n;
	bool quoted, any;
	const char *fault;
};

static void begin_field(struct csv_reader *reader, struct row_state *row)
{
	if (row->n == CSV_FIELDS)
		row->fault = "a row has too many fields";
	else
		reader->starts[row->n++] = reader->bytes.length;
	row->quoted = false;
}

static void take_byte(struct csv_reader *reader, struct row_state *row, int c)
{
	row->any = true;
	if (c == '\0')
		row->fault = "a NUL byte";
	else if (reader->bytes.length >= CSV_ROW_LIMIT)
		row->fault = "a row is longer than allowed";
	else if (!row->fault)
		buf_add_char(&reader->bytes, (char)c);
}

static int next_byte(struct csv_reader *reader)
{
	int c = getc(reader->stream);

	reader->lines += c == '\n';
	return c;
}

/* The byte behind a quote within quotes: another quote is one of the text. False: the quotes end. */
static bool goes_on(struct csv_reader *reader, struct row_state *row)
{
	int c = next_byte(reader);

	if (c == '"') {
		take_byte(reader, row, c);
		return true;
	}
	if (c != EOF) {
		reader->lines -= c == '\n';
		ungetc(c, reader->stream);
	}
	return false;
}

/* Read to the end of a row. False: the file ended within quotes. */
static bool read_row(struct csv_reader *reader, struct row_state *row)
{
	bool inside = false;

	buf_clear(&reader->bytes);
	begin_field(reader, row);
	for (;;) {
		int c = next_byte(reader);

		if (c == EOF)
			return !inside;
		if (inside) {
			if (c != '"')
				take_byte(reader, row, c);
			else
				inside = goes_on(reader, row);
		} else if (c == '"' && row->n && !row->fault &&
			   reader->bytes.length == reader->starts[row->n - 1] && !row->quoted) {
			inside = row->quoted = row->any = true;
		} else if (c == ',') {
			row->any = true;
			buf_add_char(&reader->bytes, '\0');
			begin_field(reader, row);
		} else if (c == '\n') {
			return true;
		} else if (c != '\r') {
			take_byte(reader, row, c);
		}
	}
}

static int give_row(const struct csv_reader *reader, const struct row_state *state,
		    struct csv_row *row, struct arena *arena, struct err *err)
{
	char *bytes = arena_string(arena, reader->bytes.data, reader->bytes.length);

	row->n = state->n;
	row->fields = arena_alloc(arena, state->n, sizeof(*row->fields));
	if (!bytes || !row->fields || reader->bytes.failed)
		return err_set_memory(err);
	for (size_t i = 0; i < state->n; i++)
		row->fields[i] = bytes + reader->starts[i];
	return 0;
}

enum read_status csv_next(struct csv_reader *reader, struct csv_row *row, struct arena *arena,
			  struct err *err)
{
	struct row_state state;
	bool ended;

	do {
		state = (struct row_state){ 0 };
		row->line = reader->lines + 1;
		ended = read_row(reader, &state);
	} while (!state.any && !feof(reader->stream) && !ferror(reader->stream));
	if (ferror(reader->stream)) {
		err_set_errno(err, "read", reader->name);
		return READ_FAIL;
	}
	if (!state.any)
		return READ_EOF;
	if (!ended) {
		err_set_at(err, reader->name, row->line, 0, "the quotes of a field do not end");
		return READ_FAIL;
	}
	if (state.fault) {
		err_set_at(err, reader->name, row->line, 0, "%s", state.fault);
		return READ_BAD;
	}
	return give_row(reader, &state, row, arena, err) < 0 ? READ_FAIL : READ_OK;
}

void csv_write(FILE *stream, const char *field)
{
	if (!strpbrk(field, ",\"\r\n")) {
		fputs(field, stream);
		return;
	}
	putc('"', stream);
	for (; *field; field++) {
		if (*field == '"')
			putc('"', stream);
		putc(*field, stream);
	}
	putc('"', stream);
}
