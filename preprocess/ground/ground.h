/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From phrases to boxes to crops to the dict: for every picture of a split a grounder looks for the
 * phrases of its records; the best boxes are cut from the picture itself and written under the
 * names loaders know; a manifest says where each came from, and the dict names every record, those
 * without crops too. UMGF loads no dict and gets none.
 *
 *	struct ground_options options = GROUND_OPTIONS_INIT;
 *	if (ground_split(&dataset, split, grounder, &options, progress, &report, &err) < 0) ...
 *
 * The work is journalled under DIR/tagsight: however it ends, the next run with the same model,
 * phrases and options goes on where it stopped, and the files are the same to the byte. A run with shards
 * leaves only crops and a journal; when all shards are done, the same run without shards joins them.
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_GROUND_H
#define TAGSIGHT_PREPROCESS_GROUND_GROUND_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/grounding.h"

#include <stdbool.h>
#include <stddef.h>

/* When the whole picture is a crop. It comes after all other boxes. */
enum ground_whole {
	WHOLE_NEVER,
	WHOLE_FOR_PLACES, /* where a phrase asks for it: a place or an organisation without a box */
	WHOLE_FOR_ALL,    /* and for records that nothing else was found for */
};

/* What crops are called, and so which boxes become some. */
enum crop_names {
	CROPS_BY_LAYOUT, /* UMGF's in its my_data, else HVPNeT's */
	CROPS_HVPNET,    /* ID_pred_yolo_crop_N.png: each record's best boxes */
	CROPS_UMGF,      /* ID/crop_TYPE_ID.jpg: the best box of each type of entity, or the whole picture */
};

enum crop_format {
	CROPS_AS_NAMED, /* JPEG under UMGF's names, PNG under HVPNeT's */
	CROPS_PNG,
	CROPS_JPEG,
};

struct ground_options {
	size_t top;         /* crops of one record at most */
	long least_side;    /* boxes narrower or lower than so many pixels are left out */
	bool matches_only;  /* leave out boxes that no phrase of the record asked for */
	enum ground_whole whole_picture;
	bool anew;          /* forget what an earlier run did, replace a dict that came with the data */
	double threshold;   /* that the grounder was made with: part of what a run depends on */
	int jobs;           /* threads; 0: one a processor */
	const char *version; /* of tagsight, for the manifest */
	double least_score; /* boxes with less are left out, those of phrases too; whole pictures are not */
	double overlap;     /* leave out a box that shares more than this of the area of both together
			       with one that the record has; 0: never */
	double margin;      /* added on each side before cutting, in widths and heights of the box */
	size_t shard, shards; /* ground the pictures with number n from 0 where n % shards is shard; shards 0: all */
	enum crop_names names;
	enum crop_format format;
	bool legacy;      /* .pth in PyTorch's form from before 1.6 */
	const char *voc;  /* folder for a Pascal VOC file a picture, as GMNER reads them; NULL: none */
	bool as_published; /* cut UMGF's crops as its script does; the grounder must know how */
};

#define GROUND_OPTIONS_INIT { .top = 3, .least_side = 16, .whole_picture = WHOLE_FOR_PLACES, .version = "" }
#define GROUND_SHARDS 1000 /* at most */

struct ground_report {
	size_t records;    /* with a place in the dict */
	size_t pictures;
	size_t unreadable; /* pictures that are missing or broken; noted one by one */
	size_t resumed;    /* pictures that an earlier run had done */
	double seconds;    /* that the others took */
	size_t without;    /* records without a crop; under UMGF's names, with less than four */
	size_t crops;      /* named in the dict, each once a record; under UMGF's names, files */
	bool done_before;  /* nothing was left to do */
	bool kept;         /* the dict came with the data and was left alone; the rest is 0 */
};

/* Ground one split. Writes split->crops, split->dict (or, where the layout has no place for them,
 * files under DIR/tagsight) and DIR/tagsight/SET-SPLIT.boxes.jsonl; makes SET-SPLIT.phrases.jsonl
 * when it is not there (names by SET-SPLIT.predictions.jsonl, else by the gold tags). Where a picture is
 * unreadable and the layout has a dict, the inf.png that HVPNeT's loader then opens is made too. The grounder is cloned for the threads and stays the caller's. ERR_STOPPED
 * when `progress` was stopped; ERR_USAGE when another process grounds this split. */
int ground_split(const struct dataset *dataset, const struct split *split,
		 struct grounder *grounder, const struct ground_options *options,
		 struct progress *progress, struct ground_report *report, struct err *err);

/* Where it lies; strings are of the arena, `dict` is NULL where there is none. */
struct ground_places {
	struct arena arena;
	const char *crops, *dict, *manifest, *unreadable;
};

/* Tell where grounding with these options puts what it makes; 0, and the caller releases the arena, or -1. */
int ground_places(struct ground_places *places, const struct dataset *dataset, const struct split *split,
		  const struct ground_options *options, struct err *err);

#endif
