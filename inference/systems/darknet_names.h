/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies beside Darknet weights, and the names of a detector's classes among it: a text file with one
 * a line, or COCO's 80.
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

/* The path of weights with another extension, of the arena; NULL when memory is out. */
const char *darknet_beside(struct arena *arena, const char *path, const char *extension);

#endif
