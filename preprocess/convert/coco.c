/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COCO's JSON of boxes: one object
 *	{"images": [{"id", "file_name", "width", "height"}], "annotations": [{"id", "image_id",
 *	 "category_id", "bbox": [x, y, width, height], "area", "iscrowd"}], "categories": [{"id", "name"}]}
 * in pixels from 0. It is read as a whole; what is written keeps the annotations until the end.
 */
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "preprocess/convert/json_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COCO_LIMIT ((size_t)1 << 30) /* bytes of a file */
#define NO_ANNOTATION ((size_t)-1)

struct coco_state {
	json_t *root, *images, *annotations, *categories;
	struct str_table image_ids, category_ids; /* "12" of {"id": 12}: the item's number */
	size_t *first; /* [images], its first annotation, or NO_ANNOTATION */
	size_t *after; /* [annotations], the next one of the same picture */
	size_t next, adrift; /* annotations of no picture */
	struct arena arena;
};

static void coco_close(struct convert_source *source)
{
	struct coco_state *state = source->state;

	if (!state)
		return;
	json_decref(state->root);
	str_table_release(&state->image_ids);
	str_table_release(&state->category_ids);
	free(state->first);
	free(state->after);
	arena_release(&state->arena);
	free(state);
	source->state = NULL;
}

static int add_ids(struct coco_state *state, const json_t *list, struct str_table *ids,
		   struct err *err)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_add_id(json_array_get(list, i), i, ids, &state->arena, err) < 0)
			return -1;
	return 0;
}

/* Chain the annotations of each picture, in their order. */
static int chain(struct coco_state *state, struct err *err)
{
	size_t n_images = json_array_size(state->images), n = json_array_size(state->annotations);
	struct err ignored = ERR_INIT;

	state->first = checked_calloc(n_images, sizeof(*state->first));
	state->after = checked_calloc(n, sizeof(*state->after));
	if (!state->first || !state->after)
		return err_set_memory(err);
	for (size_t i = 0; i < n_images; i++)
		state->first[i] = NO_ANNOTATION;
	for (size_t i = n; i-- > 0;) {
		size_t image;

		if (json_find_id(json_array_get(state->annotations, i), "image_id",
				 &state->image_ids, &image, &state->arena, &ignored) < 0) {
			state->adrift++;
			continue;
		}
		state->after[i] = state->first[image];
		state->first[image] = i;
	}
	return 0;
}

static int load(struct coco_state *state, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	json_error_t error;
	int rc = file_read_all(path, &text, COCO_LIMIT, err);

	if (rc == 0) {
		state->root = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &error);
		if (!state->root)
			rc = err_set_at(err, path, error.line > 0 ? (size_t)error.line : 0, 0,
					"not JSON: %s", error.text);
	}
	buf_release(&text);
	if (rc < 0 || json_field_list(state->root, "images", &state->images, err) < 0 ||
	    json_field_list(state->root, "annotations", &state->annotations, err) < 0 ||
	    json_field_list(state->root, "categories", &state->categories, err) < 0)
		return -1;
	if (!state->images)
		return err_set(err, ERR_DATA, "no \"images\"");
	if (add_ids(state, state->images, &state->image_ids, err) < 0 ||
	    add_ids(state, state->categories, &state->category_ids, err) < 0)
		return -1;
	return chain(state, err);
}

static int coco_open(struct convert_source *source, struct err *err)
{
	struct coco_state *state = calloc(1, sizeof(*state));
	struct convert_record place = { .file = source->name };

	source->state = state;
	if (!state)
		return err_set_memory(err);
	str_table_init(&state->image_ids);
	str_table_init(&state->category_ids);
	if (load(state, source->path, err) < 0) {
		err_add_file(err, source->name);
		coco_close(source);
		return -1;
	}
	for (size_t i = 0; i < state->adrift; i++)
		convert_lose(source->losses, LOSS_BOX, &place, "its picture is not among \"images\"");
	return 0;
}

static int take_box(struct convert_source *source, struct coco_state *state, const json_t *item,
		    struct convert_record *record, struct arena *arena, struct err *err)
{
	const json_t *sides = json_object_get(item, "bbox"), *category;
	struct convert_box *box;
	double side[4];
	size_t index;

	for (size_t i = 0; i < 4; i++) {
		const json_t *number = json_array_get(sides, i);

		side[i] = json_is_number(number) ? json_number_value(number) : NAN;
		if (!isfinite(side[i]))
			return err_set(err, ERR_DATA, "a \"bbox\" that is not four numbers");
	}
	if (side[2] < 0 || side[3] < 0)
		return err_set(err, ERR_DATA, "a \"bbox\" of a negative size");
	if (json_find_id(item, "category_id", &state->category_ids, &index, arena, err) < 0)
		return -1;
	category = json_array_get(state->categories, index);
	box = record_add_box(record, arena);
	if (!box || !(box->label = arena_copy(arena, json_get_string(category, "name", ""))))
		return err_set_memory(err);
	box->x0 = side[0];
	box->y0 = side[1];
	box->x1 = side[0] + side[2];
	box->y1 = side[1] + side[3];
	box->score = json_get_number(item, "score", -1);
	json_other_keys(item, "id image_id category_id bbox area iscrowd score", record, source->losses);
	if (json_get_number(item, "iscrowd", 0) != 0)
		convert_lose(source->losses, LOSS_OTHER, record, "that a box is of a crowd");
	return 0;
}

static enum read_status coco_next(struct convert_source *source, struct convert_record *record,
				  struct arena *arena, struct err *err)
{
	struct coco_state *state = source->state;
	const json_t *image;
	const char *name;
	int rc = 0;

