/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MKGformer's second dict: a picture's crops, where the folder of the data leads to them. That of tweets is
 * one file for all splits, so that what other splits have in it stays. One that came with the data is
 * kept: only what a mark says to be ours is written anew.
 */
#include "preprocess/ground/output.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "preprocess/aux_dict_check.h"

#include <stdlib.h>
#include <string.h>

struct img2crop {
	const struct ground_context *context;
	char *prefix; /* from MKGformer's folder to the crops, with a slash behind */
	struct aux_dict dict;
};

/* The crops as seen from the folder that the loader joins names to; else from the root of all. */
static char *crops_prefix(const struct ground_plan *plan)
{
	char *root = realpath(plan->split->img2crop_root, NULL), *crops = realpath(plan->paths.crops, NULL);
	size_t length = root ? strlen(root) : 0;
	struct buf prefix = BUF_INIT;

	if (root && crops && strncmp(crops, root, length) == 0 && crops[length] == '/')
		buf_add_format(&prefix, "%s/", crops + length + 1);
	else if (crops)
		buf_add_format(&prefix, "%s/", crops);
	free(root);
	free(crops);
	return buf_detach(&prefix);
}

static bool is_wanted(const struct ground_context *context)
{
	const struct ground_paths *paths = &context->plan->paths;

	return paths->img2crop && (context->options->anew || file_exists(paths->img2crop_mark) ||
				   !file_exists(paths->img2crop));
}

static int begin(const struct ground_context *context, void **state, struct err *err)
{
	struct img2crop *img2crop;

	if (!is_wanted(context))
		return 0;
	img2crop = checked_calloc(1, sizeof(*img2crop));
	if (!img2crop)
		return err_set_memory(err);
	*state = img2crop;
	img2crop->context = context;
	aux_dict_init(&img2crop->dict, AUX_KEYS_TEXT);
	img2crop->dict.form = context->options->legacy ? TORCH_LEGACY : TORCH_ZIP;
	img2crop->prefix = crops_prefix(context->plan);
	return img2crop->prefix ? 0 : err_set_memory(err);
}

static bool has_crop(const struct ground_box *boxes, size_t n, const char *crop)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(boxes[i].crop, crop) == 0)
			return true;
	return false;
}

/* The crops of all records of a picture, each once. */
static int add_record(void *state, const struct ground_result *result, struct err *err)
{
	struct img2crop *img2crop = state;
	struct arena *arena = &img2crop->dict.arena;
	char *key;
	const char **names;
	size_t n = 0;
	int rc = 0;

	if (!result->first)
		return 0;
	key = aux_dict_img2crop_key(result->picture->name);
	names = checked_calloc(result->n_all + 1, sizeof(*names));
	if (!key || !names)
		rc = err_set_memory(err);
	for (size_t i = 0; i < result->n_all && rc == 0; i++) {
		if (has_crop(result->all, i, result->all[i].crop))
			continue;
		names[n] = arena_format(arena, "%s%s", img2crop->prefix, result->all[i].crop);
		rc = names[n++] ? 0 : err_set_memory(err);
	}
	if (rc == 0)
		rc = aux_dict_put(&img2crop->dict, key, names, n, err);
	free(names);
	free(key);
	return rc;
}

/* Take over what other splits have in the file that is there. */
static int add_others(struct img2crop *img2crop, struct err *err)
{
	const struct ground_paths *paths = &img2crop->context->plan->paths;
	struct aux_dict there;
	int rc = 0;

	if (img2crop->context->plan->split->task == TASK_RE || !file_exists(paths->img2crop) ||
	    !file_exists(paths->img2crop_mark))
		return 0;
	if (aux_dict_read(&there, paths->img2crop, err) < 0)
		return -1;
	for (size_t i = 0; i < there.n && rc == 0; i++) {
		const struct aux_entry *entry = &there.entries[i];

		if (!aux_dict_find(&img2crop->dict, entry->key))
			rc = aux_dict_put(&img2crop->dict, entry->key, entry->names, entry->n, err);
	}
	aux_dict_release(&there);
	return rc;
}

/* The mark comes first, so that no file of ours is ever without one. */
static int finish(void *state, struct ground_report *report, struct err *err)
{
	struct img2crop *img2crop = state;
	const struct ground_paths *paths = &img2crop->context->plan->paths;

	(void)report;
	if (add_others(img2crop, err) < 0)
		return -1;
	aux_dict_sort(&img2crop->dict);
	if (file_make_parents(paths->img2crop, err) < 0 ||
	    file_write_all(paths->img2crop_mark, "", 0, err) < 0)
		return -1;
	return aux_dict_write(&img2crop->dict, paths->img2crop, err);
}

static void release(void *state)
{
	struct img2crop *img2crop = state;

	aux_dict_release(&img2crop->dict);
	free(img2crop->prefix);
	free(img2crop);
}

const struct ground_output ground_img2crop_output = { begin, add_record, finish, release };

static bool has_pictures(const struct aux_dict *dict, const struct ground_plan *plan)
{
	bool has = true;

	for (size_t i = 0; i < plan->n_pictures && has; i++) {
		char *key = aux_dict_img2crop_key(plan->pictures[i].name);

		has = key && aux_dict_find(dict, key);
		free(key);
	}
	return has;
}

bool ground_img2crop_is_there(const struct ground_plan *plan)
{
	const struct ground_paths *paths = &plan->paths;
	struct aux_dict dict;
	struct err ignored = ERR_INIT;
	bool there;

	if (!paths->img2crop || (file_exists(paths->img2crop) && !file_exists(paths->img2crop_mark)))
		return true;
	if (aux_dict_read(&dict, paths->img2crop, &ignored) < 0)
		return false;
	there = has_pictures(&dict, plan);
	aux_dict_release(&dict);
	return there;
}
