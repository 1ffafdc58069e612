/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grounder on top of an object detector: the picture is searched once, whatever the phrases are,
 * and phrases take boxes by the class that their head noun names.
 *
 * The prominence of a box is its score times the square root of its share of the picture; "best"
 * is most prominent. First names of people, then the other phrases, each in the given order, take
 * the best box of their class that is still free; then phrases that mean several take what is left
 * of their class. Names of places and organisations take nothing: no class of a detector is one.
 * Other names (PHRASE_MISC) count where they end in a product's word ("iPhone").
 *
 *	grounder = detector_grounder_new("detector.safetensors", 0, &err);
 *
 * Where several threads each have a clone, call blas_set_threads(1) once.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_DETECTOR_GROUNDER_H
#define TAGSIGHT_INFERENCE_SYSTEMS_DETECTOR_GROUNDER_H

#include "lib/base/err.h"
#include "lib/corpus/grounding.h"

/* Boxes without a phrase need a score above `threshold` (0: the model file's own); a phrase speaks
 * for its box, which needs three quarters of that. NULL on failure; grounder->free() ends it. */
struct grounder *detector_grounder_new(const char *path, float threshold, struct err *err);

#endif
