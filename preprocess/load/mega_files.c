/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MEGA's files of objects and of structural weights: all those of both folders are read when the text is
 * opened, and one that cannot be read stops it. A picture's objects are in the file of its name, its
 * weights in one whose name, with .jpg for the extension, is that of the picture.
 */
#include "preprocess/load/load_priv.h"

#include "lib/base/file.h"
#include "lib/base/str_table.h"
#include "lib/formats/mega_features.h"
#include "lib/formats/mnre.h"
#include "preprocess/layout.h"

#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)1 << 20) /* files in one folder */

struct folder {
	const struct load *load;
	char *path;
	struct str_table pictures; /* for which there is a file */
};

static void report_file(const struct folder *folder, const char *path, const struct err *why)
{
	struct finding finding = { .level = LEVEL_ERROR, .rule = folder->load->loader->rule,
				   .file = path, .line = why->line,
				   .fix = "make the file again, or take it out of the folder" };

	finding_report(folder->load->sink, &finding,
		       "crashes: all files of this folder are read at its start: %s", why->text);
}

/* The folder of the split in the one that the user named, or that one. */
static char *folder_of_split(const char *given, const struct split *split)
{
	char *own = file_join(given, layout_split_val(split->name));

	if (!own || file_is_folder(own))
		return own;
	free(own);
	return strdup(given);
}

/* The picture that a file of weights is for. */
static int add_weights(struct folder *folder, const char *name)
{
	const char *dot = strrchr(name, '.');
	struct buf picture = BUF_INIT;
	int rc;

	buf_add_format(&picture, "%.*s.jpg", (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name)),
		       name);
	rc = picture.failed || str_table_add(&folder->pictures, picture.data, picture.length) < 0 ? -1 : 0;
	buf_release(&picture);
	return rc;
}

static int read_file(struct folder *folder, const char *name, bool is_objects, float *numbers,
		     struct err *err)
{
	char *path = file_join(folder->path, name);
	struct err why = ERR_INIT;
	int rc;

	if (!path)
		return err_set_memory(err);
	rc = is_objects ? mega_objects_read(path, numbers, &why) :
			  mega_structure_read(path, numbers, &why);
	if (rc < 0)
		report_file(folder, path, &why);
	rc = is_objects ? (int)str_table_add(&folder->pictures, name, strlen(name)) :
			  add_weights(folder, name);
	free(path);
	return rc < 0 ? err_set_memory(err) : 0;
}

static int read_folder(struct folder *folder, const char *given, bool is_objects, struct err *err)
{
	struct str_list files = STR_LIST_INIT;
	float *numbers = malloc(MEGA_OBJECTS * MEGA_FEATURES * sizeof(*numbers));
	int rc = -1;

	_Static_assert(MEGA_ROWS <= MEGA_FEATURES, "weights fit where objects do");
	folder->path = folder_of_split(given, folder->load->split);
	if (!folder->path || !numbers)
		err_set_memory(err);
	else
		rc = file_walk(folder->path, &files, FILE_LIMIT, err);
	for (size_t i = 0; rc == 0 && i < files.n; i++)
		if (!strchr(files.items[i], '/'))
			rc = read_file(folder, files.items[i], is_objects, numbers, err);
	str_list_release(&files);
	free(numbers);
	return rc;
}

static void look_up(const struct folder *folder, const struct relation *relation, const char *what)
{
	char record[32];

	snprintf(record, sizeof(record), "%zu", relation->record);
	if (str_table_find(&folder->pictures, relation->image, strlen(relation->image)) < 0)
		load_crash(folder->load, relation->line_number, record,
			   "make the file, or remove the record",
			   "crashes: there are no %s of the picture '%.200s' in '%s'", what,
			   relation->image, folder->path);
}

static int look_up_all(const struct load *load, const struct folder *objects,
		       const struct folder *weights, struct err *err)
{
	struct mnre_reader *reader = mnre_open(load->split->text, err);
	struct arena arena = ARENA_INIT;
	struct relation relation;
	enum read_status status;

	if (!reader)
		return -1;
	while ((status = mnre_next(reader, &relation, &arena, err)) > READ_EOF) {
		if (status == READ_OK && *relation.image) {
			if (objects->path)
				look_up(objects, &relation, "objects");
			if (weights->path)
				look_up(weights, &relation, "structural weights");
		}
		arena_reset(&arena);
	}
	mnre_close(reader);
	arena_release(&arena);
	return status == READ_EOF ? 0 : -1;
}

int load_mega_files(const struct load *load, struct err *err)
{
	const struct load_options *options = load->options;
	struct folder objects = { .load = load }, weights = { .load = load };
	int rc = 0;

	if (!options->objects && !options->structure)
		return 0;
	str_table_init(&objects.pictures);
	str_table_init(&weights.pictures);
	if (options->objects)
		rc = read_folder(&objects, options->objects, true, err);
	if (rc == 0 && options->structure)
		rc = read_folder(&weights, options->structure, false, err);
	if (rc == 0)
		rc = look_up_all(load, &objects, &weights, err);
	str_table_release(&objects.pictures);
	str_table_release(&weights.pictures);
	free(objects.path);
	free(weights.path);
	return rc;
}
