/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/voc_check.h"

#include "lib/base/file.h"
#include "lib/base/str_table.h"
#include "lib/base/utf8.h"
#include "lib/corpus/scheme.h"
#include "lib/formats/conll.h"
#include "lib/formats/voc_xml.h"
#include "lib/image/decode.h"
#include "preprocess/layout_text.h"
#include "preprocess/records.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define EXTENSION "xml"
#define FILE_LIMIT ((size_t)1 << 22) /* files in a folder of boxes */

/* A tweet and its file, while they are looked at. */
struct look {
	const struct split *split;
	struct finding_sink *sink;
	const struct record *record;
	const char *path;
	struct voc_xml voc;
	struct str_table *entities; /* of the tweet: their words, joined by blanks */
};

static char *xml_path(const struct split *split, const char *id)
{
	struct buf name = BUF_INIT;
	char *path = NULL;

	buf_add_format(&name, "%s." EXTENSION, id);
	if (!name.failed)
		path = file_join(split->boxes, name.data);
	buf_release(&name);
	return path;
}

static struct finding finding_at(const struct look *look, enum finding_level level, const char *rule,
				 size_t line)
{
	return (struct finding){ .level = level,	    .rule = rule,
				 .file = look->path,	    .line = line,
				 .record = look->record->name };
}

static int read_entities(const struct sentence *sentence, struct str_table *entities,
			 struct arena *arena, struct err *err)
{
	const char **tags = span_tags(sentence, arena);
	struct span *spans;
	size_t n;

