/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/output.h"

#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "preprocess/aux_dict_check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct ground_output *const outputs[] = {
	&ground_manifest_output,
	&ground_dict_output,
	&ground_img2crop_output,
	&ground_voc_output,
	&ground_types_output,
	&ground_unreadable_output,
};

#define N_OUTPUTS (sizeof(outputs) / sizeof(*outputs))

/* The outputs at work. */
struct finishing {
	const struct ground_plan *plan;
	void *states[N_OUTPUTS];
	struct ground_lines lines;
	struct arena arena; /* of the record at hand */
};

static int begin_outputs(struct finishing *finishing, const struct ground_context *context,
			 struct err *err)
{
	for (size_t i = 0; i < N_OUTPUTS; i++)
		if (outputs[i]->begin(context, &finishing->states[i], err) < 0)
			return -1;
	return 0;
}

static int show_result(struct finishing *finishing, const struct ground_result *result,
		       struct err *err)
{
	for (size_t i = 0; i < N_OUTPUTS; i++)
		if (finishing->states[i] &&
		    outputs[i]->record(finishing->states[i], result, err) < 0)
			return -1;
	return 0;
}

static int finish_outputs(struct finishing *finishing, struct ground_report *report,
			  struct err *err)
{
	for (size_t i = 0; i < N_OUTPUTS; i++)
		if (finishing->states[i] &&
		    outputs[i]->finish(finishing->states[i], report, err) < 0)
			return -1;
	return 0;
}

static void release_outputs(struct finishing *finishing)
{
	for (size_t i = 0; i < N_OUTPUTS; i++)
		if (finishing->states[i])
			outputs[i]->release(finishing->states[i]);
}

static struct ground_box read_box(const json_t *object)
{
	const json_t *sides = json_object_get(object, "box");

	return (struct ground_box){
		.phrase = json_get_string(object, "phrase", ""),
		.kind = json_get_string(object, "kind", ""),
		.class_name = json_get_string(object, "class", ""),
		.crop = json_get_string(object, "crop", ""),
		.box = { (float)json_number_value(json_array_get(sides, 0)),
			 (float)json_number_value(json_array_get(sides, 1)),
			 (float)json_number_value(json_array_get(sides, 2)),
			 (float)json_number_value(json_array_get(sides, 3)) },
		.score = (float)json_get_number(object, "score", 0),
	};
}

/* Read a record's boxes behind those that are there; `boxes` has room. */
static size_t add_boxes(struct ground_box *boxes, size_t n, const json_t *list)
{
	const json_t *box;
	size_t i;

	json_array_foreach(list, i, box)
		boxes[n++] = read_box(box);
	return n;
}

/* The boxes of a record in its picture's object, and those of all its records for the first of them;
 * none where the picture could not be read. */
static int read_boxes(struct finishing *finishing, const json_t *object, size_t record,
		      struct ground_result *result, struct err *err)
{
	const json_t *item, *list = NULL, *items = json_object_get(object, "records");
	struct ground_box *boxes, *all;
	size_t i, total = 0;

	json_array_foreach(items, i, item) {
		total += json_array_size(json_object_get(item, "boxes"));
		if (json_integer_value(json_object_get(item, "record")) == (json_int_t)record)
			list = json_object_get(item, "boxes");
	}
	if (!list && !result->fault)
		return err_set(err, ERR_DATA, "'%s' holds records of another text; run again with "
					      "--again", finishing->plan->paths.journal);
	boxes = arena_alloc(&finishing->arena, json_array_size(list) + 1, sizeof(*boxes));
	all = arena_alloc(&finishing->arena, total + 1, sizeof(*all));
	if (!boxes || !all)
		return err_set_memory(err);
	result->n_boxes = add_boxes(boxes, 0, list);
	result->boxes = boxes;
	json_array_foreach(items, i, item)
		if (result->first)
			result->n_all = add_boxes(all, result->n_all, json_object_get(item, "boxes"));
	result->all = all;
	return 0;
}

static int show_record(struct finishing *finishing, size_t record, struct err *err)
{
	const struct ground_plan *plan = finishing->plan;
	const struct ground_record *item = &plan->records[record];
	const struct ground_picture *picture = &plan->pictures[item->picture];
	const json_t *object = ground_lines_get(&finishing->lines, item->picture, err);
	char *key = object ? aux_dict_key(plan->split, picture->name, item->number) : NULL;
	struct ground_result result = {
		.picture = picture,
		.first = picture->first == record,
		.name = ground_record_name(plan, record, &finishing->arena),
		.key = key,
		.image = json_get_string(object, "image", ""),
		.width = (int)json_get_number(object, "width", 0),
		.height = (int)json_get_number(object, "height", 0),
		.fault = json_get_string(object, "fault", NULL),
	};
	int rc = object ? 0 : -1;

	if (object && (!key || !result.name))
		rc = err_set_memory(err);
	if (rc == 0)
		rc = read_boxes(finishing, object, record, &result, err);
	if (rc == 0)
		rc = show_result(finishing, &result, err);
	free(key);
	arena_reset(&finishing->arena);
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

int ground_finish(const struct ground_plan *plan, const struct grounder *grounder,
		  const struct ground_options *options, struct ground_report *report,
		  struct err *err)
{
	const struct ground_context context = { plan, grounder, options };
	struct finishing finishing = { .plan = plan, .arena = ARENA_INIT };
	int rc;

	if (ground_lines_open(&finishing.lines, plan, err) < 0)
		return -1;
	rc = begin_outputs(&finishing, &context, err);
	for (size_t i = 0; i < plan->n_records && rc == 0; i++)
		rc = show_record(&finishing, i, err);
	if (rc == 0)
		rc = finish_outputs(&finishing, report, err);
	if (rc == 0)
		rc = write_done(plan, report, err);
	if (rc == 0)
		unlink(plan->paths.journal);
	release_outputs(&finishing);
	ground_lines_close(&finishing.lines);
	arena_release(&finishing.arena);
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

/* Whether all files that this run would make are there. */
static bool outputs_are_there(const struct ground_plan *plan, const struct ground_options *options)
{
	const struct ground_paths *paths = &plan->paths;

	return (!paths->dict || file_exists(paths->dict)) &&
	       ground_img2crop_is_there(plan) &&
	       (!options->voc || file_is_folder(options->voc)) && crops_are_there(plan);
}

bool ground_was_finished(const struct ground_plan *plan, const struct ground_options *options,
			 struct ground_report *report)
{
	json_t *object = json_load_file(plan->paths.done, 0, NULL);
	bool same = strcmp(json_get_string(object, "key", ""), plan->key) == 0 &&
		    outputs_are_there(plan, options);

	if (same) {
		report->unreadable = (size_t)json_get_number(object, "unreadable", 0);
		report->without = (size_t)json_get_number(object, "without", 0);
		report->crops = (size_t)json_get_number(object, "crops", 0);
	}
	json_decref(object);
	return same;
}
