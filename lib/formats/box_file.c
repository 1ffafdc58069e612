/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/box_file.h"

#include "lib/base/arena.h"
#include "lib/base/file.h"
#include "lib/base/str_list.h"
#include "lib/base/str_table.h"
#include "lib/formats/json_array.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/voc_xml.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ID_BYTES 32
#define MOST_PIXELS 1e7 /* a side's end beyond it is no picture's */

/* The names behind the ids of a COCO file. */
struct id_names {
	struct str_table ids;
	struct str_list names; /* [ids.n] */
};

struct box_source {
	const char *path;
	const struct box_visitor *visitor;
	struct id_names images, categories;
	struct json_array items;
};

static void id_names_init(struct id_names *table)
{
	str_table_init(&table->ids);
	str_list_init(&table->names);
}

static void id_names_release(struct id_names *table)
{
	str_table_release(&table->ids);
	str_list_release(&table->names);
}

/* A string, or a whole number in digits; NULL for anything else. */
static const char *text_of(const json_t *value, char digits[ID_BYTES])
{
	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_integer(value))
		return NULL;
	snprintf(digits, ID_BYTES, "%lld", (long long)json_integer_value(value));
	return digits;
}

/* The name behind an id, or the id. */
static const char *name_of(const struct id_names *table, const char *id)
{
	long number = str_table_find(&table->ids, id, strlen(id));

	return number < 0 ? id : table->names.items[number];
}

/* The first of several names of one id counts. */
static int add_name(struct id_names *table, const char *id, const char *name)
{
	if (str_table_find(&table->ids, id, strlen(id)) >= 0)
		return 0;
	if (str_list_add(&table->names, name) < 0)
		return -1;
	return str_table_add(&table->ids, id, strlen(id)) < 0 ? -1 : 0;
}

static int read_sides(const json_t *object, struct box_item *item)
{
	const json_t *corners = json_object_get(object, "box"), *list;
	double *sides[4] = { &item->x0, &item->y0, &item->x1, &item->y1 };

	list = corners ? corners : json_object_get(object, "bbox");
	if (!json_is_array(list) || json_array_size(list) != 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		if (!json_is_number(json_array_get(list, i)))
			return -1;
		*sides[i] = json_number_value(json_array_get(list, i));
	}
	if (!corners) {
		item->x1 += item->x0;
		item->y1 += item->y0;
	}
	return 0;
}

static const char *fault_of(const struct box_item *item)
{
	if (!item->image || !*item->image)
		return "a box without a picture; give \"image\", \"file_name\" or \"image_id\"";
	if (!isfinite(item->x0) || !isfinite(item->y0) || !isfinite(item->x1) || !isfinite(item->y1) ||
	    fmax(fmax(fabs(item->x0), fabs(item->y0)), fmax(fabs(item->x1), fabs(item->y1))) > MOST_PIXELS)
		return "a side of the box lies beyond any picture";
	if (!(item->x0 < item->x1) || !(item->y0 < item->y1))
		return "the box is empty";
	if (!(item->score >= 0 && item->score <= 1))
		return "the score is not in 0..1";
	return NULL;
}

static int step_over(struct box_source *source, const struct err *bad, struct err *err)
{
	if (source->visitor->bad) {
		source->visitor->bad(source->visitor->context, bad);
		return 0;
	}
	*err = *bad;
	return -1;
}

static int give(struct box_source *source, const struct box_item *item, const char *fault,
		const char *file, size_t line, struct err *err)
{
	struct err bad = ERR_INIT;

	if (!fault)
		fault = fault_of(item);
	if (!fault)
		return source->visitor->box(source->visitor->context, item, err);
	err_set_at(&bad, file, line, 0, "%s", fault);
	return step_over(source, &bad, err);
}

static int take_item(struct box_source *source, const json_t *object, struct err *err)
{
	char image_id[ID_BYTES], category_id[ID_BYTES];
	const char *category = text_of(json_object_get(object, "category_id"), category_id);
	struct box_item item = { .image = json_get_string(object, "image", NULL) };
	const char *fault = NULL;

	if (!item.image)
		item.image = json_get_string(object, "file_name", NULL);
	if (!item.image)
		item.image = text_of(json_object_get(object, "image_id"), image_id);
	if (item.image)
		item.image = name_of(&source->images, item.image);
	item.class_name = json_get_string(object, "class", NULL);
	if (!item.class_name)
		item.class_name = category ? name_of(&source->categories, category) : "";
	item.phrase = json_get_string(object, "phrase", "");
	item.score = json_get_number(object, "score", 1);
	if (read_sides(object, &item) < 0)
		fault = "no \"box\" of four corners [x0, y0, x1, y1] and no \"bbox\" [x, y, width, height]";
	return give(source, &item, fault, source->path, source->items.line, err);
}

static int add_image(struct box_source *source, const json_t *object, struct err *err)
{
	char digits[ID_BYTES];
	const char *id = text_of(json_object_get(object, "id"), digits);
	const char *name = json_get_string(object, "file_name", NULL);

	return id && name && add_name(&source->images, id, name) < 0 ? err_set_memory(err) : 0;
}