	if (!tags)
		return err_set_memory(err);
	if (scheme_any_spans(tags, sentence->n_tokens, &spans, &n, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct buf words = BUF_INIT;
		bool failed;

		for (size_t k = spans[i].begin; k < spans[i].end; k++)
			buf_add_format(&words, k > spans[i].begin ? " %s" : "%s",
				       sentence->tokens[k].word);
		failed = words.failed || str_table_add(entities, words.data, words.length) < 0;
		buf_release(&words);
		if (failed)
			return err_set_memory(err);
	}
	return 0;
}

/* The name of a file up to its last dot. */
static size_t stem_length(const char *name)
{
	const char *extension = file_extension(name);

	return *extension ? (size_t)(extension - name) - 1 : strlen(name);
}

static void look_filename(const struct look *look)
{
	struct finding finding = finding_at(look, LEVEL_NOTE, "voc-filename", look->voc.filename_line);
	const char *told = look->voc.filename, *id = look->record->id;
	char shown[UTF8_SHOWN];

	finding.fix = "write the name of the tweet's picture";
	if (!told)
		finding_report(look->sink, &finding, "it does not say which picture it belongs to");
	else if (stem_length(told) != strlen(id) || strncmp(told, id, strlen(id)) != 0)
		finding_report(look->sink, &finding, "it says '%s', but this is the file of '%s'",
			       utf8_show(told, shown), id);
}

/* The entity that a name means but does not spell, or NULL. */
static const char *nearly(const struct look *look, const char *name)
{
	size_t length = strlen(name);

	while (length && strchr(BLANKS, name[length - 1]))
		length--;
	while (length && strchr(BLANKS, *name))
		name++, length--;
	for (size_t i = 0; i < look->entities->n; i++) {
		const char *entity = str_table_text(look->entities, i);

		if (strlen(entity) == length && strncasecmp(entity, name, length) == 0)
			return entity;
	}
	return NULL;
}

static void look_name(const struct look *look, const struct voc_object *object)
{
	struct finding finding =
		finding_at(look, LEVEL_WARNING, "voc-name-not-entity", object->line);
	const char *meant = nearly(look, object->name);
	char name[UTF8_SHOWN], other[UTF8_SHOWN];

	if (str_table_find(look->entities, object->name, strlen(object->name)) >= 0)
		return;
	finding.fix = "spell it as the tweet has it, or tag the entity";
	if (meant)
		finding_report(look->sink, &finding,
			       "'%s' is no entity of the tweet, which has '%s': GMNER's loader drops "
			       "the box", utf8_show(object->name, name), utf8_show(meant, other));
	else
		finding_report(look->sink, &finding,
			       "'%s' is no entity of the tweet: GMNER's loader drops the box",
			       utf8_show(object->name, name));
}

static void look_box(const struct look *look, const struct voc_object *box)
{
	struct finding finding = finding_at(look, LEVEL_ERROR, "voc-box-range", box->line);
	double width = look->voc.width, height = look->voc.height;
	bool sized = width > 0 && height > 0;
	char name[UTF8_SHOWN];

	utf8_show(box->name, name);
	finding.fix = "pixels count from 1, xmax and ymax are the last ones inside";
	if (!box->has_box)
		finding_report(look->sink, &finding, "the object '%s' has no box", name);
	else if (box->xmin > box->xmax || box->ymin > box->ymax)
		finding_report(look->sink, &finding,
			       "the box of '%s', %.7g %.7g to %.7g %.7g, ends before it begins", name,
			       box->xmin, box->ymin, box->xmax, box->ymax);
	else if (box->xmin < 1 || box->ymin < 1 ||
		 (sized && (box->xmax > width || box->ymax > height)))
		finding_report(look->sink, &finding,
			       "the box of '%s', %.7g %.7g to %.7g %.7g, leaves the picture of %.7g x "
			       "%.7g pixels", name, box->xmin, box->ymin, box->xmax, box->ymax, width,
			       height);
	else if (!box->whole)
		finding_report(look->sink, &finding,
			       "the box of '%s' has a number with a fraction, at which GMNER's loader "
			       "stops", name);
}

/* Only the header of the picture is read: no pixel is within the limit. */
static bool picture_size(const char *path, int *width, int *height)
{
	struct decode_limits limits = DECODE_LIMITS_INIT;
	struct image image = IMAGE_INIT;
	struct image_info info;
	struct err ignored = ERR_INIT;

	limits.pixels = 0;
	if (image_decode_file(&image, path, &limits, &info, &ignored) == 0)
		image_release(&image);
	*width = info.width;
	*height = info.height;
	return info.width > 0 && info.height > 0;
}

static int look_size(const struct look *look, struct err *err)
{
	struct finding finding = finding_at(look, LEVEL_WARNING, "voc-size", look->voc.size_line);
	const struct voc_xml *voc = &look->voc;
	int width, height;
	char *path;

	if (!look->split->images || !file_is_folder(look->split->images))
		return 0;
	path = split_image_path(look->split, look->record->id);
	if (!path)
		return err_set_memory(err);
	finding.fix = "the boxes may be of another version of the picture: look at them";
	if (picture_size(path, &width, &height) && (voc->width != width || voc->height != height))
		finding_report(look->sink, &finding,
			       "it says %.7g x %.7g pixels, but '%s' has %d x %d%s", voc->width,
			       voc->height, path, width, height,
			       voc->width == height && voc->height == width ?
				       ": it was turned (Exif)" : "");
	free(path);
	return 0;
}

static int look_file(struct look *look, struct arena *arena, struct err *err)
{
	struct err why = ERR_INIT;
	struct finding finding;

	if (voc_xml_read(&look->voc, look->path, arena, &why) < 0) {
		if (why.kind == ERR_SYSTEM && !file_exists(look->path))
			return 0;
		finding = finding_at(look, LEVEL_ERROR, "voc-syntax", why.line);
		finding.fix = "export the annotation again";
		finding_report(look->sink, &finding, "%s", why.text);
		return 0;
	}
	if (read_entities(look->record->sentence, look->entities, arena, err) < 0)
		return -1;
	look_filename(look);
	for (size_t i = 0; i < look->voc.n_objects; i++) {
		look_name(look, &look->voc.objects[i]);
		look_box(look, &look->voc.objects[i]);
	}
	return look_size(look, err);
}

/* A record's file, unless an earlier record had the same. */
static int look_record(const struct split *split, const struct record *record, struct str_table *seen,
		       struct finding_sink *sink, struct arena *arena, struct err *err)
{
	struct look look = { .split = split, .sink = sink, .record = record };
	struct str_table entities;
	size_t n_seen = seen->n;
	char *path;
	int rc;

