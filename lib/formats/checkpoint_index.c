/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Models in shards: a JSON file beside them, {"weight_map": {"NAME": "FILE", ...}}.
 */
#include "lib/formats/checkpoint_priv.h"

#include "lib/base/buf.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define INDEX_LIMIT ((size_t)64 << 20) /* bytes of the JSON file */

bool checkpoint_is_index(const char *path)
{
	return strcmp(file_extension(path), "json") == 0;
}

static bool has_path(const struct str_list *paths, const char *path)
{
	for (size_t i = 0; i < paths->n; i++)
		if (strcmp(paths->items[i], path) == 0)
			return true;
	return false;
}

/* The path of a shard that lies in the folder of the index, once. */
static int add_shard(struct str_list *paths, const char *index, const char *shard, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	if (!shard || !*shard || strchr(shard, '/') || checkpoint_is_index(shard))
		return err_set_at(err, index, 0, 0,
				  "its weight_map names '%.100s', which is no file beside it",
				  shard ? shard : "");
	buf_add_format(&path, "%.*s%s", (int)(file_base_name(index) - index), index, shard);
	if (path.failed || (!has_path(paths, path.data) && str_list_add(paths, path.data) < 0))
		rc = err_set_memory(err);
	else if (paths->n > CHECKPOINT_FILES)
		rc = err_set_at(err, index, 0, 0, "it names more than %d files", CHECKPOINT_FILES);
	buf_release(&path);
	return rc;
}

int checkpoint_add_shards(struct str_list *paths, const char *index, struct err *err)
{
	struct buf text = BUF_INIT;
	json_error_t error;
	json_t *root = NULL, *map, *shard;
	const char *name;
	int rc = -1;

	if (file_read_all(index, &text, INDEX_LIMIT, err) < 0)
		goto out;
	root = json_loadb(text.data ? text.data : "", text.length, JSON_REJECT_DUPLICATES, &error);
	map = json_object_get(root, "weight_map");
	if (json_object_size(map) == 0) {
		err_set_at(err, index, 0, 0, "no index of a model in shards: it has no weight_map");
		goto out;
	}
	rc = 0;
	json_object_foreach(map, name, shard)
		if (rc == 0)
			rc = add_shard(paths, index, json_string_value(shard), err);
out:
	json_decref(root);
	buf_release(&text);
	return rc;
}
