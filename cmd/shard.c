/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/shard.h"

#include <stdio.h>

int shard_parse(const char *text, size_t *shard, size_t *shards, struct err *err)
{
	unsigned part = 0, parts = 0;
	char rest;

	if (sscanf(text, "%9u/%9u%c", &part, &parts, &rest) != 2 || part < 1 || part > parts)
		return err_set(err, ERR_USAGE, "--shard takes I/N with I from 1 to N, not '%s'", text);
	*shard = part - 1;
	*shards = parts;
	return 0;
}