static int add_category(struct box_source *source, const json_t *object, struct err *err)
{
	char digits[ID_BYTES];
	const char *id = text_of(json_object_get(object, "id"), digits);
	const char *name = json_get_string(object, "name", NULL);

	return id && name && add_name(&source->categories, id, name) < 0 ? err_set_memory(err) : 0;
}

static int read_items(struct box_source *source,
		      int (*take)(struct box_source *source, const json_t *object, struct err *err),
		      struct err *err)
{
	enum read_status status;
	struct err bad = ERR_INIT;
	json_t *object;
	int rc = 0;

	while (rc == 0 && (status = json_array_next(&source->items, &object, &bad)) != READ_EOF) {
		if (status == READ_OK)
			rc = take(source, object, err);
		else if (status == READ_BAD)
			rc = step_over(source, &bad, err);
		else
			rc = -1;
		if (status == READ_FAIL)
			*err = bad;
		json_decref(object);
	}
	return rc;
}

static int read_member(struct box_source *source, const char *member, bool *found,
		       int (*take)(struct box_source *source, const json_t *object, struct err *err),
		       struct err *err)
{
	int rc;

	if (json_array_open_member(&source->items, source->path, member, found, err) < 0)
		return -1;
	rc = read_items(source, take, err);
	json_array_close(&source->items);
	return rc;
}

/* Names first, wherever they stand in the file. */
static int read_instances(struct box_source *source, struct err *err)
{
	bool found;

	if (read_member(source, "images", &found, add_image, err) < 0 ||
	    read_member(source, "categories", &found, add_category, err) < 0 ||
	    read_member(source, "annotations", &found, take_item, err) < 0)
		return -1;
	return found ? 0
		     : err_set_at(err, source->path, 0, 0, "boxes of COCO have \"annotations\", which are missing here");
}

static int read_list(struct box_source *source, struct err *err)
{
	int rc;

	if (json_array_open(&source->items, source->path, err) < 0)
		return -1;
	rc = read_items(source, take_item, err);
	json_array_close(&source->items);
	return rc;
}

/* Loaders find the file by the picture's name; what it says of itself is often of somebody's disk. */
static int read_voc(struct box_source *source, const char *path, struct arena *arena, struct err *err)
{
	const char *base = file_base_name(path);
	const char *stem = arena_string(arena, base, strlen(base) - strlen(".xml"));
	struct voc_xml voc;
	int rc = stem ? voc_xml_read(&voc, path, arena, err) : err_set_memory(err);

	for (size_t i = 0; rc == 0 && i < voc.n_objects; i++) {
		const struct voc_object *object = &voc.objects[i];
		struct box_item item = { stem, object->name, "", object->xmin - 1, object->ymin - 1,
					 object->xmax, object->ymax, 1 };

		if (object->has_box)
			rc = give(source, &item, NULL, path, object->line, err);
	}
	return rc;
}

static bool is_xml(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && strcmp(name + length - 4, ".xml") == 0;
}

static int read_folder(struct box_source *source, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct str_list names = STR_LIST_INIT;
	size_t n = 0;
	int rc = file_walk(source->path, &names, BOX_FILE_FOLDER_FILES, err);

	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		char *path;

		if (!is_xml(names.items[i]))
			continue;
		path = file_join(source->path, names.items[i]);
		rc = path ? read_voc(source, path, &arena, err) : err_set_memory(err);
		free(path);
		arena_reset(&arena);
		n++;
	}
	if (rc == 0 && n == 0)
		rc = err_set(err, ERR_DATA, "no .xml in the folder '%.200s'; boxes are read from VOC's", source->path);
	str_list_release(&names);
	arena_release(&arena);
	return rc;
}

/* Is a file one object of COCO's? Its first key tells, for an item's is another. */
static int looks_like_instances(const char *path, bool *is, struct err *err)
{
	static const char *const keys[] = { "\"images\"", "\"annotations\"", "\"categories\"",
					    "\"info\"", "\"licenses\"", "\"type\"" };
	char head[256];
	const char *at = head;
	FILE *stream = fopen(path, "rbe");

	*is = false;
	if (!stream)
		return err_set_errno(err, "open", path);
	head[fread(head, 1, sizeof(head) - 1, stream)] = '\0';
	fclose(stream);
	while (isspace((unsigned char)*at))
		at++;
	if (*at++ != '{')
		return 0;
	while (isspace((unsigned char)*at))
		at++;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		*is = *is || strncmp(at, keys[i], strlen(keys[i])) == 0;
	return 0;
}

int box_file_read(const char *path, const struct box_visitor *visitor, struct err *err)
{
	struct box_source source = { .path = path, .visitor = visitor };
	bool instances = false;
	int rc;

	if (file_is_folder(path))
		return read_folder(&source, err);
	id_names_init(&source.images);
	id_names_init(&source.categories);
	rc = looks_like_instances(path, &instances, err);
	if (rc == 0)
		rc = instances ? read_instances(&source, err) : read_list(&source, err);
	id_names_release(&source.images);
	id_names_release(&source.categories);
	return rc;
}
