/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ground_explain.h"
#include "cmd/ground_show.h"

#include "lib/base/file.h"
#include "lib/image/encode.h"
#include "lib/image/turn.h"
#include "tui/picture_print.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define JPEG_QUALITY 92
#define TEXT_ROWS 12 /* of the terminal that are kept for the text */

/* Read the record out of the split; it has been found there before. */
static int read_record(struct explained *explained, const struct dataset *dataset, size_t number,
		       struct arena *arena, struct err *err)
{
	struct ground_view *view = ground_view_open(dataset, explained->split, err);
	enum read_status status = READ_OK;

	if (!view)
		return -1;
	do {
		arena_reset(arena);
		status = ground_view_next(view, &explained->record, arena, err);
	} while (status > READ_EOF && (status != READ_OK || explained->record.record.number != number));
	explained->now = !ground_view_has_manifest(view);
	ground_view_close(view);
	if (status == READ_EOF)
		return err_set(err, ERR_DATA, "'%s' changed while it was read", explained->split->text);
	return status == READ_OK ? 0 : -1;
}

/* Decode its picture, or say why there is none. */
static void load_picture(struct explained *explained)
{
	const char *id = explained->record.record.id;
	char *path = id && !strchr(id, '/') ? split_image_path(explained->split, id) : NULL;

	if (!path)
		err_set(&explained->fault, ERR_DATA, "the record names no picture, or the data has no folder of "
						     "pictures");
	else
		image_decode_upright(&explained->image, path, &explained->fault);
	free(path);
}

static bool is_large_enough(const struct box *box, long side)
{
	return box->x1 - box->x0 >= (float)side && box->y1 - box->y0 >= (float)side;
}

/* What a grounder says, as its manifest would. */
static struct viewed_box boxed(struct viewed_record *record, const struct grounder *grounder,
			       const struct grounded *found)
{
	bool asked = found->phrase != GROUNDED_NO_PHRASE;

	if (asked)
		record->phrases[found->phrase].boxes++;
	return (struct viewed_box){
		{ .record = record->record.name,
		  .image = record->record.id,
		  .phrase = asked ? record->phrases[found->phrase].text : "",
		  .kind = asked ? phrase_kind_name(record->phrases[found->phrase].kind) : "",
		  .box = found->box,
		  .score = found->score,
		  .class_name = found->class_name,
		  .crop = "",
		  .model = grounder->name,
		  .model_sha256 = grounder->model_sha256,
		  .settings = grounder->settings },
		found->phrase
	};
}

/* Ground this one record. */
static int ground_now(struct explained *explained, struct grounder *grounder,
		      const struct ground_options *options, struct arena *arena, struct err *err)
{
	struct viewed_record *record = &explained->record;
	struct phrase *phrases = arena_alloc(arena, record->n_phrases + 1, sizeof(*phrases));
	struct grounded *found;
	size_t n;

	if (!phrases)
		return err_set_memory(err);
	for (size_t i = 0; i < record->n_phrases; i++)
		phrases[i] = (struct phrase){ record->phrases[i].text, record->phrases[i].kind };
	if (grounder->ground(grounder, &explained->image, record->record.id, phrases, record->n_phrases,
			     &found, &n, arena, err) < 0)
		return -1;
	record->boxes = arena_alloc(arena, options->top + 1, sizeof(*record->boxes));
	if (!record->boxes)
		return err_set_memory(err);
	for (size_t i = 0; i < n && record->n_boxes < options->top; i++)
		if (is_large_enough(&found[i].box, options->least_side) &&
		    (found[i].phrase != GROUNDED_NO_PHRASE || !options->matches_only))
			record->boxes[record->n_boxes++] = boxed(record, grounder, &found[i]);
	return 0;
}

static bool is_picture_name(const char *path)
{
	const char *extension = path ? file_extension(path) : "";

	return strcasecmp(extension, "png") == 0 || strcasecmp(extension, "jpg") == 0 ||
	       strcasecmp(extension, "jpeg") == 0;
}

/* The drawn picture to a file of the name's kind. */
static int write_picture(const struct explained *explained, const char *path, struct err *err)
{
	if (!explained->image.rgb)
		return err_set(err, ERR_DATA, "nothing can be drawn: %s", explained->fault.text);
	if (strcasecmp(file_extension(path), "png") == 0)
		return image_encode_png(&explained->image, path, err);
	return image_encode_jpeg(&explained->image, JPEG_QUALITY, path, err);
}

static void print(FILE *out, const struct explained *explained, const struct common_options *common)
{
	bool color = command_color(common, out);
	int columns, rows;

	if (strcmp(common->format, "json") == 0) {
		explain_print_json(out, explained);
		return;
	}
	if (isatty(fileno(out)) && color && explained->image.rgb) {
		picture_print_room(out, &columns, &rows);
		picture_print(out, &explained->image, columns, rows > 2 * TEXT_ROWS ? rows - TEXT_ROWS : TEXT_ROWS);
	}
	explain_print(out, explained, color);
}

/* Fill in all that there is to know, and draw it. */
static int explain(struct explained *explained, const struct ground_show_options *options,
		   const struct ground_options *ground, const struct dataset *dataset,
		   ground_opener open, const void *context, struct arena *arena, struct err *err)
{
	struct grounder *grounder = NULL;
	size_t number;
	int rc;

	if (explain_find(dataset, options->explain, &explained->split, &number, err) < 0 ||
	    read_record(explained, dataset, number, arena, err) < 0)
		return -1;
	load_picture(explained);
	if (!explained->image.rgb)
		return 0;
	if (explained->now) {
		grounder = open(context, err);
		if (!grounder)
			return -1;
		rc = ground_now(explained, grounder, ground, arena, err);
		for (size_t i = 0; rc == 0 && i < explained->record.n_boxes; i++) {
			struct manifest_entry *entry = &explained->record.boxes[i].entry;

			entry->model = arena_copy(arena, entry->model);
			entry->class_name = arena_copy(arena, entry->class_name);
			if (!entry->model || !entry->class_name)
				rc = err_set_memory(err);
		}
		grounder->free(grounder);
		if (rc < 0)
			return -1;
	}
	return explain_draw(explained, err);
}

int ground_explain(const struct command *command, const struct common_options *common,
		   const struct ground_show_options *options, const struct ground_options *ground,
		   const struct dataset *dataset, ground_opener open, const void *context)
{
	struct explained explained = { .image = IMAGE_INIT, .fault = ERR_INIT, .top = ground->top };
	struct arena arena = ARENA_INIT;
	bool draws = is_picture_name(common->output);
	struct command_output *output = NULL;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (explain(&explained, options, ground, dataset, open, context, &arena, &err) < 0)
		status = command_fail(command, &err);
	else
		output = command_output_open(command, draws ? NULL : common->output, &status);
	if (output) {
		print(command_output_stream(output), &explained, common);
		if (!explained.image.rgb)
			status = EXIT_PROBLEMS;
		if (draws && write_picture(&explained, common->output, &err) < 0)
			status = command_fail(command, &err);
	}
	image_release(&explained.image);
	arena_release(&arena);
	return command_output_close(command, output, status);
}
