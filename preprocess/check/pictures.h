/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures that the records of a dataset name, each once a split, and what decoding them said.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_PICTURES_H
#define TAGSIGHT_PREPROCESS_CHECK_PICTURES_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/dataset.h"
#include "lib/image/decode.h"

#include <stdbool.h>
#include <stddef.h>

struct picture {
	char *path;
	char *record; /* the first record that names it; NULL when it has no name */
	size_t line;  /* of that record */
	size_t split_index;
	bool exists;
	bool forgotten; /* to be skipped */
	struct image_info info; /* after pictures_decode() */
	char *trouble;          /* why it cannot be decoded, NULL when it can */
};

struct pictures;

struct pictures *pictures_new(void); /* NULL when memory is out */
void pictures_free(struct pictures *pictures);

/* Remember the picture called `id` of a split. 0, or -1 when memory is out. */
int pictures_add(struct pictures *pictures, const struct split *split, size_t split_index,
		 const char *id, const char *record, size_t line);

/* Forget the pictures of a split when none of them exists; true when that was so. */
bool pictures_forget_missing(struct pictures *pictures, size_t split_index);

/* Decode all on up to `jobs` threads (0: one a processor). -1 when memory is out or the user
 * stopped. */
int pictures_decode(struct pictures *pictures, int jobs, struct progress *progress,
		    struct err *err);

/* In the order in which they were added. */
const struct picture *pictures_list(const struct pictures *pictures, size_t *n);

#endif
