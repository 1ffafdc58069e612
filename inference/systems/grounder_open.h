/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grounder of whatever kind a model's file is. To add a kind: write X_grounder.[ch], and give it a line
 * in grounder_open.c.
 *
 *	struct grounder_options options = { .threshold = 0.3 };
 *	grounder = grounder_open("detector.safetensors", &options, &err);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_GROUNDER_OPEN_H
#define TAGSIGHT_INFERENCE_SYSTEMS_GROUNDER_OPEN_H

#include "lib/base/err.h"
#include "lib/corpus/grounding.h"

#include <stdbool.h>
#include <stddef.h>

/* What a model's file cannot say. Zeros are fine for a model of ours; strings are borrowed until
 * grounder_open() returns. */
struct grounder_options {
	double threshold; /* least score of a box that no phrase asks for; 0: the model's own */
	const char *config; /* the cfg of Darknet weights; NULL: beside them */
	const char *names;  /* of a detector's classes, one a line; NULL: the model's own, or beside it */
	const char *words;   /* of one-stage grounding, as onestage.h has them, also the next two */
	const char *anchors;
	size_t query_cap;
};

/* A kind of grounder. */
struct grounder_kind {
	const char *name, *summary;
	bool (*takes)(const char *path);
	struct grounder *(*open)(const char *path, const struct grounder_options *options,
				 struct err *err);
};

/* The first that takes a file has it, and the last takes any; one without a name ends the list. */
extern const struct grounder_kind grounder_kinds[];

/* NULL on failure; grounder->free() ends it. */
struct grounder *grounder_open(const char *path, const struct grounder_options *options,
			       struct err *err);

#endif
