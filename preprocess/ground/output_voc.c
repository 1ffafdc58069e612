/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Pascal VOC file for each picture that a name was found in, as GMNER reads them, who stops at one without
 * an object: the name of an object is a name in the text, its box counts pixels from 1 and includes the
 * last. A whole picture, for want of a box, is no object: to GMNER such a name is not in the picture.
 */
#include "preprocess/ground/claim.h"
#include "preprocess/ground/output.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/voc_xml.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool holds_annotations(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = strcmp(file_extension(entry->d_name), "xml") == 0;
	if (dir)
		closedir(dir);
	return found;
}

int ground_voc_claim(const char *folder, struct err *err)
{
	if (!ground_folder_is_ours(folder) && holds_annotations(folder))
		return err_set(err, ERR_USAGE, "'%s' holds annotations that are none of ours; name another folder "
					       "for --voc", folder);
	return ground_claim_folder(folder, err);
}

/* The state is the path of the folder. */
static int begin(const struct ground_context *context, void **state, struct err *err)
{
	(void)err;
	*state = (void *)(uintptr_t)context->options->voc;
	return 0;
}

static bool is_object(const struct ground_box *box)
{
	return *box->phrase && strcmp(box->class_name, WHOLE_PICTURE) != 0 &&
	       strcmp(box->kind, phrase_kind_name(PHRASE_NOUN)) != 0;
}

static bool is_there(const struct voc_xml *voc, const struct voc_object *object)
{
	for (size_t i = 0; i < voc->n_objects; i++)
		if (strcmp(voc->objects[i].name, object->name) == 0 &&
		    voc->objects[i].xmin == object->xmin && voc->objects[i].ymin == object->ymin &&
		    voc->objects[i].xmax == object->xmax && voc->objects[i].ymax == object->ymax)
			return true;
	return false;
}

static void add_object(struct voc_xml *voc, const struct ground_box *box)
{
	const struct voc_object object = { .name = box->phrase, .has_box = true,
					   .xmin = (double)box->box.x0 + 1, .ymin = (double)box->box.y0 + 1,
					   .xmax = (double)box->box.x1, .ymax = (double)box->box.y1 };

	if (!is_there(voc, &object))
		voc->objects[voc->n_objects++] = object;
}

static int write_file(const char *path, const struct voc_xml *voc, struct err *err)
{
	struct file_writer writer = FILE_WRITER_INIT;

	if (file_writer_open(&writer, path, err) < 0)
		return -1;
	if (voc_xml_write(writer.stream, voc) == 0)
		return file_writer_commit(&writer, err);
	err_set_errno(err, "write", path);
	file_writer_abort(&writer);
	return -1;
}

static int add_record(void *state, const struct ground_result *result, struct err *err)
{
	struct voc_xml voc = { .filename = result->image, .width = result->width,
			       .height = result->height, .depth = 3 };
	struct buf path = BUF_INIT;
	int rc = 0;

	if (!result->first || result->fault)
		return 0;
	voc.objects = checked_calloc(result->n_all + 1, sizeof(*voc.objects));
	buf_add_format(&path, "%s/%s.xml", (const char *)state, result->picture->stem);
	if (!voc.objects || path.failed)
		rc = err_set_memory(err);
	for (size_t i = 0; i < result->n_all && rc == 0; i++)
		if (is_object(&result->all[i]))
			add_object(&voc, &result->all[i]);
	if (rc == 0 && voc.n_objects)
		rc = write_file(path.data, &voc, err);
	else if (rc == 0 && unlink(path.data) < 0 && errno != ENOENT)
		rc = err_set_errno(err, "remove", path.data);
	buf_release(&path);
	free(voc.objects);
	return rc;
}

static int finish(void *state, struct ground_report *report, struct err *err)
{
	(void)state;
	(void)report;
	(void)err;
	return 0;
}

static void release(void *state)
{
	(void)state;
}

const struct ground_output ground_voc_output = { begin, add_record, finish, release };
