/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grounder on top of a Darknet detector, YOLO of any version that vision/darknet.h runs: the picture is
 * searched once, phrases take its boxes as lib/corpus/phrase_match.h says.
 *
 *	grounder = darknet_grounder_new("yolov4.weights", &(struct darknet_grounder_options){ 0 }, &err);
 *
 * What the cfg says of letter_box, thresh of a [yolo], nms_kind and beta_nms is followed as Darknet does.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_DARKNET_GROUNDER_H
#define TAGSIGHT_INFERENCE_SYSTEMS_DARKNET_GROUNDER_H

#include "lib/base/err.h"
#include "lib/corpus/grounding.h"

#include <stdbool.h>

/* Strings are borrowed until darknet_grounder_new() returns; zeros are fine. */
struct darknet_grounder_options {
	const char *cfg;   /* NULL: the weights' path with .cfg */
	const char *names; /* a class a line; NULL: the weights' path with .names, or COCO's for 80 classes */
	float threshold;   /* least score of a box that no phrase asks for; 0: the cfg's, or 0.25 */
	float overlap;     /* IoU above which the weaker box goes; 0: 0.45 */
	bool any_class;    /* ... also where the classes differ */
	int threads;       /* for each picture; 0: one */
};

/* Whether a path has the extension of Darknet's weights. */
bool darknet_grounder_takes(const char *path);

/* NULL on failure; grounder->free() ends it. */
struct grounder *darknet_grounder_new(const char *path, const struct darknet_grounder_options *options,
				      struct err *err);

#endif
