/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same picture several times in one set.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_PICTURE_TWINS_H
#define TAGSIGHT_PREPROCESS_CHECK_PICTURE_TWINS_H

#include "preprocess/check/pictures.h"

#include <stddef.h>

/* Set twin, same_bytes and n_same of the pictures of a set that were decoded: the twin is the first
 * with the same bytes, else of those before that look alike the nearest. 0, or -1 when memory is out. */
int picture_twins_find(struct picture *pictures, size_t n, size_t set);

#endif
