/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boxes that `tagsight ground` found in the pictures of a split, by picture, from its manifest; and as
 * they stand after the edits of a review.
 *
 *	boxes_read(&boxes, "twitter2015-train.boxes.jsonl", &err);
 *	for (box = boxes_of(&boxes, review, "8.jpg"); box; box = box->next) ...
 */
#ifndef TAGSIGHT_TUI_BOXES_H
#define TAGSIGHT_TUI_BOXES_H

#include "lib/base/arena.h"
#include "lib/base/str_table.h"
#include "lib/corpus/grounding.h"
#include "lib/review/review.h"

#include <stdbool.h>
#include <sys/stat.h>

struct picture_box {
	const char *phrase, *class_name;
	struct box box;
	float score;
	const struct picture_box *next; /* of the same picture, in the order of the manifest */
	const struct picture_box *found; /* the same as the manifest has it */
};

struct boxes {
	struct arena arena;
	struct str_table images;
	struct picture_box **first, **last; /* [images.n] */
	size_t first_capacity, last_capacity;
	struct stat stat; /* of the manifest, when it was opened */
	long standing_image; /* the picture whose boxes were last asked for; -1: none */
	size_t standing_version; /* of the edits then */
	const struct picture_box *standing;
};

void boxes_init(struct boxes *boxes);
void boxes_release(struct boxes *boxes);

/* Add the boxes of a manifest; lines that are none are passed over. */
int boxes_read(struct boxes *boxes, const char *path, struct err *err);

/* Whether the manifest is another one than was read. */
bool boxes_changed(const struct boxes *boxes, const char *path);

/* Tell a review which boxes there are: how many of its edits are of none of them. */
size_t boxes_lost(const struct boxes *boxes, struct review *review);

/* The first box of a picture (its file name) as it stands in the review, or NULL. */
const struct picture_box *boxes_of(struct boxes *boxes, const struct review *review, const char *image);

/* Whether the manifest has any for it. */
bool boxes_has(const struct boxes *boxes, const char *image);

/* How many there are from this one on; the one `n` after it, or NULL. */
size_t boxes_count(const struct picture_box *box);
const struct picture_box *boxes_nth(const struct picture_box *box, size_t n);

/* Whether the phrase of the box holds these words of a tweet, or they hold it; the "#" or "@" of a tag or a
 * name is no part of it. */
bool box_is_about(const struct picture_box *box, const char *words);

#endif
