/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the pictures of a split's records are, as HVPNeT's loader finds them: the whole one in the
 * folder of pictures, with inf.png there for one that is missing or broken, and the first crops that
 * the split's dict names for the record.
 *
 *	if (picture_finder_open(&finder, split, NULL, &err) < 0) ...
 *	picture_finder_find(&finder, sentence->id, sentence->record, &pictures, &arena, &err);
 *	picture_finder_close(&finder);
 */
#ifndef TAGSIGHT_CMD_RECORD_PICTURES_H
#define TAGSIGHT_CMD_RECORD_PICTURES_H

#include "lib/corpus/dataset.h"
#include "lib/corpus/prediction.h"
#include "preprocess/aux_dict.h"

#include <stdbool.h>

struct picture_finder {
	const struct split *split;
	struct aux_dict dict;
	bool has_dict;  /* false: records have no crops */
	char *fallback; /* NULL where there is no inf.png */
};

/* `dict` NULL takes the split's own, if that exists; with a dict there must be a folder of crops. On
 * failure there is nothing to close. */
int picture_finder_open(struct picture_finder *finder, const struct split *split, const char *dict,
			struct err *err);
void picture_finder_close(struct picture_finder *finder);

/* The paths of a record, of the arena. `id` names its picture, NULL: none; `number` counts the lines
 * of a file of relations. */
int picture_finder_find(const struct picture_finder *finder, const char *id, size_t number,
			struct record_pictures *out, struct arena *arena, struct err *err);

#endif
