/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of Pascal VOC annotations, one XML file a picture. The file's own name says which picture,
 * as GMNER's loader has it; <filename> is often another one. Pixels count from 1 and the last one is
 * inside, as in VOC itself and GMNER, unless the user says that they count from 0.
 */
#include "lib/base/file.h"
#include "lib/formats/voc_xml.h"
#include "preprocess/convert/folder_reader.h"
#include "preprocess/convert/folder_writer.h"
#include "preprocess/convert/format.h"

#include <string.h>

static int voc_open(struct convert_source *source, struct err *err)
{
	return folder_reader_open(source, "xml", err);
}

/* The stem of a file's name, with the extension that <filename> has. */
static int take_name(struct convert_source *source, struct convert_record *record, const char *path,
		     const struct voc_xml *voc, struct arena *arena, struct err *err)
{
	const char *base = file_base_name(path), *named = voc->filename ? voc->filename : "";
	const char *extension = *file_extension(named) ? file_extension(named) : "jpg";
	int stem = (int)(strlen(base) - strlen(".xml"));

	record->image = arena_format(arena, "%.*s.%s", stem, base, extension);
	if (!record->image)
		return err_set_memory(err);
	if (*named && strcmp(named, record->image) != 0)
		convert_lose(source->losses, LOSS_OTHER, record, "<filename> '%s', which is not '%s'",
			     named, record->image);
	return 0;
}

static int take_objects(struct convert_source *source, struct convert_record *record,
			const struct voc_xml *voc, struct arena *arena, struct err *err)
{
	double base = source->options->voc_from_zero ? 0 : 1;

	for (size_t i = 0; i < voc->n_objects; i++) {
		const struct voc_object *object = &voc->objects[i];
		struct convert_box *box;

		record->line = object->line;
		if (!object->has_box || object->xmax < object->xmin || object->ymax < object->ymin) {
			convert_lose(source->losses, LOSS_BOX, record, "'%s' has no box, or an empty one",
				     object->name);
			continue;
		}
		box = record_add_box(record, arena);
		if (!box)
			return err_set_memory(err);
		*box = (struct convert_box){ .x0 = object->xmin - base, .y0 = object->ymin - base,
					     .x1 = object->xmax - base + 1,
					     .y1 = object->ymax - base + 1,
					     .label = object->name, .score = -1 };
	}
	return 0;
}

static enum read_status voc_next(struct convert_source *source, struct convert_record *record,
				 struct arena *arena, struct err *err)
{
	const char *name = folder_reader_next(source), *path;
	struct voc_xml voc;

	if (!name)
		return READ_EOF;
	path = arena_format(arena, "%s/%s", source->path, name);
	if (!path)
		return err_set_memory(err), READ_FAIL;
	record->file = path;
	record->untagged = true;
	if (voc_xml_read(&voc, path, arena, err) < 0)
		return err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
	record->line = voc.filename_line;
	record->width = voc.width;
	record->height = voc.height;
	if (take_name(source, record, path, &voc, arena, err) < 0 ||
	    take_objects(source, record, &voc, arena, err) < 0)
		return READ_FAIL;
	return READ_OK;
}

static int voc_recognise(const char *head, size_t length)
{
	(void)length;
	return strstr(head, ".xml\n") ? 1 : 0;
}

static int voc_prepare(const struct convert_options *options, struct convert_record *record,
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

static int voc_write(struct convert_sink *sink, struct convert_record *record, struct arena *arena,
		     struct err *err)
{
	struct voc_xml voc = { .filename = record->image, .width = record->width,
			       .height = record->height, .depth = 3, .n_objects = record->n_boxes };
	double base = sink->options->voc_from_zero ? 0 : 1;
	const char *dot, *name;
	FILE *out;
	int rc;

	if (!record->image)
		return 0;
	dot = strrchr(record->image, '.');
	name = arena_format(arena, "%.*s.xml",
			    (int)(dot ? (size_t)(dot - record->image) : strlen(record->image)),
			    record->image);
	voc.objects = arena_alloc(arena, record->n_boxes + 1, sizeof(*voc.objects));
	if (!name || !voc.objects)
		return err_set_memory(err);
	for (size_t i = 0; i < record->n_boxes; i++) {
		const struct convert_box *box = &record->boxes[i];

		voc.objects[i] = (struct voc_object){ .name = box->label, .has_box = true,
						      .xmin = box->x0 + base, .ymin = box->y0 + base,
						      .xmax = box->x1 + base - 1,
						      .ymax = box->y1 + base - 1 };
	}
	out = folder_writer_file(sink->folder, name, err);
	if (!out)
		return -1;
	rc = voc_xml_write(out, &voc);
	if (folder_writer_close_file(sink->folder, out, err) < 0)
		return -1;
	return rc < 0 ? err_set_errno(err, "write", name) : 0;
}

const struct convert_format convert_voc = {
	.name = "voc",
	.extension = "",
	.summary = "a folder of Pascal VOC XML, as GMNER has it: boxes of one picture a file",
	.holds = HOLDS_BOXES | HOLDS_IMAGES,
	.folder = true,
	.recognise = voc_recognise,
	.open = voc_open,
	.next = voc_next,
	.close = folder_reader_close,
	.prepare = voc_prepare,
	.write = voc_write,
};
