/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What MEGA reads of a pair of entities: the tweet's pieces with markers around both, features of
 * detected objects, and structural weights, as its own loader prepares them.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_MEGA_PAIR_H
#define TAGSIGHT_INFERENCE_SYSTEMS_MEGA_PAIR_H

#include "inference/systems/system.h"
#include "lib/formats/mega_features.h"

#define MEGA_PIECES ((size_t)128) /* of every text, padding included */

struct mega_pair {
	size_t pieces;     /* without padding */
	size_t head, tail; /* the opening markers; the last piece where they are cut off */
	float objects[MEGA_OBJECTS * MEGA_FEATURES];
	float weights[MEGA_OBJECTS * MEGA_PIECES]; /* [objects, pieces] */
};

/* The cut() of the system; *extra is a struct mega_pair of the arena. Spans outside the words and files
 * that cannot be read are faults. */
int mega_cut(struct model *model, const struct predict_record *record, struct worker *worker,
	     void **extra, const char **fault, struct err *err);

#endif
