/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a folder of tweets and pictures holds, and where each public loader wants it. A dataset is a
 * list of splits; each split has one text file, and may have pictures, crops and an aux dict.
 * preprocess/layout recognises one; every command that takes DATA works on this.
 */
#ifndef TAGSIGHT_CORPUS_DATASET_H
#define TAGSIGHT_CORPUS_DATASET_H

#include "lib/base/err.h"

#include <stddef.h>

enum task { TASK_NER, TASK_RE };

/* All paths are on the heap and can be opened as they stand (relative to the working folder). Folders
 * and files may not exist yet: the name says where the loaders would look. NULL: none in this layout. */
struct split {
	enum task task;
	const char *layout; /* static: as in struct dataset, of this split */
	char *set;       /* "twitter2015", "mnre", ... */
	char *name;      /* "train", "valid", "test"; "" for a lone file */
	char *text;      /* CoNLL file or MNRE lines */
	char *images;    /* folder of the whole pictures */
	char *crops;     /* folder of the crops: .../crops */
	char *dict;      /* the aux dict, .pth */
	char *img2crop;  /* MKGformer's second dict, of detected objects, .pth ... */
	char *img2crop_root; /* ... and the folder to which its values are joined */
	char *relations; /* RE: the relation map, .json */
	char *boxes;     /* folder of Pascal VOC annotations, one a picture: ID.xml */
};

struct dataset {
	char *root;          /* the folder given by the user, or the folder of the file */
	const char *layout;  /* static: "hvpnet-ner", "hvpnet-re", "umt", "umgf", "mkgformer", "gmner", "mnre", "conll";
			      * "mixed" when the splits' differ */
	struct split *splits;
	size_t n_splits;
};

#define DATASET_INIT { NULL, NULL, NULL, 0 }

void dataset_release(struct dataset *dataset);

/* A new split at the end, zeroed; NULL when memory is out. */
struct split *dataset_add(struct dataset *dataset);

/* Path of the picture of a sentence: images folder + id + the first extension that exists of jpg,
 * png, jpeg, webp, gif or these in capitals. An id that ends in one of these is taken as it stands
 * when that file exists. On the heap; when no file exists, the .jpg path (or the id as it stands).
 * NULL when the split has no pictures or memory is out. */
char *split_image_path(const struct split *split, const char *id);

/* Where tagsight keeps what it made for a split: ROOT/tagsight/SET-SPLIT.KIND, with kinds such as
 * "findings.jsonl", "phrases.jsonl", "boxes.jsonl", "predictions.jsonl", "journal.jsonl". On the
 * heap; NULL when memory is out. */
char *dataset_work_path(const struct dataset *dataset, const struct split *split, const char *kind);

#endif
