/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground_priv.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "lib/image/encode.h"
#include "preprocess/aux_dict.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUBSTITUTE "inf.png"
#define SUBSTITUTE_SIDE 224

/* The boxes of every record, taken out of the journal. */
struct harvest {
	const struct ground_plan *plan;
	const char **images; /* [n_pictures] file names */
	json_t **boxes;      /* [n_records] arrays, NULL where the picture could not be read */
	size_t unreadable;
	struct arena arena;
};

static int harvest_picture(void *context, size_t picture, const json_t *object, struct err *err)
{
	struct harvest *harvest = context;
	const json_t *item;
	size_t i;

	harvest->images[picture] =
		arena_copy(&harvest->arena, json_get_string(object, "image", ""));
	if (!harvest->images[picture])
		return err_set_memory(err);
	harvest->unreadable += json_is_string(json_object_get(object, "fault"));
	json_array_foreach(json_object_get(object, "records"), i, item) {
		json_int_t number = json_integer_value(json_object_get(item, "record"));
		json_t *boxes = json_object_get(item, "boxes");

		if (number < 0 || (size_t)number >= harvest->plan->n_records ||
		    harvest->plan->records[number].picture != picture || !json_is_array(boxes))
			return err_set(err, ERR_DATA, "'%s' holds a record of another text; run "
						      "again with --again",
				       harvest->plan->paths.journal);
		json_decref(harvest->boxes[number]);
		harvest->boxes[number] = json_incref(boxes);
	}
	return 0;
}

static int write_box(const struct harvest *harvest, size_t number, const json_t *box,
		     const struct grounder *grounder, const char *version, FILE *out)
{
	const struct ground_record *record = &harvest->plan->records[number];
	const json_t *sides = json_object_get(box, "box");
	struct manifest_entry entry = {
		.image = harvest->images[record->picture],
		.record = record->name,
		.phrase = json_get_string(box, "phrase", ""),
		.kind = json_get_string(box, "kind", ""),
		.box = { (float)json_number_value(json_array_get(sides, 0)),
			 (float)json_number_value(json_array_get(sides, 1)),
			 (float)json_number_value(json_array_get(sides, 2)),
			 (float)json_number_value(json_array_get(sides, 3)) },
		.score = (float)json_get_number(box, "score", 0),
		.class_name = json_get_string(box, "class", ""),
		.crop = json_get_string(box, "crop", ""),
		.model = grounder->name,
		.model_sha256 = grounder->model_sha256,
		.version = version,
	};

	return manifest_write(out, &entry);
}

static int write_manifest(const struct harvest *harvest, const struct grounder *grounder,
			  const char *version, struct err *err)
{
	struct file_writer writer;
	int rc = 0;

	if (file_writer_open(&writer, harvest->plan->paths.boxes, err) < 0)
		return -1;
	for (size_t i = 0; i < harvest->plan->n_records; i++) {
		const json_t *box;
		size_t k;

		json_array_foreach(harvest->boxes[i], k, box)
			if (write_box(harvest, i, box, grounder, version, writer.stream) < 0)
				rc = err_set_errno(err, "write", harvest->plan->paths.boxes);
	}
	if (rc == 0)
		rc = file_writer_commit(&writer, err);
	file_writer_abort(&writer);
	return rc;
}

/* Set the names of a record; where an earlier record of the same tweet has some, these come first
 * and no name twice. */
static int put_record(struct aux_dict *dict, const char *key, const json_t *boxes, size_t top,
		      struct err *err)
{
	const struct aux_entry *old = aux_dict_find(dict, key);
	size_t n = old ? old->n : 0, n_boxes = json_array_size(boxes);
	const char **names = checked_calloc(n + n_boxes + 1, sizeof(*names));
	int rc;

	if (!names)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++)
		names[i] = old->names[i];
	for (size_t i = 0; i < n_boxes && n < top; i++) {
		const char *name = json_get_string(json_array_get(boxes, i), "crop", "");
		size_t k = 0;

		while (k < n && strcmp(names[k], name) != 0)
			k++;
		if (k == n)
			names[n++] = name;
	}
	rc = aux_dict_put(dict, key, names, n, err);
	free(names);
	return rc;
}

static int write_dict(const struct harvest *harvest, size_t top, struct ground_report *report,
		      struct err *err)
{
	const struct ground_plan *plan = harvest->plan;
	struct aux_dict dict;
	int rc = 0;

