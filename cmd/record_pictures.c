/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record_pictures.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

#define FALLBACK_NAME "inf.png"

static int open_dict(struct picture_finder *finder, const char *given, struct err *err)
{
	const char *path = given ? given : finder->split->dict;

	if (!path || (!given && !file_exists(path)))
		return 0;
	if (aux_dict_read(&finder->dict, path, err) < 0)
		return -1;
	finder->has_dict = true;
	if (!finder->split->crops)
		return err_set(err, ERR_USAGE, "'%s' names crops: say with --crops where they are", path);
	return 0;
}

static int find_fallback(struct picture_finder *finder, struct err *err)
{
	finder->fallback = file_join(finder->split->images, FALLBACK_NAME);
	if (!finder->fallback)
		return err_set_memory(err);
	if (!file_exists(finder->fallback)) {
		free(finder->fallback);
		finder->fallback = NULL;
	}
	return 0;
}

int picture_finder_open(struct picture_finder *finder, const struct split *split, const char *dict,
			struct err *err)
{
	*finder = (struct picture_finder){ .split = split };
	if (!split->images)
		return err_set(err, ERR_USAGE,
			       "the model reads pictures: say with --images where those of '%s' are",
			       split->text);
	if (find_fallback(finder, err) == 0 && open_dict(finder, dict, err) == 0)
		return 0;
	picture_finder_close(finder);
	return -1;
}

void picture_finder_close(struct picture_finder *finder)
{
	if (finder->has_dict)
		aux_dict_release(&finder->dict);
	free(finder->fallback);
	memset(finder, 0, sizeof(*finder));
}

static const struct aux_entry *find_entry(const struct picture_finder *finder, const char *id,
					  size_t number)
{
	char key[512];

	if (!finder->has_dict || !id)
		return NULL;
	if (finder->split->task == TASK_RE)
		snprintf(key, sizeof(key), "%zu", number);
	else
		snprintf(key, sizeof(key), "%s.jpg", id);
	return aux_dict_find(&finder->dict, key);
}

int picture_finder_find(const struct picture_finder *finder, const char *id, size_t number,
			struct record_pictures *out, struct arena *arena, struct err *err)
{
	const struct aux_entry *entry = find_entry(finder, id, number);
	char *whole;

	*out = (struct record_pictures){ .fallback = finder->fallback };
	if (id && *id) {
		whole = split_image_path(finder->split, id);
		out->whole = whole ? arena_copy(arena, whole) : NULL;
		free(whole);
		if (!out->whole)
			return err_set_memory(err);
	}
	for (size_t i = 0; entry && i < entry->n && i < RECORD_CROPS; i++) {
		out->crops[i] = arena_format(arena, "%s/%s", finder->split->crops, entry->names[i]);
		if (!out->crops[i])
			return err_set_memory(err);
	}
	return 0;
}
