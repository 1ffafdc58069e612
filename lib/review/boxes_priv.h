/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edited boxes of a review, by picture. Strings are of the review's arena.
 */
#ifndef TAGSIGHT_REVIEW_BOXES_PRIV_H
#define TAGSIGHT_REVIEW_BOXES_PRIV_H

#include "lib/base/str_table.h"
#include "lib/review/boxes.h"

struct edited_box {
	struct box_name name;
	struct box_state now;
	bool met;  /* the manifest has it, as far as is known; see review_boxes_meet() */
	bool made; /* it has it as it stands now, for the manifest was made of the edits */
	struct edited_box *next; /* of the same picture */
};

struct review_boxes {
	struct str_table images;
	struct edited_box **first; /* [images.n] */
	size_t capacity;
	size_t version;
};

/* An edit of one box. */
struct box_change {
	struct edited_box *edited;
	struct box_state before, after;
};

void review_boxes_init(struct review_boxes *boxes);
void review_boxes_release(struct review_boxes *boxes);

/* The change that a decision makes, with copies of its strings, of the review's arena. It does not count
 * before review_box_stands(). NULL when memory is out. */
struct box_change *review_box_change(struct review *review, const struct box_decision *decision);

/* Have a box stand as it is after the change, or before it. */
void review_box_stands(struct review *review, const struct box_change *change, bool after);

/* The decision that a change is when it is done, or taken back. */
struct box_decision review_box_decision(const struct box_change *change, bool after);

/* Journal a change of a box and let it count. */
int review_commit_box(struct review *review, size_t record, const char *what,
		      const struct box_change *box, struct err *err);

bool box_is_sound(const struct box *box);

#endif
