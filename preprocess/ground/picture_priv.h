/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One picture's work: it is decoded and grounded (picture.c), boxes are chosen for each record
 * (choice.c) or for each type of entity (types.c), and cut (crops.c).
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_PICTURE_PRIV_H
#define TAGSIGHT_PREPROCESS_GROUND_PICTURE_PRIV_H

#include "lib/image/crop.h"
#include "preprocess/ground/ground_priv.h"

/* A record and what it looks for. */
struct wanted {
	size_t record;
	struct phrase *phrases; /* [n] */
	size_t n;
};

/* The picture at hand, what was found in it, and the crops cut from it so far. */
struct workbench {
	const struct ground_plan *plan;
	const struct ground_picture *picture;
	const struct ground_options *options;
	struct grounder *grounder;
	struct image image;
	const char *image_name;
	struct wanted *wanted;   /* [n_wanted] */
	size_t n_wanted;
	struct phrase *phrases;  /* [n_phrases]: of all records, each once */
	size_t n_phrases;
	struct grounded *boxes;  /* [n_boxes], as the grounder gives them */
	size_t n_boxes;
	struct image_rect *cut;  /* [n_cut], in the order of their numbers */
	size_t n_cut;
	struct arena *arena;
};

bool ground_same_rect(struct image_rect a, struct image_rect b);

/* The pixels to cut for a box, with the margin that was asked for. */
struct image_rect ground_rect(const struct workbench *bench, struct box box);

/* Whether a box is too small or too unsure for a crop. */
bool ground_is_poor(const struct workbench *bench, const struct grounded *box, struct image_rect rect);

/* The name of a crop, relative to the folder of crops: HVPNeT's by the number of the rectangle, UMGF's by the
 * type of entity. Of the arena; NULL when memory is out. */
const char *ground_numbered_crop(const struct workbench *bench, size_t number);
const char *ground_typed_crop(const struct workbench *bench, const char *type);

/* Write a rectangle of the picture, or a crop that was cut elsewhere, under that name. */
int ground_cut(const struct workbench *bench, struct image_rect rect, const char *name, struct err *err);
int ground_save_crop(const struct workbench *bench, const struct image *crop, const char *name,
		     struct err *err);

/* A chosen box as it goes in the journal. `phrase` may be NULL. NULL on failure. */
json_t *ground_box_json(const struct grounded *box, struct image_rect rect, const char *phrase,
			const char *kind, const char *crop, struct err *err);

/* Append to `list` an object for each record with its boxes, whose crops are written. */
int ground_choose(struct workbench *bench, json_t *list, struct err *err);
int ground_choose_types(struct workbench *bench, json_t *list, struct err *err);

#endif
