/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files of a recognised release go in HVPNeT's shape of a data folder.
 */
#ifndef TAGSIGHT_PREPROCESS_UNPACK_MAP_H
#define TAGSIGHT_PREPROCESS_UNPACK_MAP_H

#include "lib/base/arena.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"

enum unpack_rule_kind {
	UNPACK_RULE_FILE,     /* this file */
	UNPACK_RULE_PICTURES, /* pictures below the folder */
	UNPACK_RULE_XML,      /* .xml files in the folder */
	UNPACK_RULE_DICTS,    /* .pth files in the folder */
	UNPACK_RULE_ALL       /* all below the folder */
};

struct unpack_rule {
	enum unpack_rule_kind kind;
	const char *from;
	const char *to;
};

struct unpack_map {
	struct arena *arena; /* borrowed; results live there */
	struct unpack_rule *rules;
	size_t n, capacity;
};

/* Rules for a dataset whose paths are those of a listing; NULL: only what folder names tell. */
int unpack_map_init(struct unpack_map *map, const struct dataset *dataset, struct arena *arena,
		    struct err *err);
void unpack_map_release(struct unpack_map *map);

/* The place of a file below the target, "other/..." when it belongs to no set. NULL when memory is
 * out. */
const char *unpack_map_find(const struct unpack_map *map, const char *path);

#endif
