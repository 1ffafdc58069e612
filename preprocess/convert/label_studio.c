/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Label Studio's JSON: an array of tasks
 *	{"data": {"text", "image", "id"}, "annotations": [{"result": [...]}], "predictions": [...]}
 * whose results are entities of the text (type "labels", half-open ranges of code points), boxes in the
 * picture ("rectanglelabels", in percent of its sides) and relations ("relation", by ids of the other
 * two). The picture is found at a URL; what stands in front of its name is the user's choice.
 */
#include "lib/base/utf8.h"
#include "lib/formats/json_array.h"
#include "lib/formats/json_lines.h"
#include "preprocess/convert/json_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int label_studio_open(struct convert_source *source, struct err *err)
{
	struct json_array *array = calloc(1, sizeof(*array));

	source->state = array;
	if (!array)
		return err_set_memory(err);
	if (json_array_open(array, source->path, err) == 0)
		return 0;
	free(array);
	source->state = NULL;
	return -1;
}

static void label_studio_close(struct convert_source *source)
{
	if (source->state)
		json_array_close(source->state);
	free(source->state);
	source->state = NULL;
}

/* One task while it is read. */
struct task {
	struct convert_source *source;
	struct convert_record *record;
	struct arena *arena;
	size_t characters;
	struct str_table ids; /* of results that are entities: their numbers are those of the spans */
};

/* The file's name at the end of a URL. */
static const char *name_of_url(const char *url)
{
	const char *slash = strrchr(url, '/'), *name = slash ? slash + 1 : url;
	const char *query = strstr(name, "?d=");

	return query ? query + strlen("?d=") : name;
}

static int take_data(struct task *task, const json_t *data, struct err *err)
{
	struct convert_record *record = task->record;
	const char *url = NULL;

	if (!json_is_object(data))
		return err_set(err, ERR_DATA, "a task without \"data\"");
	if (json_field_text(data, "text", &record->text, task->arena, err) < 0 ||
	    json_field_text(data, "id", &record->id, task->arena, err) < 0 ||
	    json_field_text(data, "image", &url, task->arena, err) < 0)
		return -1;
	if (!record->text && !url)
		return err_set(err, ERR_DATA, "a task without \"text\" and \"image\"");
	if (url)
		record->image = name_of_url(url);
	else if (record->id && *record->id &&
		 !(record->image = record_image_of_id(record->id, task->arena)))
		return err_set_memory(err);
	if (record->text)
		task->characters = utf8_count(record->text, strlen(record->text));
	json_other_keys(data, "text image id", record, task->source->losses);
	return 0;
}

/* ---- results ---- */

static int take_entity(struct task *task, const json_t *result, struct err *err)
{
	const json_t *value = json_object_get(result, "value");
	const json_t *labels = json_object_get(value, "labels");
	struct convert_record *record = task->record;

	if (json_array_size(labels) == 0 || !record->text) {
		convert_lose(task->source->losses, LOSS_OTHER, record, "a region without a label");
		return 0;
	}
	for (size_t i = 0; i < json_array_size(labels); i++) {
		/* A second label of a region is an entity of its own, which no relation can name. */
		if (json_add_id(i ? NULL : result, record->n_spans, &task->ids, task->arena, err) < 0 ||
		    json_add_span(record, json_object_get(value, "start"),
				  json_object_get(value, "end"),
				  json_string_value(json_array_get(labels, i)), task->characters,
				  task->arena, err) < 0)
			return -1;
	}
	return 0;
}

/* Pixels of a percentage of a side; what is whole but for a rounding is made whole. */
static double pixels(double percent, double side)
{
	double value = percent * side / 100, whole = round(value);

	return fabs(value - whole) < 1e-6 ? whole : value;
}

static int take_box(struct task *task, const json_t *result, struct err *err)
{
	const json_t *value = json_object_get(result, "value");
	const json_t *labels = json_object_get(value, "rectanglelabels");
	double x = json_get_number(value, "x", NAN), y = json_get_number(value, "y", NAN);
	double width = json_get_number(value, "width", NAN);
	double height = json_get_number(value, "height", NAN);
	struct convert_record *record = task->record;
	double sides[] = { json_get_number(result, "original_width", 0),
			   json_get_number(result, "original_height", 0) };
	const char *label = json_string_value(json_array_get(labels, 0));
	struct convert_box *box;

	if (!isfinite(x) || !isfinite(y) || !(width >= 0) || !(height >= 0))
		return err_set(err, ERR_DATA, "a box without its x, y, width and height");
	if (!(sides[0] > 0) || !(sides[1] > 0) || json_get_number(value, "rotation", 0) != 0 ||
	    json_array_size(labels) != 1 || !label) {
		convert_lose(task->source->losses, LOSS_BOX, record,
			     "a box that is turned, has not one label, or whose picture has no size");
		return 0;
	}
	record->width = sides[0];
	record->height = sides[1];
	box = record_add_box(record, task->arena);
	if (!box || !(box->label = arena_copy(task->arena, label)))
		return err_set_memory(err);
	box->x0 = pixels(x, sides[0]);
	box->y0 = pixels(y, sides[1]);
	box->x1 = pixels(x + width, sides[0]);
	box->y1 = pixels(y + height, sides[1]);
	box->score = json_get_number(result, "score", -1);
	return 0;
}

