/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unified diff of a file and its mended copy, made while the pieces of both come in, for `patch -p0`
 * and `git apply -p0`. One hunk is held in memory.
 *
 *	struct unified_diff *diff = unified_diff_new(stdout, "train.txt");
 *	unified_diff_add(diff, "a\tI-PER\n", 8, "a\tB-PER\n", 8);    for each piece, changed or not
 *	unified_diff_free(diff, &failed);
 */
#ifndef TAGSIGHT_PREPROCESS_UNIFIED_DIFF_H
#define TAGSIGHT_PREPROCESS_UNIFIED_DIFF_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdio.h>

struct unified_diff;

/* A diff of the file called `path`; NULL when memory is out. Nothing is written before the first
 * difference. */
struct unified_diff *unified_diff_new(FILE *stream, const char *path);

/* The next bytes of the file, and what stands in their place. A piece need not end with a line. */
void unified_diff_add(struct unified_diff *diff, const char *before, size_t before_length,
		      const char *after, size_t after_length);

/* Write what is left and free it (NULL is fine). -1 when memory was out on the way; what the stream
 * could not take, the stream tells. */
int unified_diff_free(struct unified_diff *diff, struct err *err);

#endif
