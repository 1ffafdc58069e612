/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outputs of one job that was split by record, put together: part I of N has the records whose
 * number leaves I - 1 when divided by N.
 */
#ifndef TAGSIGHT_PREPROCESS_SHARD_MERGE_H
#define TAGSIGHT_PREPROCESS_SHARD_MERGE_H

#include "lib/base/err.h"
#include "lib/corpus/dataset.h"

#include <stddef.h>
#include <stdio.h>

/* Write the records of parts 1 to n (in this order, all JSON Lines or MNRE lines, or all CoNLL) to `out`
 * in the order of the whole. `data`, the text that the job read, tells where parts lack records that
 * were skipped; without it (NULL) none may be lacking. 0, or -1: a part cannot be read, or they do not
 * fit together; what was written is then not to be used. */
int shard_merge(char *const *paths, size_t n, const struct split *data, FILE *out, struct err *err);

#endif
