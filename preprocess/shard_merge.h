/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outputs of one job that was split by record, put together: part I of N has the records whose
 * number leaves I - 1 when divided by N.
 */
#ifndef TAGSIGHT_PREPROCESS_SHARD_MERGE_H
#define TAGSIGHT_PREPROCESS_SHARD_MERGE_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdio.h>

/* Write the records of parts 1 to n (in this order, all JSON Lines or MNRE lines, or all CoNLL) to `out`
 * in the order of the whole. 0, or -1: a part cannot be read, or has more or fewer records than it
 * must have, as where one was skipped; what was written is then not to be used. */
int shard_merge(char *const *paths, size_t n, FILE *out, struct err *err);

#endif
