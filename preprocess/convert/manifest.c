/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of boxes that ground writes, a box a line; lines of one record that follow each other are
 * one record here. A box is called by the phrase that asked for it, else by its class. Which model
 * found it stays behind.
 */
#include "lib/corpus/grounding.h"
#include "lib/formats/json_lines.h"
#include "preprocess/convert/json_fields.h"

#include <stdlib.h>
#include <string.h>

#define ID_MARK "IMGID:"

struct manifest_state {
	struct json_lines lines;
	struct arena arena; /* of the entry that was read ahead */
	struct manifest_entry ahead;
	size_t ahead_line;
	bool has_ahead;
};

static void manifest_close(struct convert_source *source)
{
	struct manifest_state *state = source->state;

	if (!state)
		return;
	json_lines_close(&state->lines);
	arena_release(&state->arena);
	free(state);
	source->state = NULL;
}

static int manifest_open(struct convert_source *source, struct err *err)
{
	struct manifest_state *state = calloc(1, sizeof(*state));

	source->state = state;
	if (!state)
		return err_set_memory(err);
	if (json_lines_open(&state->lines, source->path, err) == 0)
		return 0;
	free(state);
	source->state = NULL;
	return -1;
}

/* See to it that an entry is read ahead. READ_EOF: there is none. */
static enum read_status look_ahead(struct manifest_state *state, struct err *err)
{
	enum read_status status;
	json_t *object;

	if (state->has_ahead)
		return READ_OK;
	arena_reset(&state->arena);
	status = json_lines_next(&state->lines, &object, err);
	state->ahead_line = state->lines.line;
	if (status != READ_OK)
		return status;
	if (manifest_read(object, &state->ahead, &state->arena, err) < 0) {
		status = err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
		err->line = state->ahead_line;
	} else {
		state->has_ahead = true;
	}
	json_decref(object);
	return status;
}

static int take_box(const struct manifest_entry *entry, struct convert_record *record,
		    struct arena *arena, struct err *err)
{
	struct convert_box *box = record_add_box(record, arena);

	if (!box)
		return err_set_memory(err);
	*box = (struct convert_box){ .x0 = (double)entry->box.x0, .y0 = (double)entry->box.y0,
				     .x1 = (double)entry->box.x1, .y1 = (double)entry->box.y1,
				     .score = (double)entry->score };
	box->label = arena_copy(arena, *entry->phrase ? entry->phrase : entry->class_name);
	if (*entry->crop)
		box->crop = arena_copy(arena, entry->crop);
	return box->label && (box->crop || !*entry->crop) ? 0 : err_set_memory(err);
}

static enum read_status manifest_next(struct convert_source *source, struct convert_record *record,
				      struct arena *arena, struct err *err)
{
	struct manifest_state *state = source->state;
	enum read_status status = look_ahead(state, err);
	const char *name;

	record->line = state->ahead_line;
	if (status != READ_OK)
		return status;
	name = arena_copy(arena, state->ahead.record);
	record->image = arena_copy(arena, state->ahead.image);
	record->untagged = true;
	if (!name || !record->image)
		return err_set_memory(err), READ_FAIL;
	if (strncmp(name, ID_MARK, strlen(ID_MARK)) == 0)
		record->id = name + strlen(ID_MARK);
	while (status == READ_OK && strcmp(state->ahead.record, name) == 0) {
		struct err bad = ERR_INIT;

		if (take_box(&state->ahead, record, arena, err) < 0)
			return READ_FAIL;
		state->has_ahead = false;
		while ((status = look_ahead(state, &bad)) == READ_BAD)
			convert_lose_record(source->losses, source->name, &bad);
		if (status == READ_FAIL) {
			*err = bad;
			return READ_FAIL;
		}
	}
	return READ_OK;
}

static int manifest_recognise(const char *head, size_t length)
{
	(void)length;
	return *head == '{' && strstr(head, "\"box\"") && strstr(head, "\"phrase\"") ? 3 : 0;
}

const struct convert_format convert_manifest = {
	.name = "manifest",
	.extension = "jsonl",
	.summary = "the boxes that ground writes; the model that found them stays behind",
	.holds = HOLDS_BOXES | HOLDS_IMAGES | HOLDS_IDS | HOLDS_SCORES,
	.recognise = manifest_recognise,
	.open = manifest_open,
	.next = manifest_next,
	.close = manifest_close,
};
