/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record_files.h"

#include "lib/base/file.h"
#include "preprocess/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRUCTURE_LIMIT ((size_t)1 << 20) /* files of weights in one folder */

/* Bytes of a name before its extension. */
static size_t stem_length(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? (size_t)(dot - name) : strlen(name);
}

static int open_dict(struct record_files *files, const char *given, struct err *err)
{
	const char *path = given ? given : files->split->dict;

	if (!path || (!given && !file_exists(path)))
		return 0;
	if (aux_dict_read(&files->dict, path, err) < 0)
		return -1;
	files->has_dict = true;
	if (!files->split->crops)
		return err_set(err, ERR_USAGE, "'%s' names crops: say with --crops where they are", path);
	return 0;
}

/* The crops of the types cannot be found without their folder, and none can be done without. */
static int check_type_crops(const struct record_files *files, struct err *err)
{
	if (files->split->crops && file_is_folder(files->split->crops))
		return 0;
	return err_set(err, ERR_USAGE,
		       "the model reads a crop for each type of entity, ID/crop_TYPE_ID.jpg: say with "
		       "--crops in which folder those of '%s' are", files->split->text);
}

/* The whole pictures' folder, and in it the one that stands in for others. */
static int open_pictures(struct record_files *files, const char *fallback, struct err *err)
{
	if (!files->split->images)
		return err_set(err, ERR_USAGE,
			       "the model reads pictures: say with --images where those of '%s' are",
			       files->split->text);
	if (!fallback)
		return 0;
	files->fallback = file_join(files->split->images, fallback);
	if (!files->fallback)
		return err_set_memory(err);
	if (!file_exists(files->fallback)) {
		free(files->fallback);
		files->fallback = NULL;
	}
	return 0;
}

/* The split's own folder in the one that the user named, or that one. */
static char *folder_of_split(const char *given, const struct split *split)
{
	char *own;

	if (!*split->name)
		return strdup(given);
	own = file_join(given, layout_split_val(split->name));
	if (!own || file_is_folder(own))
		return own;
	free(own);
	return strdup(given);
}

/* Note the first file of each stem, whatever its extension. */
static int list_structure(struct record_files *files, struct err *err)
{
	struct str_list found = STR_LIST_INIT;
	int rc = file_walk(files->structure, &found, STRUCTURE_LIMIT, err);

	for (size_t i = 0; rc == 0 && i < found.n; i++) {
		const char *name = found.items[i];
		size_t before = files->stems.n;

		if (strchr(name, '/'))
			continue;
		if (str_table_add(&files->stems, name, stem_length(name)) < 0 ||
		    (files->stems.n > before && str_list_add(&files->names, name) < 0))
			rc = err_set_memory(err);
	}
	str_list_release(&found);
	return rc;
}

static int open_features(struct record_files *files, const struct record_sources *sources,
			 struct err *err)
{
	if (!sources->objects || !sources->structure)
		return err_set(err, ERR_USAGE,
			       "the model reads features of objects and structural weights: say with "
			       "--objects and --structure in which folders those of '%s' are",
			       files->split->text);
	files->objects = folder_of_split(sources->objects, files->split);
	files->structure = folder_of_split(sources->structure, files->split);
	if (!files->objects || !files->structure)
		return err_set_memory(err);
	return list_structure(files, err);
}

int record_files_open(struct record_files *files, const struct split *split,
		      const struct predictor *predictor, const struct record_sources *sources,
		      struct err *err)
{
	*files = (struct record_files){ .split = split, .reads = predictor->reads };
	str_table_init(&files->stems);
	if ((!(files->reads & READS_WHOLE) || open_pictures(files, predictor->fallback, err) == 0) &&
	    (!(files->reads & READS_CROPS) || open_dict(files, sources->dict, err) == 0) &&
	    (!(files->reads & READS_TYPE_CROPS) || check_type_crops(files, err) == 0) &&
	    (!(files->reads & READS_OBJECTS) || open_features(files, sources, err) == 0))
		return 0;
	record_files_close(files);
	return -1;
}

