/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits of the boxes that `tagsight ground` found in pictures: moved, left out, chosen from several, given
 * to another phrase. They are decisions of the review of the tweets, in its journal and its undo. The
 * manifest is never edited; a new one is written of it.
 *
 *	struct box_name name = { "8.jpg", "Big Ben", { 10, 11, 320, 445 } };
 *	review_delete_box(review, record, &name, &err);
 *	review_undo(review, &record, &err);
 *	review_write_boxes(review, "sample-train.boxes.jsonl", "new.jsonl", REVIEW_NEW_FILE, &report, &err);
 *
 * A box is known by its picture, its phrase and its sides as the manifest has them. Lines that have all in
 * common are one box.
 */
#ifndef TAGSIGHT_REVIEW_BOXES_H
#define TAGSIGHT_REVIEW_BOXES_H

#include "lib/corpus/grounding.h"

struct review;

/* Which box, as the manifest has it. */
struct box_name {
	const char *image, *phrase;
	struct box box;
};

/* How it stands. */
struct box_state {
	struct box box;
	const char *phrase;
	const char *kind; /* NULL: that of the manifest */
	bool deleted;
	size_t chosen; /* edit that chose it from the boxes of its phrase; 0: none. The last one counts */
};

/* What is decided of a box, as in the journal. */
struct box_decision {
	struct box_name name;
	struct box_state now;
};

/* How a box of the manifest stands; its strings are of `name` or of the review. False when it is left
 * out: deleted, or another one of its phrase was chosen. */
bool review_box_state(const struct review *review, const struct box_name *name,
		      struct box_state *state);

/* Changes whenever an edit of a box does. */
size_t review_boxes_version(const struct review *review);

/*
 * Edits, seen with a record; outcomes are those of review.h. A box has to have an inside and finite
 * sides, and is to be in the picture, whose size is the caller's to know. A choice leaves out all other
 * boxes of the phrase in that picture. `kind` is as in the manifest.
 */
int review_move_box(struct review *review, size_t record, const struct box_name *name,
		    const struct box *to, struct err *err);
int review_delete_box(struct review *review, size_t record, const struct box_name *name,
		      struct err *err);
int review_choose_box(struct review *review, size_t record, const struct box_name *name,
		      struct err *err);
int review_name_box(struct review *review, size_t record, const struct box_name *name,
		    const char *phrase, const char *kind, struct err *err);

struct boxes_report {
	size_t boxes;          /* lines that were written */
	size_t changed, fewer; /* of them with another box or phrase; lines that were left out */
	size_t lost;           /* edits of boxes that the manifest does not have (any more) */
};

/* Write a manifest anew with the edits: other lines byte for byte. An existing `path` is refused unless
 * REVIEW_REPLACE; the manifest itself always is. `mode` is an enum review_export_mode. */
int review_write_boxes(struct review *review, const char *manifest, const char *path, int mode,
		       struct boxes_report *report, struct err *err);

/* Begin to count the edits whose boxes a manifest has; tell each of its boxes; how many it lacks. An edit
 * that the manifest has already, for it was made of it, is not one. */
void review_boxes_begin(struct review *review);
void review_boxes_meet(struct review *review, const struct box_name *name);
size_t review_boxes_lost(const struct review *review);

#endif