	aux_dict_init(&dict, plan->split->task == TASK_RE ? AUX_KEYS_INTEGER : AUX_KEYS_TEXT);
	for (size_t i = 0; i < plan->n_records && rc == 0; i++)
		rc = put_record(&dict, plan->records[i].key, harvest->boxes[i], top, err);
	report->without = report->crops = 0;
	for (size_t i = 0; i < dict.n; i++) {
		report->without += dict.entries[i].n == 0;
		report->crops += dict.entries[i].n;
	}
	if (rc == 0)
		rc = aux_dict_write(&dict, plan->paths.dict, err);
	aux_dict_release(&dict);
	return rc;
}

static int write_done(const struct ground_plan *plan, const struct ground_report *report,
		      struct err *err)
{
	struct file_writer writer;

	if (file_writer_open(&writer, plan->paths.done, err) < 0)
		return -1;
	json_line_write(writer.stream,
			json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "key", plan->key, "records",
				  (json_int_t)report->records, "pictures",
				  (json_int_t)report->pictures, "unreadable",
				  (json_int_t)report->unreadable, "without",
				  (json_int_t)report->without, "crops", (json_int_t)report->crops));
	return file_writer_commit(&writer, err);
}

/* HVPNeT opens inf.png beside the pictures in place of one that it cannot read, and stops where
 * there is none, as in its own repository. A black picture then does. */
static int write_substitute(const struct ground_plan *plan, struct err *err)
{
	struct image black = IMAGE_INIT;
	char *path = file_join(plan->split->images, SUBSTITUTE);
	int rc = 0;

	if (!path)
		return err_set_memory(err);
	if (file_is_folder(plan->split->images) && !file_exists(path)) {
		rc = image_alloc(&black, SUBSTITUTE_SIDE, SUBSTITUTE_SIDE, err);
		if (rc == 0)
			rc = image_encode_png(&black, path, err);
	}
	image_release(&black);
	free(path);
	return rc;
}

int ground_finish(const struct ground_plan *plan, const struct grounder *grounder,
		  const struct ground_options *options, struct ground_report *report,
		  struct err *err)
{
	struct harvest harvest = { .plan = plan, .arena = ARENA_INIT };
	int rc = -1;

	harvest.images = checked_calloc(plan->n_pictures, sizeof(*harvest.images));
	harvest.boxes = checked_calloc(plan->n_records, sizeof(json_t *));
	if (!harvest.images || !harvest.boxes) {
		err_set_memory(err);
		goto out;
	}
	if (ground_journal_read(plan, harvest_picture, &harvest, err) < 0)
		goto out;
	report->unreadable = harvest.unreadable;
	if (report->unreadable && plan->split->dict && plan->split->images &&
	    write_substitute(plan, err) < 0)
		goto out;
	if (write_manifest(&harvest, grounder, options->version, err) < 0 ||
	    write_dict(&harvest, options->top, report, err) < 0 ||
	    write_done(plan, report, err) < 0)
		goto out;
	unlink(plan->paths.journal);
	rc = 0;
out:
	for (size_t i = 0; harvest.boxes && i < plan->n_records; i++)
		json_decref(harvest.boxes[i]);
	free(harvest.boxes);
	free(harvest.images);
	arena_release(&harvest.arena);
	return rc;
}

/* Whether every crop of the manifest is in its folder. */
static bool crops_are_there(const struct ground_plan *plan)
{
	struct json_lines lines;
	struct err err = ERR_INIT;
	json_t *object;
	bool there = json_lines_open(&lines, plan->paths.boxes, &err) == 0;

	while (there && json_lines_next(&lines, &object, &err) == READ_OK) {
		char *path = file_join(plan->paths.crops, json_get_string(object, "crop", ""));

		there = path && file_size(path) > 0;
		free(path);
		json_decref(object);
	}
	json_lines_close(&lines);
	return there;
}

bool ground_was_finished(const struct ground_plan *plan, struct ground_report *report)
{
	json_t *object = json_load_file(plan->paths.done, 0, NULL);
	bool same = strcmp(json_get_string(object, "key", ""), plan->key) == 0 &&
		    file_exists(plan->paths.dict) && crops_are_there(plan);

	if (same) {
		report->unreadable = (size_t)json_get_number(object, "unreadable", 0);
		report->without = (size_t)json_get_number(object, "without", 0);
		report->crops = (size_t)json_get_number(object, "crops", 0);
	}
	json_decref(object);
	return same;
}
