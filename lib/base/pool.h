/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop over independent items on several threads.
 *
 *	pool_run(jobs, n_pictures, check_picture, &context);
 */
#ifndef TAGSIGHT_BASE_POOL_H
#define TAGSIGHT_BASE_POOL_H

#include <stddef.h>

/* Processors that this process may use, at least 1. */
int pool_processors(void);

/* Call work(context, item, thread) once for each item from 0 to n - 1, in rising order of start, on
 * up to `jobs` threads (0: one a processor); `thread` is below `jobs`. Returns when all is done.
 * With one job, or when no thread can be started, all runs on the calling thread. */
void pool_run(int jobs, size_t n, void (*work)(void *context, size_t item, int thread),
	      void *context);

#endif
