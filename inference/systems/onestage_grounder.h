/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grounder on top of one-stage visual grounding: one box a phrase, in the order of their scores. The
 * class of a box is "phrase": the model has no others.
 *
 *	grounder = onestage_grounder_new("model.pth.tar", &(struct onestage_options){ .anchors = NULL }, &err);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_GROUNDER_H
#define TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_GROUNDER_H

#include "inference/systems/onestage.h"

/* Whether the file's tensors are those of such a model. */
bool onestage_grounder_takes(const char *path);

/* NULL on failure; grounder->free() ends it. */
struct grounder *onestage_grounder_new(const char *path, const struct onestage_options *options,
				       struct err *err);

#endif