	if (str_table_add(seen, record->id, strlen(record->id)) < 0)
		return err_set_memory(err);
	if (seen->n == n_seen)
		return 0;
	path = xml_path(split, record->id);
	if (!path)
		return err_set_memory(err);
	str_table_init(&entities);
	look.path = path;
	look.entities = &entities;
	rc = file_exists(path) ? look_file(&look, arena, err) : 0;
	str_table_release(&entities);
	free(path);
	return rc;
}

int voc_check(const struct split *split, struct finding_sink *sink, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct records records;
	struct record record;
	struct str_table seen;
	enum read_status status;
	int rc = 0;

	if (!split->boxes || split->task != TASK_NER || !file_is_folder(split->boxes))
		return 0;
	if (records_open(&records, split, err) < 0)
		return -1;
	str_table_init(&seen);
	while (rc == 0 && (status = records_next(&records, &record, &arena, err)) != READ_EOF) {
		if (status == READ_FAIL)
			rc = -1;
		else if (status == READ_OK && record.sentence->id)
			rc = look_record(split, &record, &seen, sink, &arena, err);
		arena_reset(&arena);
	}
	str_table_release(&seen);
	records_close(&records);
	arena_release(&arena);
	return rc;
}

static int add_ids(const char *text, struct str_table *ids, struct err *err)
{
	struct line_reader *reader = line_reader_open(text, CONLL_LINE_LIMIT, err);
	struct text_line line;
	enum read_status status;
	const char *id;
	size_t size;
	int rc = 0;

	if (!reader)
		return -1;
	while (rc == 0 && (status = line_reader_next(reader, &line, err)) != READ_EOF)
		if (status == READ_FAIL)
			rc = -1;
		else if (status == READ_OK && conll_id_line(line.text, line.length, &id, &size) &&
			 str_table_add(ids, id, size) < 0)
			rc = err_set_memory(err);
	line_reader_close(reader);
	return rc;
}

/* The ids of all texts in the folder of this one. */
static int add_all_ids(const char *text, struct str_table *ids, struct err *err)
{
	size_t length = (size_t)(file_base_name(text) - text);
	struct str_list files = STR_LIST_INIT;
	char *folder = length ? strndup(text, length) : strdup("./");
	int rc = folder ? file_walk(folder, &files, FILE_LIMIT, err) : err_set_memory(err);

	for (size_t i = 0; rc == 0 && i < files.n; i++) {
		char *path;

		if (strchr(files.items[i], '/') || !layout_may_be_text(files.items[i]))
			continue;
		path = file_join(folder, files.items[i]);
		rc = path ? add_ids(path, ids, err) : err_set_memory(err);
		free(path);
	}
	str_list_release(&files);
	free(folder);
	return rc;
}

static int report_orphans(const struct split *split, const struct str_table *ids,
			  struct finding_sink *sink, struct err *err)
{
	struct str_list files = STR_LIST_INIT;
	int rc = file_walk(split->boxes, &files, FILE_LIMIT, err);

	for (size_t i = 0; rc == 0 && i < files.n; i++) {
		const char *name = files.items[i];
		struct finding finding = { .level = LEVEL_NOTE, .rule = "voc-orphan",
					   .fix = "remove it, or add its tweet" };
		char *path;

		if (strcmp(file_extension(name), EXTENSION) != 0 ||
		    str_table_find(ids, name, stem_length(name)) >= 0)
			continue;
		path = file_join(split->boxes, name);
		if (!path)
			rc = err_set_memory(err);
		finding.file = path;
		if (path)
			finding_report(sink, &finding, "boxes of a picture that no tweet has");
		free(path);
	}
	str_list_release(&files);
	return rc;
}

int voc_check_orphans(const struct split *split, struct finding_sink *sink, struct err *err)
{
	struct str_table ids;
	int rc;

	if (!split->boxes || split->task != TASK_NER || !file_is_folder(split->boxes))
		return 0;
	str_table_init(&ids);
	rc = add_all_ids(split->text, &ids, err);
	if (rc == 0)
		rc = report_orphans(split, &ids, sink, err);
	str_table_release(&ids);
	return rc;
}
