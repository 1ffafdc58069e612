/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phrases of a tweet, boxes in its picture, and the door between them: a grounder looks for phrases
 * in a picture; who asks knows files and no tensors.
 *
 * A manifest is JSON Lines, one line a box:
 *	{"image","record","phrase","kind","box":[x0,y0,x1,y1],"score","class","crop","model",
 *	 "model_sha256","version"}
 * and "settings" where what found the box has some.
 */
#ifndef TAGSIGHT_CORPUS_GROUNDING_H
#define TAGSIGHT_CORPUS_GROUNDING_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/formats/json_lines.h"
#include "lib/image/crop.h"
#include "lib/image/image.h"

#include <stdbool.h>
#include <stddef.h>

/* What a phrase is. */
enum phrase_kind { PHRASE_NOUN, PHRASE_PERSON, PHRASE_LOCATION, PHRASE_ORGANIZATION, PHRASE_MISC, PHRASE_KINDS };

/* "noun-phrase", "person", "location", "organization", "misc"; as in the manifest. */
const char *phrase_kind_name(enum phrase_kind kind);
enum phrase_kind phrase_kind_from_name(const char *name); /* PHRASE_KINDS when unknown */

struct phrase {
	const char *text;
	enum phrase_kind kind;
};

/* Pixels of the picture as decoded; x1 and y1 exclusive. */
struct box {
	float x0, y0, x1, y1;
};

/* What stands for the index of a phrase where a box was found that no phrase asked for. */
#define GROUNDED_NO_PHRASE ((size_t)-1)

/* The class of a box that is the whole picture, for want of a smaller one. */
#define WHOLE_PICTURE "whole-picture"

struct grounded {
	size_t phrase;           /* index of the phrase, or GROUNDED_NO_PHRASE */
	struct box box;
	float score;             /* in [0, 1] */
	const char *class_name;  /* "person"; "" for none; static or of the grounder */
};

bool grounded_is_whole(const struct grounded *box);

/* Ready to look for the phrases of pictures; not shared between threads. */
struct grounder {
	const char *name;         /* "nanodet-coco" */
	const char *model;        /* path */
	const char *model_sha256; /* 64 digits */
	const char *settings;     /* what its boxes depend on that the model's file does not hold, as
				   * "cfg HASH, names HASH"; NULL: nothing */
	/* Find boxes: first those of phrases, best first over all phrases, then the rest of what the
	 * picture holds (GROUNDED_NO_PHRASE), best first, last the WHOLE_PICTURE for phrases that
	 * nothing smaller shows. Another box belongs to one phrase at most; a phrase may have several
	 * boxes, or none. `name` is the picture's file name without folders,
	 * for those who look boxes up; "" when it has none. *out is an array of the arena. */
	int (*ground)(struct grounder *grounder, const struct image *image, const char *name,
		      const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		      size_t *n_out, struct arena *arena, struct err *err);
	/* Cut what was found for a phrase by ground(), just called with this picture, as the published script
	 * of the model's users does, into an empty image; *rect is what that took of the picture. The image
	 * stays empty where the script cuts nothing. NULL: no such script is known. */
	int (*cut)(struct grounder *grounder, const struct image *image, size_t phrase, struct image *crop,
		   struct image_rect *rect, float *score, struct err *err);
	/* Another one for another thread, which shares the model; NULL on failure. */
	struct grounder *(*clone)(struct grounder *grounder, struct err *err);
	void (*free)(struct grounder *grounder);
};

/* One line of a manifest. Strings are borrowed when written; of the arena when read. */
struct manifest_entry {
	const char *image; /* file name */
	const char *record; /* "IMGID:8" or the 0-based line number */
	const char *phrase;
	const char *kind;
	struct box box;
	float score;
	const char *class_name;
	const char *crop; /* relative to the crops folder */
	const char *model, *model_sha256, *version;
	const char *settings; /* of the grounder; NULL: none */
};

int manifest_write(FILE *stream, const struct manifest_entry *entry);
int manifest_read(const json_t *object, struct manifest_entry *entry, struct arena *arena,
		  struct err *err);

#endif