	if (state->next == json_array_size(state->images))
		return READ_EOF;
	image = json_array_get(state->images, state->next);
	record->untagged = true;
	if (json_field_text(image, "file_name", &name, arena, err) < 0)
		rc = -1;
	else if (!name)
		rc = err_set(err, ERR_DATA, "picture %zu has no \"file_name\"", state->next);
	else
		record->image = file_base_name(name);
	record->width = json_get_number(image, "width", 0);
	record->height = json_get_number(image, "height", 0);
	for (size_t i = state->first[state->next++]; rc == 0 && i != NO_ANNOTATION; i = state->after[i])
		rc = take_box(source, state, json_array_get(state->annotations, i), record, arena, err);
	if (rc == 0)
		return READ_OK;
	return err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
}

static int coco_recognise(const char *head, size_t length)
{
	(void)length;
	head += strspn(head, " \t\r\n");
	return *head == '{' && (strstr(head, "\"images\"") || strstr(head, "\"annotations\"") ||
				strstr(head, "\"categories\"")) && !strstr(head, "\"data\"")
		       ? 2
		       : 0;
}

/* ---- writing ---- */

struct coco_output {
	struct buf annotations; /* a line each */
	size_t n;
	struct str_table categories;
};

static void coco_release(struct convert_sink *sink)
{
	struct coco_output *output = sink->state;

	if (!output)
		return;
	buf_release(&output->annotations);
	str_table_release(&output->categories);
	free(output);
}

static int coco_begin(struct convert_sink *sink, struct err *err)
{
	struct coco_output *output = calloc(1, sizeof(*output));

	sink->state = output;
	if (!output)
		return err_set_memory(err);
	buf_init(&output->annotations);
	str_table_init(&output->categories);
	return fputs("{\"images\":[", sink->stream) == EOF ? err_set_errno(err, "write", "the output")
							   : 0;
}

static int append(struct buf *out, json_t *object, struct err *err)
{
	char *text = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

	if (text)
		buf_add_format(out, "%s\n%s", out->length ? "," : "", text);
	json_decref(object);
	free(text);
	return text && !out->failed ? 0 : err_set_memory(err);
}

static int add_annotation(struct coco_output *output, const struct convert_box *box, size_t image,
			  struct err *err)
{
	double width = box->x1 - box->x0, height = box->y1 - box->y0;
	long category = str_table_add(&output->categories, box->label, strlen(box->label));
	json_t *object;

	if (category < 0)
		return err_set_memory(err);
	object = json_pack("{s:I,s:I,s:I,s:[f,f,f,f],s:f,s:i}", "id", (json_int_t)++output->n,
			   "image_id", (json_int_t)image, "category_id", (json_int_t)category + 1,
			   "bbox", box->x0, box->y0, width, height, "area", width * height, "iscrowd",
			   0);
	if (object && box->score >= 0)
		json_object_set_new(object, "score", json_real(box->score));
	return append(&output->annotations, object, err);
}

static int coco_prepare(const struct convert_options *options, struct convert_record *record,
			struct convert_losses *losses, struct arena *arena, struct err *err)
{
	(void)options;
	(void)err;
	if (!record->image && record->id)
		record->image = record_image_of_id(record->id, arena);
	if (!record->image && record->n_boxes)
		convert_lose(losses, LOSS_BOX, record, "the record has no picture");
	return 0;
}

static int coco_write(struct convert_sink *sink, struct convert_record *record, struct arena *arena,
		      struct err *err)
{
	json_t *image = json_object();
	size_t id = sink->records + 1;
	int rc;

	(void)arena;
	if (!record->image) {
		json_decref(image);
		return 0;
	}
	json_object_set_new(image, "id", json_integer((json_int_t)id));
	json_set_text(image, "file_name", record->image);
	if (record->width > 0 && record->height > 0) {
		json_object_set_new(image, "width", json_integer((json_int_t)record->width));
		json_object_set_new(image, "height", json_integer((json_int_t)record->height));
	}
	fputs(sink->records ? ",\n" : "\n", sink->stream);
	rc = json_dumpf(image, sink->stream, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(image);
	if (rc < 0)
		return err_set_errno(err, "write", "the output");
	for (size_t i = 0; i < record->n_boxes; i++)
		if (add_annotation(sink->state, &record->boxes[i], id, err) < 0)
			return -1;
	return 0;
}

static int coco_end(struct convert_sink *sink, struct err *err)
{
	struct coco_output *output = sink->state;
	struct buf categories = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < output->categories.n; i++)
		rc = append(&categories,
			    json_pack("{s:I,s:o}", "id", (json_int_t)i + 1, "name",
				      json_text(str_table_text(&output->categories, i))), err);
	if (rc == 0 && fprintf(sink->stream, "\n],\n\"annotations\":[%s\n],\n\"categories\":[%s\n]}\n",
			       output->annotations.data, categories.data) < 0)
		rc = err_set_errno(err, "write", "the output");
	buf_release(&categories);
	return rc;
}

const struct convert_format convert_coco = {
	.name = "coco",
	.extension = "json",
	.summary = "COCO's JSON of boxes in pictures",
	.holds = HOLDS_BOXES | HOLDS_IMAGES | HOLDS_SCORES,
	.recognise = coco_recognise,
	.open = coco_open,
	.next = coco_next,
	.close = coco_close,
	.prepare = coco_prepare,
	.begin = coco_begin,
	.write = coco_write,
	.end = coco_end,
	.release = coco_release,
};
