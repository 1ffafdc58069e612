/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Size arithmetic that cannot wrap, and arrays that grow. A number that came from a file goes
 * through these before it becomes an allocation.
 *
 *	if (GROW(items, n_items, capacity) < 0)
 *		return err_set_memory(err);
 *	items[n_items++] = item;
 */
#ifndef TAGSIGHT_BASE_CHECKED_H
#define TAGSIGHT_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>

/* True when the result fits; otherwise *out is not to be used. */
static inline bool size_add(size_t a, size_t b, size_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

static inline bool size_multiply(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

/* realloc() of n elements; NULL when the size wraps or memory is out, and `old` stays valid. */
void *checked_realloc(void *old, size_t n, size_t element);

/* Zeroed memory for n elements (at least one byte), or NULL. */
void *checked_calloc(size_t n, size_t element);

/* Make room for one more element after `used`; returns 0, or -1 when memory is out. */
#define GROW(array, used, capacity) checked_grow((void **)&(array), (used), &(capacity), sizeof(*(array)))
int checked_grow(void **array, size_t used, size_t *capacity, size_t element);

#endif
