/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What MEGA reads of a picture, in two text files.
 * Objects: a line of anything, a line with the names of the objects' classes and one with 4096
 * numbers an object, one object after another, all apart by tabs. Both lines are empty where nothing
 * was detected.
 * Structural weights: a line of anything, then a line of 10 numbers apart by a blank for each word of
 * the tweet.
 *
 *	float *objects = malloc(MEGA_OBJECTS * MEGA_FEATURES * sizeof(*objects));
 *	if (mega_objects_read("imgSG/test/1.jpg", objects, &err) < 0) ...
 */
#ifndef TAGSIGHT_FORMATS_MEGA_FEATURES_H
#define TAGSIGHT_FORMATS_MEGA_FEATURES_H

#include "lib/base/err.h"

#include <stddef.h>

#define MEGA_OBJECTS ((size_t)10)
#define MEGA_FEATURES ((size_t)4096)
#define MEGA_ROWS ((size_t)128)
#define MEGA_LINE_LIMIT ((size_t)16 << 20) /* bytes of one line */

/* The first objects of a file, out [MEGA_OBJECTS, MEGA_FEATURES], zeros where there are fewer. Every
 * number of the file is checked, those of further objects too. */
int mega_objects_read(const char *path, float *out, struct err *err);

/* The first rows of a file, out [MEGA_ROWS, MEGA_OBJECTS], zeros where there are fewer; checked likewise. */
int mega_structure_read(const char *path, float *out, struct err *err);

#endif
