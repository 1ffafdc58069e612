/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grounder that looks boxes up in a file that another tool wrote (lib/formats/box_file.h tells
 * which), by the picture's name. A box whose phrase, or else whose class, is word for word a phrase
 * that is looked for goes to it; the others have classes that phrases take as
 * lib/corpus/phrase_match.h tells. Boxes are cut at the picture's edges; those outside are left out.
 *
 *	struct box_file_options options = { .threshold = 0.3f };
 *	grounder = box_file_grounder_new("boxes.jsonl", &options, &err);
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_BOX_FILE_GROUNDER_H
#define TAGSIGHT_PREPROCESS_GROUND_BOX_FILE_GROUNDER_H

#include "lib/base/err.h"
#include "lib/corpus/grounding.h"

/* Zeros are fine. */
struct box_file_options {
	float threshold; /* boxes that no phrase takes need a higher score; 0: none */
	/* Told of boxes that are stepped over because they are no boxes; NULL: they fail the opening. */
	void (*bad)(void *context, const struct err *err);
	void *context;
};

/* The whole file is read here. NULL on failure; grounder->free() ends it. */
struct grounder *box_file_grounder_new(const char *path, const struct box_file_options *options,
				       struct err *err);

/* When pictures were looked up and none of them had boxes: the key of a picture that the file names, ""
 * where it names none; else NULL. The text is the grounder's. */
const char *box_file_grounder_stranger(const struct grounder *grounder);

#endif
