/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/relation_map.h"

#include "lib/base/file.h"
#include "lib/corpus/schema.h"
#include "lib/formats/json_lines.h"

void relation_map_release(struct relation_map *map)
{
	json_decref(map->ids);
	*map = (struct relation_map)RELATION_MAP_INIT;
}

void relation_map_read(struct relation_map *map, const struct split *split)
{
	struct json_lines reader;
	enum read_status status;

	relation_map_release(map);
	if (split->task != TASK_RE || !split->relations || !file_exists(split->relations))
		return;
	map->exists = true;
	if (json_lines_open(&reader, split->relations, &map->err) < 0)
		return;
	status = json_lines_next(&reader, &map->ids, &map->err);
	if (status == READ_EOF)
		err_set_at(&map->err, split->relations, 1, 0, "the file is empty");
	if (status != READ_OK)
		map->ids = NULL;
	json_lines_close(&reader);
}

bool relation_map_has(const struct relation_map *map, const char *relation)
{
	if (map->ids)
		return json_object_get(map->ids, relation) != NULL;
	return schema_relation_id(relation) >= 0;
}
