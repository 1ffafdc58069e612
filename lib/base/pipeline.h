/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items worked on by several threads, whose results the caller's thread takes one by one in the order of
 * the items: a thread that is free begins the next item at once, and what has been begun and not been
 * taken is never more than a window, so that memory does not grow with their number.
 *
 *	struct pipeline pipeline = { .threads = 2, .items = n, .window = 16, .work = decode, .put = store,
 *				     .drop = free, .context = &mine };
 *	switch (pipeline_run(&pipeline, &err)) ...
 */
#ifndef TAGSIGHT_BASE_PIPELINE_H
#define TAGSIGHT_BASE_PIPELINE_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct pipeline {
	int threads;
	size_t items;
	size_t window; /* at least 1 */
	/* Make the result of an item, on one of the threads (`thread` is below `threads`): 0, or -1. */
	int (*work)(void *context, size_t item, int thread, void **result, struct err *err);
	/* Take it, on the caller's thread, in order; the result is the taker's, also on failure. */
	int (*put)(void *context, size_t item, void *result, struct err *err);
	/* Asked on the caller's thread some times a second and before each put(): true stops. May be NULL. */
	bool (*stopped)(void *context);
	/* Free a result that nobody takes, after a stop or a failure. */
	void (*drop)(void *result);
	void *context;
};

enum pipeline_end { PIPELINE_FAILED = -1, PIPELINE_DONE = 0, PIPELINE_STOPPED = 1 };

/* Returns when no thread is at work any more. After a failure of an item, those before it have been
 * put, and the error is that of the first item that failed; a stop waits for what was begun and puts it. */
enum pipeline_end pipeline_run(const struct pipeline *pipeline, struct err *err);

#endif
