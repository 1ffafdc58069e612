/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boxes that `tagsight ground` found in the pictures of a split, by picture, from its manifest.
 *
 *	boxes_read(&boxes, "twitter2015-train.boxes.jsonl", &err);
 *	for (box = boxes_of(&boxes, "8.jpg"); box; box = box->next) ...
 */
#ifndef TAGSIGHT_TUI_BOXES_H
#define TAGSIGHT_TUI_BOXES_H

#include "lib/base/arena.h"
#include "lib/base/str_table.h"
#include "lib/corpus/grounding.h"

#include <stdbool.h>

struct picture_box {
	const char *phrase, *class_name;
	struct box box;
	float score;
	const struct picture_box *next; /* of the same picture, in the order of the manifest */
};

struct boxes {
	struct arena arena;
	struct str_table images;
	struct picture_box **first, **last; /* [images.n] */
	size_t first_capacity, last_capacity;
};

void boxes_init(struct boxes *boxes);
void boxes_release(struct boxes *boxes);

/* Add the boxes of a manifest; lines that are none are passed over. */
int boxes_read(struct boxes *boxes, const char *path, struct err *err);

/* The first box of a picture (its file name), or NULL. */
const struct picture_box *boxes_of(const struct boxes *boxes, const char *image);

/* How many there are from this one on; the one `n` after it, or NULL. */
size_t boxes_count(const struct picture_box *box);
const struct picture_box *boxes_nth(const struct picture_box *box, size_t n);

/* Whether the phrase of the box holds these words of a tweet, or they hold it; the "#" or "@" of a tag or a
 * name is no part of it. */
bool box_is_about(const struct picture_box *box, const char *words);

#endif
