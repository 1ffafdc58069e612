/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures that the records of a dataset name, each once a split, and what reading their files
 * said. Some 400 bytes and the path are kept of a picture, none of its pixels.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_PICTURES_H
#define TAGSIGHT_PREPROCESS_CHECK_PICTURES_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/dataset.h"
#include "preprocess/check/picture_file.h"

#include <stdbool.h>
#include <stddef.h>

/* A file, whichever splits name it. */
struct picture_file {
	const char *path;
	bool exists;
	bool decoded;        /* after pictures_decode(): nothing is wrong with it */
	const char *trouble; /* why not */
	struct picture_facts facts;
};

/* A file, in one split. */
struct picture {
	const struct picture_file *file;
	const char *record; /* the first record that names it; NULL when it has no name */
	size_t line;        /* of that record */
	size_t split_index;
	size_t set;       /* number of the task and the set that the split is of */
	size_t n_records; /* that name it */
	bool forgotten;   /* to be skipped */
	/* After pictures_decode(): the same picture before this one in the set; NULL: none is known. */
	const struct picture *twin;
	bool same_bytes; /* as the twin; else it only looks like it */
	size_t n_same;   /* pictures of the set with these bytes, this one counted; 0: not decoded */
};

struct pictures;

struct pictures *pictures_new(void); /* NULL when memory is out */
void pictures_free(struct pictures *pictures);

/* Remember the picture called `id` of a split. 0, or -1 when memory is out. */
int pictures_add(struct pictures *pictures, const struct split *split, size_t split_index,
		 const char *id, const char *record, size_t line);

/* Forget the pictures of a split when none of them exists; true when that was so. */
bool pictures_forget_missing(struct pictures *pictures, size_t split_index);

/* Read all files on up to `jobs` threads (0: one a processor) and find those that show the same. -1
 * when memory is out or the user stopped. */
int pictures_decode(struct pictures *pictures, int jobs, struct progress *progress,
		    struct err *err);

/* In the order in which they were added. */
const struct picture *pictures_list(const struct pictures *pictures, size_t *n);

/* The file, when a record names it; else NULL. */
const struct picture_file *pictures_find(const struct pictures *pictures, const char *path);

#endif
