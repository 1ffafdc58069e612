/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AutoMM's table as CSV, the form of its own multimodal set: a header, then a row a record, with
 * columns text_snippet, image and entity_annotations in any order. A first column without a name is
 * pandas's row number and is stepped over.
 */
#include "lib/formats/csv.h"
#include "preprocess/convert/automm.h"

#include <stdlib.h>
#include <string.h>

enum column { COLUMN_TEXT, COLUMN_IMAGE, COLUMN_ANNOTATIONS, COLUMNS };

static const char *const column_names[COLUMNS] = { "text_snippet", "image", "entity_annotations" };

#define NO_COLUMN ((size_t)-1)

struct csv_state {
	struct csv_reader reader;
	struct csv_row header;
	struct arena arena; /* of the header */
	size_t columns[COLUMNS]; /* where each of ours stands, or NO_COLUMN */
};

static void automm_csv_close(struct convert_source *source)
{
	struct csv_state *state = source->state;

	if (!state)
		return;
	csv_close(&state->reader);
	arena_release(&state->arena);
	free(state);
	source->state = NULL;
}

static int read_header(struct csv_state *state, struct err *err)
{
	enum read_status status = csv_next(&state->reader, &state->header, &state->arena, err);

	if (status == READ_EOF)
		return err_set(err, ERR_DATA, "there is no header");
	if (status != READ_OK)
		return -1;
	for (int k = 0; k < COLUMNS; k++) {
		state->columns[k] = NO_COLUMN;
		for (size_t i = 0; i < state->header.n; i++)
			if (strcmp(state->header.fields[i], column_names[k]) == 0)
				state->columns[k] = i;
	}
	if (state->columns[COLUMN_TEXT] == NO_COLUMN)
		return err_set(err, ERR_DATA, "no column is called text_snippet");
	return 0;
}

static int automm_csv_open(struct convert_source *source, struct err *err)
{
	struct csv_state *state = calloc(1, sizeof(*state));

	source->state = state;
	if (!state)
		return err_set_memory(err);
	if (csv_open(&state->reader, source->path, err) == 0 && read_header(state, err) == 0)
		return 0;
	err_add_file(err, source->name);
	automm_csv_close(source);
	return -1;
}

/* The field of one of our columns; NULL where it is not there or empty. */
static const char *field(const struct csv_state *state, const struct csv_row *row, enum column column)
{
	const char *text = state->columns[column] == NO_COLUMN ? "" : row->fields[state->columns[column]];

	return *text ? text : NULL;
}

/* Other columns than ours are lost, but for pandas's row number. */
static void report_columns(struct convert_source *source, const struct csv_row *row,
			   const struct convert_record *record)
{
	const struct csv_state *state = source->state;

	for (size_t i = 0; i < row->n; i++) {
		bool ours = !*state->header.fields[i] || !*row->fields[i];

		for (int k = 0; k < COLUMNS; k++)
			ours |= state->columns[k] == i;
		if (!ours)
			convert_lose(source->losses, LOSS_OTHER, record, "what the column '%s' says",
				     state->header.fields[i]);
	}
}

static enum read_status automm_csv_next(struct convert_source *source, struct convert_record *record,
					struct arena *arena, struct err *err)
{
	struct csv_state *state = source->state;
	enum read_status status;
	struct csv_row row;
	const char *annotations;
	int rc;

	status = csv_next(&state->reader, &row, arena, err);
	record->line = row.line;
	if (status != READ_OK)
		return status;
	if (row.n != state->header.n) {
		err_set_at(err, source->name, row.line, 0, "%zu fields where the header has %zu", row.n,
			   state->header.n);
		return READ_BAD;
	}
	record->text = row.fields[state->columns[COLUMN_TEXT]];
	record->image = field(state, &row, COLUMN_IMAGE);
	annotations = field(state, &row, COLUMN_ANNOTATIONS);
	report_columns(source, &row, record);
	rc = automm_take_annotations(annotations, record, arena, err);
	if (rc == 0)
		return READ_OK;
	err->line = row.line;
	return err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
}

static int automm_csv_recognise(const char *head, size_t length)
{
	size_t line = strcspn(head, "\r\n");
	const char *found = strstr(head, column_names[COLUMN_TEXT]);

	(void)length;
	return *head != '{' && found && found < head + line ? 3 : 0;
}

static int automm_csv_begin(struct convert_sink *sink, struct err *err)
{
	return fputs("text_snippet,image,entity_annotations\n", sink->stream) == EOF
		       ? err_set_errno(err, "write", "the output")
		       : 0;
}

static int automm_csv_write(struct convert_sink *sink, struct convert_record *record,
			    struct arena *arena, struct err *err)
{
	char *annotations = record->untagged ? NULL : automm_annotations(record);

	(void)arena;
	if (!annotations && !record->untagged)
		return err_set_memory(err);
	csv_write(sink->stream, record->text);
	putc(',', sink->stream);
	csv_write(sink->stream, record->image ? record->image : "");
	putc(',', sink->stream);
	csv_write(sink->stream, annotations ? annotations : "");
	putc('\n', sink->stream);
	free(annotations);
	return ferror(sink->stream) ? err_set_errno(err, "write", "the output") : 0;
}

const struct convert_format convert_automm_csv = {
	.name = "automm-csv",
	.extension = "csv",
	.summary = "AutoMM's table as CSV, as its own multimodal set is kept",
	.holds = HOLDS_TEXT | HOLDS_SPANS | HOLDS_OVERLAPS | HOLDS_CUT_WORDS | HOLDS_IMAGES |
		 HOLDS_EMPTY | HOLDS_UNTAGGED,
	.recognise = automm_csv_recognise,
	.open = automm_csv_open,
	.next = automm_csv_next,
	.close = automm_csv_close,
	.begin = automm_csv_begin,
	.write = automm_csv_write,
};
