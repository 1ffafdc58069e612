/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that lives and dies together: one arena a dataset, a batch or a worker. Everything that
 * arena_alloc() gave is valid until arena_reset() or arena_release(); nothing is freed alone.
 */
#ifndef TAGSIGHT_BASE_ARENA_H
#define TAGSIGHT_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* bytes used of the newest block */
};

#define ARENA_INIT { NULL, 0 }

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);

/* Drop everything but keep the largest block for reuse. */
void arena_reset(struct arena *arena);

/* Zeroed memory for n elements, aligned for any type; NULL when the size wraps or memory is out. */
void *arena_alloc(struct arena *arena, size_t n, size_t element);

/* The same, not zeroed, for what is written at once. */
void *arena_alloc_raw(struct arena *arena, size_t n, size_t element);

/* A NUL-terminated copy of `length` bytes, or NULL. */
char *arena_string(struct arena *arena, const char *text, size_t length);

/* A copy of a whole string, or NULL. */
char *arena_copy(struct arena *arena, const char *text);

char *arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
