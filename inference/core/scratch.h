/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Working memory of one thread, which grows with the largest run and is asked for anew in each.
 *
 *	struct scratch scratch = SCRATCH_INIT;
 *	x = scratch_reserve(&scratch, n * width, &err);
 *	scratch_release(&scratch);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_SCRATCH_H
#define TAGSIGHT_INFERENCE_CORE_SCRATCH_H

#include "lib/base/err.h"

#include <stddef.h>

struct scratch {
	float *memory;
	size_t size; /* floats */
};

#define SCRATCH_INIT { NULL, 0 }

/* Room for `size` floats from a cache line on, which are not set and are the scratch's; what was there
 * before is lost. NULL when memory is out. */
float *scratch_reserve(struct scratch *scratch, size_t size, struct err *err);
void scratch_release(struct scratch *scratch);

#endif
