/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The relation map of a split, {"None": 0, "/per/per/parent": 1, ...}: the first line of its file, as
 * the loaders read it. Read once, then shared by all threads.
 */
#ifndef TAGSIGHT_PREPROCESS_RELATION_MAP_H
#define TAGSIGHT_PREPROCESS_RELATION_MAP_H

#include "lib/base/err.h"
#include "lib/corpus/dataset.h"

#include <jansson.h>
#include <stdbool.h>

struct relation_map {
	json_t *ids;     /* name to id; NULL: no map, or one that cannot be read */
	bool exists;
	struct err err;  /* why it cannot be read */
};

#define RELATION_MAP_INIT { NULL, false, ERR_INIT }

/* Read that of a split in place of the last one. */
void relation_map_read(struct relation_map *map, const struct split *split);
void relation_map_release(struct relation_map *map);

/* Whether the map holds the relation; without a map, whether it is of MNRE. */
bool relation_map_has(const struct relation_map *map, const char *relation);

#endif
