/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to layout*.c: where each layout keeps what belongs to a text, and the search for it.
 */
#ifndef TAGSIGHT_PREPROCESS_LAYOUT_PRIV_H
#define TAGSIGHT_PREPROCESS_LAYOUT_PRIV_H

#include "preprocess/layout.h"

#include <stdbool.h>

/*
 * Where a layout keeps what belongs to a text. Alternatives stand apart by bars: the first that
 * exists is taken, else the first, which is where the loader would look. %d is the text's folder,
 * %p the folder above it, %s the set, %y the set without its century (twitter17), %t the split,
 * %v the split as train|val|test, %e as train|dev|test. A layout with signs is chosen when one of
 * them exists; the last of a task has none.
 */
struct layout_rule {
	const char *layout;
	enum task task;
	const char *signs;
	const char *images;
	const char *crops;
	const char *dict;
	const char *relations;
	const char *boxes;
	const char *img2crop;
};

/* A text on its way to being a split; strings are of the arena. */
struct layout_place {
	const char *text;
	const char *folder; /* %d */
	const char *parent; /* %p */
	const char *set;
	const char *split;
	enum task task;
	bool umgf;
};

struct layout_recogniser {
	struct dataset *dataset;
	const struct layout_listing *listing;
	const struct layout_options *options;
	const char *name; /* of a listing's top folder; NULL on disk */
	struct arena arena;
	struct err *err;
};

/* The folder above a folder, "" where the program or the listing stands; NULL when memory is out. */
const char *layout_parent(struct layout_recogniser *r, const char *folder);

/* The name of a folder, also where it is written ".", ".." or nothing. */
const char *layout_folder_name(struct layout_recogniser *r, const char *folder);

/* The first rule of the place's task of which a sign exists, or the one that the user wants; NULL
 * when that is one of another task. */
const struct layout_rule *layout_choose_rule(struct layout_recogniser *r,
					     const struct layout_place *place);

/* The first of the patterns that exists (for pictures: else the only folder that has some), else the
 * first. On the heap; NULL without patterns, for standard input and when memory is out. */
char *layout_resolve(struct layout_recogniser *r, const char *patterns,
		     const struct layout_place *place, bool is_pictures);

/* A folder that the user gave, or the split's own folder in it (%d stands for the one given). */
char *layout_resolve_given(struct layout_recogniser *r, const char *folder, const char *patterns,
			   const struct layout_place *place);

#endif
