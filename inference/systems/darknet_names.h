/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of a Darknet detector's classes: a text file with one a line, or COCO's 80.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_DARKNET_NAMES_H
#define TAGSIGHT_INFERENCE_SYSTEMS_DARKNET_NAMES_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stddef.h>

#define COCO_CLASSES 80

extern const char *const coco_classes[COCO_CLASSES];

/* The n names of a file, an array and strings of the arena; another number of them is an error. */
int darknet_names_read(const char *path, size_t n, const char *const **out, struct arena *arena,
		       struct err *err);

#endif
