/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/scratch.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

#define CACHE_LINE ((size_t)64)

float *scratch_reserve(struct scratch *scratch, size_t size, struct err *err)
{
	size_t bytes;

	if (size > scratch->size || !scratch->memory) {
		scratch_release(scratch);
		if (size_multiply(size, sizeof(float), &bytes) && size_add(bytes, CACHE_LINE, &bytes))
			scratch->memory = aligned_alloc(CACHE_LINE, bytes / CACHE_LINE * CACHE_LINE);
		if (!scratch->memory) {
			err_set_memory(err);
			return NULL;
		}
		scratch->size = size;
	}
	return scratch->memory;
}

void scratch_release(struct scratch *scratch)
{
	free(scratch->memory);
	memset(scratch, 0, sizeof(*scratch));
}