void record_files_close(struct record_files *files)
{
	if (files->has_dict)
		aux_dict_release(&files->dict);
	free(files->fallback);
	free(files->objects);
	free(files->structure);
	str_table_release(&files->stems);
	str_list_release(&files->names);
	memset(files, 0, sizeof(*files));
}

static int find_whole(const struct record_files *files, const char *id, struct predict_record *record,
		      struct arena *arena, struct err *err)
{
	char *whole;

	record->pictures.fallback = files->fallback;
	if (!id || !*id)
		return 0;
	whole = split_image_path(files->split, id);
	record->pictures.whole = whole ? arena_copy(arena, whole) : NULL;
	free(whole);
	return record->pictures.whole ? 0 : err_set_memory(err);
}

static const struct aux_entry *find_entry(const struct record_files *files, const char *id,
					  size_t number)
{
	char key[512];

	if (!files->has_dict || !id)
		return NULL;
	if (files->split->task == TASK_RE)
		snprintf(key, sizeof(key), "%zu", number);
	else
		snprintf(key, sizeof(key), "%s.jpg", id);
	return aux_dict_find(&files->dict, key);
}

/* The first crops that the dict names, at most as many as a record has. */
static int find_crops(const struct record_files *files, const char *id, size_t number,
		      struct predict_record *record, struct arena *arena, struct err *err)
{
	const struct aux_entry *entry = find_entry(files, id, number);

	for (size_t i = 0; entry && i < entry->n && i < RECORD_CROPS; i++) {
		record->pictures.crops[i] = arena_format(arena, "%s/%s", files->split->crops,
							 entry->names[i]);
		if (!record->pictures.crops[i])
			return err_set_memory(err);
	}
	return 0;
}

/* UMGF's crops, in the order of its loader. */
static int find_type_crops(const struct record_files *files, const char *id,
			   struct predict_record *record, struct arena *arena, struct err *err)
{
	static const char *const types[RECORD_CROPS] = { "person", "miscellaneous", "location",
							 "organization" };

	for (size_t i = 0; id && *id && i < RECORD_CROPS; i++) {
		record->pictures.crops[i] = arena_format(arena, "%s/%s/crop_%s_%s.jpg",
							 files->split->crops, id, types[i], id);
		if (!record->pictures.crops[i])
			return err_set_memory(err);
	}
	return 0;
}

/* Objects lie under the picture's own name, weights under its stem. A pattern stands for weights that are
 * not there: who opens it says so. */
static int find_features(const struct record_files *files, const char *id,
			 struct predict_record *record, struct arena *arena, struct err *err)
{
	size_t stem;
	long file;

	if (!id || !*id)
		return 0;
	stem = stem_length(id);
	file = str_table_find(&files->stems, id, stem);
	record->objects = arena_format(arena, "%s/%s", files->objects, id);
	record->structure = file < 0 ? arena_format(arena, "%s/%.*s.*", files->structure, (int)stem, id)
				     : arena_format(arena, "%s/%s", files->structure,
						    files->names.items[file]);
	return record->objects && record->structure ? 0 : err_set_memory(err);
}

int record_files_find(const struct record_files *files, const char *id, size_t number,
		      struct predict_record *record, struct arena *arena, struct err *err)
{
	if (files->reads & READS_WHOLE && find_whole(files, id, record, arena, err) < 0)
		return -1;
	if (files->reads & READS_CROPS && find_crops(files, id, number, record, arena, err) < 0)
		return -1;
	if (files->reads & READS_TYPE_CROPS && find_type_crops(files, id, record, arena, err) < 0)
		return -1;
	if (files->reads & READS_OBJECTS && find_features(files, id, record, arena, err) < 0)
		return -1;
	return 0;
}
