/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MKGformer's img2crop dict: a picture's name up to its first dot, and where its crops are below the
 * folder data/ (--image-url says what stands in front of their names).
 */
#include "preprocess/aux_dict.h"
#include "preprocess/convert/format.h"

#include <stdlib.h>
#include <string.h>

static int img2crop_begin(struct convert_sink *sink, struct err *err)
{
	struct aux_dict *dict = calloc(1, sizeof(*dict));

	sink->state = dict;
	if (!dict)
		return err_set_memory(err);
	aux_dict_init(dict, AUX_KEYS_TEXT);
	return 0;
}

static void img2crop_release(struct convert_sink *sink)
{
	if (sink->state)
		aux_dict_release(sink->state);
	free(sink->state);
	sink->state = NULL;
}

static int img2crop_prepare(const struct convert_options *options, struct convert_record *record,
			    struct convert_losses *losses, struct arena *arena, struct err *err)
{
	(void)options;
	(void)arena;
	(void)err;
	for (size_t i = 0; i < record->n_boxes; i++)
		if (!record->image || !record->boxes[i].crop)
			convert_lose(losses, LOSS_BOX, record, "'%s' has no crop",
				     record->boxes[i].label);
	return 0;
}

static bool has_name(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The crops of a picture that several records have are those of all of them. */
static int img2crop_write(struct convert_sink *sink, struct convert_record *record,
			  struct arena *arena, struct err *err)
{
	const struct aux_entry *before;
	const char *key, **names;
	size_t n = 0;

	if (!record->image)
		return 0;
	key = arena_string(arena, record->image, strcspn(record->image, "."));
	if (!key)
		return err_set_memory(err);
	before = aux_dict_find(sink->state, key);
	names = arena_alloc(arena, record->n_boxes + (before ? before->n : 0) + 1, sizeof(*names));
	if (!names)
		return err_set_memory(err);
	for (; before && n < before->n; n++)
		names[n] = before->names[n];
	for (size_t i = 0; i < record->n_boxes; i++) {
		const char *name = record->boxes[i].crop;

		if (!name)
			continue;
		name = arena_format(arena, "%s%s", sink->options->image_url, name);
		if (!name)
			return err_set_memory(err);
		if (!has_name(names, n, name))
			names[n++] = name;
	}
	return aux_dict_put(sink->state, key, names, n, err);
}

static int img2crop_end(struct convert_sink *sink, struct err *err)
{
	return aux_dict_write(sink->state, sink->path, err);
}

const struct convert_format convert_img2crop = {
	.name = "img2crop",
	.extension = "pth",
	.summary = "MKGformer's dict from pictures to crops (.pth), the best first; of a manifest",
	.holds = HOLDS_BOXES | HOLDS_IMAGES | HOLDS_SCORES,
	.own_file = true,
	.prepare = img2crop_prepare,
	.begin = img2crop_begin,
	.write = img2crop_write,
	.end = img2crop_end,
	.release = img2crop_release,
};
