/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grounder on top of an object detector: the picture is searched once, whatever the phrases are,
 * and phrases take boxes as lib/corpus/phrase_match.h tells.
 *
 *	grounder = detector_grounder_new("detector.safetensors", 0, &err);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_DETECTOR_GROUNDER_H
#define TAGSIGHT_INFERENCE_SYSTEMS_DETECTOR_GROUNDER_H

#include "lib/base/err.h"
#include "lib/corpus/grounding.h"

/* Boxes without a phrase need a score above `threshold` (0: the model file's own); a phrase speaks
 * for its box, which needs three quarters of that. NULL on failure; grounder->free() ends it. */
struct grounder *detector_grounder_new(const char *path, float threshold, struct err *err);

#endif
