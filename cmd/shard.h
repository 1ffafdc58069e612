/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --shard I/N: part I of N of the records, for GNU parallel and job arrays. The record with number r
 * from 0 belongs to part r % N + 1.
 */
#ifndef TAGSIGHT_CMD_SHARD_H
#define TAGSIGHT_CMD_SHARD_H

#include "lib/base/err.h"

#include <stddef.h>

/* "2/8" gives shard 1 of shards 8. -1 with ERR_USAGE when it is not so. */
int shard_parse(const char *text, size_t *shard, size_t *shards, struct err *err);

#endif
