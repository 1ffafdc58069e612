/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files lie that a predictor reads besides a split's records: the whole picture in the folder
 * of pictures, with the system's stand-in there for one that is missing or broken; the crops that the
 * split's dict names for the record; or the crop of each type of entity, CROPS/ID/crop_TYPE_ID.jpg;
 * or the features of objects and the structural weights of the picture, each in a folder of its own.
 *
 *	if (record_files_open(&files, split, predictor, &sources, &err) < 0) ...
 *	record_files_find(&files, sentence->id, sentence->record, &record, &arena, &err);
 *	record_files_close(&files);
 */
#ifndef TAGSIGHT_CMD_RECORD_FILES_H
#define TAGSIGHT_CMD_RECORD_FILES_H

#include "lib/base/str_list.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/prediction.h"
#include "preprocess/aux_dict.h"

#include <stdbool.h>

/* What the user named instead of what the split has; NULL: the split's. */
struct record_sources {
	const char *dict; /* of the crops */
	const char *objects, *structure; /* folders */
};

struct record_files {
	const struct split *split;
	unsigned reads; /* enum record_parts */
	struct aux_dict dict;
	bool has_dict;  /* false: records have no crops */
	char *fallback; /* NULL where there is none */
	char *objects, *structure; /* folders of this split */
	struct str_table stems; /* of the files in `structure` */
	struct str_list names;  /* [stems.n], the file of each stem */
};

/* Open what the predictor reads. A dict that nobody named may be missing; with a dict there must be a folder
 * of crops. On failure there is nothing to close. */
int record_files_open(struct record_files *files, const struct split *split,
		      const struct predictor *predictor, const struct record_sources *sources,
		      struct err *err);
void record_files_close(struct record_files *files);

/* Set what a record has besides its words, of the arena. `id` names its picture, NULL: none; `number`
 * counts the records of the file. */
int record_files_find(const struct record_files *files, const char *id, size_t number,
		      struct predict_record *record, struct arena *arena, struct err *err);

#endif
