/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boxes of a file of boxes by picture. A picture is found by its file name without folders and
 * without the ending of a picture (.jpg); an id by its digits, so that 139 is 000000000139.jpg.
 *
 *	if (box_index_read(&index, "boxes.jsonl", NULL, NULL, &err) < 0) ...
 *	boxes = box_index_find(&index, "8.jpg", &n);
 *	box_index_release(&index);
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_BOX_INDEX_H
#define TAGSIGHT_PREPROCESS_GROUND_BOX_INDEX_H

#include "lib/base/str_table.h"
#include "lib/corpus/grounding.h"

#include <stddef.h>
#include <stdint.h>

#define BOX_INDEX_BOXES ((size_t)1 << 25) /* at most: 1 GiB */

struct indexed_box {
	struct box box; /* as in the file: may reach out of the picture */
	float score;
	uint32_t picture, class_id, phrase; /* in the tables below */
};

struct box_index {
	struct str_table pictures, classes, phrases; /* a phrase in lower case; "" is there for none */
	struct indexed_box *boxes; /* [n], by picture, in the order of the file */
	size_t n, capacity;
	size_t *first; /* [pictures.n + 1] */
	size_t bad;    /* items stepped over */
};

/* What is wrong in single items goes to `bad` (see lib/formats/box_file.h), NULL to fail there. On
 * failure there is nothing to release. */
int box_index_read(struct box_index *index, const char *path,
		   void (*bad)(void *context, const struct err *err), void *context,
		   struct err *err);
void box_index_release(struct box_index *index);

/* The boxes of a picture; NULL and 0 when the file has none. */
const struct indexed_box *box_index_find(const struct box_index *index, const char *picture,
					 size_t *n);

/* The id of a phrase among the index's, whatever its case; -1 when no box is of it. */
long box_index_phrase(const struct box_index *index, const char *text);

#endif
