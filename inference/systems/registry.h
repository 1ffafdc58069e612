/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The systems that tag sentences. A model file says in its metadata which one it belongs to. To add
 * a system: write its file, declare it here, and give it a line in registry.c.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_REGISTRY_H
#define TAGSIGHT_INFERENCE_SYSTEMS_REGISTRY_H

#include "inference/core/weights.h"
#include "lib/corpus/prediction.h"

struct system {
	const char *name;    /* "tagger", as in the metadata */
	const char *summary; /* one line */
	/* A predictor that owns the weights from now on, also on failure (then NULL). `jobs` threads
	 * do the work, 0: one a processor. */
	struct predictor *(*open)(struct weights *weights, int jobs, struct err *err);
};

extern const struct system system_tagger;

/* All of them, ending with NULL. */
extern const struct system *const systems[];

/* Open a model with the system that it names, or with `system` when that is not NULL. NULL on
 * failure. The caller frees the result by its free(). */
struct predictor *predictor_open(const char *path, const char *system, int jobs, struct err *err);

#endif