static int take_relation(struct task *task, const json_t *result, struct err *err)
{
	const json_t *labels = json_object_get(result, "labels");
	struct convert_record *record = task->record;
	struct convert_relation found = { 0 }, *relation;
	struct err missing = ERR_INIT;
	const char *direction = json_get_string(result, "direction", "right");
	const char *type = json_string_value(json_array_get(labels, 0));
	bool left = strcmp(direction, "left") == 0;

	if (json_find_id(result, left ? "to_id" : "from_id", &task->ids, &found.head, task->arena,
			 &missing) < 0 ||
	    json_find_id(result, left ? "from_id" : "to_id", &task->ids, &found.tail, task->arena,
			 &missing) < 0) {
		convert_lose(task->source->losses, LOSS_RELATION, record, "%s", missing.text);
		return 0;
	}
	if (json_array_size(labels) > 1 || strcmp(direction, "bi") == 0)
		convert_lose(task->source->losses, LOSS_OTHER, record,
			     "a relation with several labels or both ways");
	relation = record_add_relation(record, task->arena);
	if (!relation)
		return err_set_memory(err);
	*relation = found;
	relation->type = arena_copy(task->arena, type ? type : "relation");
	return relation->type ? 0 : err_set_memory(err);
}

/* Entities and boxes first, for a relation may stand in front of what it joins. */
static int take_results(struct task *task, const json_t *results, struct err *err)
{
	for (int relations = 0; relations < 2; relations++) {
		for (size_t i = 0; i < json_array_size(results); i++) {
			const json_t *result = json_array_get(results, i);
			const char *type = json_get_string(result, "type", "");
			int rc = 0;

			if (relations)
				rc = strcmp(type, "relation") == 0 ? take_relation(task, result, err) : 0;
			else if (strcmp(type, "labels") == 0)
				rc = take_entity(task, result, err);
			else if (strcmp(type, "rectanglelabels") == 0)
				rc = take_box(task, result, err);
			else if (strcmp(type, "relation") != 0)
				convert_lose(task->source->losses, LOSS_OTHER, task->record,
					     "a result of type '%s'", type);
			if (rc < 0)
				return -1;
		}
	}
	return 0;
}

/* The first annotation that was not cancelled, else the first prediction; NULL: there is none. */
static const json_t *choose_results(struct task *task, const json_t *object)
{
	const json_t *lists[] = { json_object_get(object, "annotations"),
				  json_object_get(object, "predictions") };
	const json_t *chosen = NULL;

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < json_array_size(lists[k]); i++) {
			const json_t *item = json_array_get(lists[k], i);
			const json_t *results = json_object_get(item, "result");

			if (!json_is_array(results) ||
			    json_is_true(json_object_get(item, "was_cancelled")))
				continue;
			if (chosen)
				convert_lose(task->source->losses, LOSS_OTHER, task->record,
					     "%s beside the first annotation",
					     k ? "predictions" : "a second one");
			else
				chosen = results;
		}
	}
	return chosen;
}

static int take_task(struct task *task, const json_t *object, struct err *err)
{
	const json_t *results;

	if (take_data(task, json_object_get(object, "data"), err) < 0)
		return -1;
	results = choose_results(task, object);
	task->record->untagged = !results;
	return take_results(task, results, err);
}

static enum read_status label_studio_next(struct convert_source *source,
					  struct convert_record *record, struct arena *arena,
					  struct err *err)
{
	struct json_array *array = source->state;
	struct task task = { .source = source, .record = record, .arena = arena };
	enum read_status status;
	json_t *object;

	status = json_array_next(array, &object, err);
	record->line = array->line;
	if (status != READ_OK)
		return status;
	str_table_init(&task.ids);
	if (take_task(&task, object, err) < 0) {
		status = err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
		err->line = array->line;
	}
	str_table_release(&task.ids);
	json_decref(object);
	return status;
}

static int label_studio_recognise(const char *head, size_t length)
{
	(void)length;
	head += strspn(head, " \t\r\n[");
	return *head == '{' && strstr(head, "\"data\"") && !strstr(head, "\"text_snippet\"") ? 2 : 0;
}

/* ---- writing ---- */

static int label_studio_prepare(const struct convert_options *options, struct convert_record *record,
				struct convert_losses *losses, struct arena *arena, struct err *err)
{
	(void)options;
	(void)arena;
	(void)err;
	if (record->width > 0 && record->height > 0)
		return 0;
	for (size_t i = 0; i < record->n_boxes; i++)
		convert_lose(losses, LOSS_BOX, record,
			     "the size of '%s' is not known: say with --images where it is",
			     record->image ? record->image : "");
	record->n_boxes = 0;
	return 0;
}

