/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/aux_dict_crops.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/pool.h"
#include "lib/image/decode.h"

#include <stdlib.h>

struct crop {
	const struct aux_entry *entry;
	const char *name;
	char *trouble; /* why it cannot be decoded; NULL when it can */
	bool exists, failed;
};

struct crops {
	struct crop *items; /* [n] */
	size_t n;
	const char *folder;
	bool decode;
};

static void look_at_crop(void *context, size_t item, int thread)
{
	struct crops *crops = context;
	struct crop *crop = &crops->items[item];
	char *path = file_join(crops->folder, crop->name);
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)thread;
	crop->failed = !path;
	crop->exists = path && file_exists(path);
	if (crop->exists && crops->decode &&
	    image_decode_file(&image, path, NULL, NULL, &err) < 0) {
		crop->trouble = strdup(err.text);
		crop->failed = !crop->trouble;
	}
	image_release(&image);
	free(path);
}

static int list_crops(struct crops *crops, const struct aux_dict *dict, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < dict->n; i++)
		n += dict->entries[i].n;
	crops->items = checked_calloc(n, sizeof(*crops->items));
	if (!crops->items)
		return err_set_memory(err);
	for (size_t i = 0; i < dict->n; i++)
		for (size_t k = 0; k < dict->entries[i].n; k++)
			crops->items[crops->n++] = (struct crop){ .entry = &dict->entries[i],
								  .name = dict->entries[i].names[k] };
	return 0;
}

static void report(const struct crops *crops, const struct crop *crop, const char *path,
		   struct finding_sink *sink)
{
	struct finding finding = { .level = LEVEL_ERROR, .rule = "dict-missing-crop", .file = path,
				   .record = crop->entry->key,
				   .fix = "run 'tagsight ground' again, or fetch the crops" };

	if (!crop->exists)
		finding_report(sink, &finding, "the crop '%.200s' of '%.200s' is not in '%s'",
			       crop->name, crop->entry->key, crops->folder);
	finding.rule = "dict-unreadable-crop";
	if (crop->trouble)
		finding_report(sink, &finding, "the crop '%.200s' of '%.200s' cannot be read: %s",
			       crop->name, crop->entry->key, crop->trouble);
}

int aux_dict_check_crops(const struct aux_dict *dict, const char *path, const char *folder,
			 const struct aux_dict_check_options *options, struct finding_sink *sink,
			 struct err *err)
{
	struct crops crops = { .folder = folder, .decode = options->decode };
	bool failed = false;

	if (list_crops(&crops, dict, err) < 0)
		return -1;
	pool_run(options->jobs, crops.n, look_at_crop, &crops);
	for (size_t i = 0; i < crops.n; i++) {
		report(&crops, &crops.items[i], path, sink);
		failed |= crops.items[i].failed;
		free(crops.items[i].trouble);
	}
	free(crops.items);
	return failed ? err_set_memory(err) : 0;
}
