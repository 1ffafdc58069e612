/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/arena.h"

#include "lib/base/checked.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK ((size_t)64 << 10)

struct arena_block {
	struct arena_block *older;
	size_t size;
	alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena)ARENA_INIT;
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *older = arena->blocks->older;

		free(arena->blocks);
		arena->blocks = older;
	}
	arena->used = 0;
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = arena->blocks, *older;

	if (!keep)
		return;
	for (struct arena_block *block = keep->older; block; block = older) {
		struct arena_block *smaller = block->size > keep->size ? keep : block;

		older = block->older;
		keep = smaller == keep ? block : keep;
		free(smaller);
	}
	keep->older = NULL;
	arena->blocks = keep;
	arena->used = 0;
}

static int arena_add_block(struct arena *arena, size_t bytes)
{
	size_t size = bytes > ARENA_BLOCK ? bytes : ARENA_BLOCK, total;
	struct arena_block *block;

	if (!size_add(size, sizeof(*block), &total))
		return -1;
	block = malloc(total);
	if (!block)
		return -1;
	block->older = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->used = 0;
	return 0;
}

void *arena_alloc_raw(struct arena *arena, size_t n, size_t element)
{
	size_t align = alignof(max_align_t), bytes;
	void *result;

	if (!size_multiply(n, element, &bytes) || !size_add(bytes, align - 1, &bytes))
		return NULL;
	bytes -= bytes % align;
	if (!arena->blocks || arena->blocks->size - arena->used < bytes)
		if (arena_add_block(arena, bytes) < 0)
			return NULL;
	result = arena->blocks->data + arena->used;
	arena->used += bytes;
	return result;
}

void *arena_alloc(struct arena *arena, size_t n, size_t element)
{
	void *result = arena_alloc_raw(arena, n, element);

	return result ? memset(result, 0, n * element) : NULL;
}

char *arena_string(struct arena *arena, const char *text, size_t length)
{
	size_t bytes;
	char *copy;

	if (!size_add(length, 1, &bytes))
		return NULL;
	copy = arena_alloc_raw(arena, bytes, 1);
	if (!copy)
		return NULL;
	if (length)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_copy(struct arena *arena, const char *text)
{
	return arena_string(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	int length;
	char *out = NULL;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length >= 0)
		out = arena_alloc(arena, (size_t)length + 1, 1);
	if (out)
		vsnprintf(out, (size_t)length + 1, format, again);
	va_end(again);
	return out;
}