static json_t *entity_result(struct convert_record *record, size_t index, struct arena *arena)
{
	const struct convert_span *span = &record->spans[index];
	const char *id = arena_format(arena, "e%zu", index + 1);
	const char *text = record_cut(record, span->from, span->to, arena);

	if (!id || !text)
		return NULL;
	return json_pack("{s:s,s:s,s:s,s:s,s:{s:I,s:I,s:o,s:[o]}}", "id", id, "from_name", "label",
			 "to_name", "text", "type", "labels", "value", "start",
			 (json_int_t)span->from, "end", (json_int_t)span->to, "text",
			 json_text(text), "labels", json_text(span->type));
}

static json_t *box_result(const struct convert_record *record, size_t index, struct arena *arena)
{
	const struct convert_box *box = &record->boxes[index];
	const char *id = arena_format(arena, "b%zu", index + 1);
	double x = 100 / record->width, y = 100 / record->height;
	json_t *object;

	if (!id)
		return NULL;
	object = json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:i,s:{s:f,s:f,s:f,s:f,s:i,s:[o]}}", "id", id,
			   "from_name", "box", "to_name", "image", "type", "rectanglelabels",
			   "original_width", (json_int_t)record->width, "original_height",
			   (json_int_t)record->height, "image_rotation", 0, "value", "x",
			   box->x0 * x, "y", box->y0 * y, "width", (box->x1 - box->x0) * x, "height",
			   (box->y1 - box->y0) * y, "rotation", 0, "rectanglelabels",
			   json_text(box->label));
	if (object && box->score >= 0)
		json_object_set_new(object, "score", json_real(box->score));
	return object;
}

static json_t *relation_result(const struct convert_relation *relation, struct arena *arena)
{
	const char *head = arena_format(arena, "e%zu", relation->head + 1);
	const char *tail = arena_format(arena, "e%zu", relation->tail + 1);

	if (!head || !tail)
		return NULL;
	return json_pack("{s:s,s:s,s:s,s:s,s:[o]}", "type", "relation", "from_id", head, "to_id",
			 tail, "direction", "right", "labels", json_text(relation->type));
}

static json_t *result_list(struct convert_record *record, struct arena *arena)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_spans; i++)
		json_array_append_new(list, entity_result(record, i, arena));
	for (size_t i = 0; i < record->n_boxes; i++)
		json_array_append_new(list, box_result(record, i, arena));
	for (size_t i = 0; i < record->n_relations; i++)
		json_array_append_new(list, relation_result(&record->relations[i], arena));
	return list;
}

static int label_studio_begin(struct convert_sink *sink, struct err *err)
{
	return fputs("[", sink->stream) == EOF ? err_set_errno(err, "write", "the output") : 0;
}

/* A task a line, though it is one array: so that a text tool can look at it. */
static int label_studio_write(struct convert_sink *sink, struct convert_record *record,
			      struct arena *arena, struct err *err)
{
	const char *url = record->image ? arena_format(arena, "%s%s", sink->options->image_url,
						       record->image)
					: NULL;
	json_t *object, *data;
	int rc;

	if (record->image && !url)
		return err_set_memory(err);
	object = json_object();
	data = json_object();
	json_set_text(data, "id", record->id);
	if (record->n_words || !record->image || (record->text && *record->text))
		json_set_text(data, "text", record->text);
	json_set_text(data, "image", url);
	json_object_set_new(object, "data", data);
	if (!record->untagged || record->n_boxes)
		json_object_set_new(object, sink->options->predictions ? "predictions" : "annotations",
				    json_pack("[{s:o}]", "result", result_list(record, arena)));
	fputs(sink->records ? ",\n" : "\n", sink->stream);
	rc = json_dumpf(object, sink->stream, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(object);
	return rc < 0 ? err_set_errno(err, "write", "the output") : 0;
}

static int label_studio_end(struct convert_sink *sink, struct err *err)
{
	return fputs("\n]\n", sink->stream) == EOF ? err_set_errno(err, "write", "the output") : 0;
}

const struct convert_format convert_label_studio = {
	.name = "label-studio",
	.extension = "json",
	.summary = "Label Studio's JSON: entities, relations, and boxes in percent",
	.holds = HOLDS_TEXT | HOLDS_SPANS | HOLDS_OVERLAPS | HOLDS_CUT_WORDS | HOLDS_RELATIONS |
		 HOLDS_IDS | HOLDS_IMAGES | HOLDS_BOXES | HOLDS_SCORES | HOLDS_EMPTY | HOLDS_UNTAGGED,
	.recognise = label_studio_recognise,
	.open = label_studio_open,
	.next = label_studio_next,
	.close = label_studio_close,
	.prepare = label_studio_prepare,
	.begin = label_studio_begin,
	.write = label_studio_write,
	.end = label_studio_end,
};
