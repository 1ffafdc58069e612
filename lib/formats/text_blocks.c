/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/text_blocks.h"

#include "lib/base/checked.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)64 << 10)      /* what fits a processor's cache with all that is made of it */
#define BLOCK_LIMIT ((size_t)4 << 20) /* no tweet is that long */

struct text_blocks {
	FILE *stream;
	const char *path;
	enum text_unit unit;
	char *tail; /* [tail_length]: bytes read past the end of the last block */
	size_t tail_length, tail_capacity;
	size_t lines, n;
	bool at_end;
};

void text_block_release(struct text_block *block)
{
	free(block->data);
	*block = (struct text_block)TEXT_BLOCK_INIT;
}

struct text_blocks *text_blocks_open(const char *path, enum text_unit unit, struct err *err)
{
	struct text_blocks *blocks = calloc(1, sizeof(*blocks));

	if (!blocks) {
		err_set_memory(err);
		return NULL;
	}
	blocks->path = path;
	blocks->unit = unit;
	blocks->stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	if (blocks->stream)
		return blocks;
	err_set_errno(err, "open", path);
	text_blocks_close(blocks);
	return NULL;
}

void text_blocks_close(struct text_blocks *blocks)
{
	if (!blocks)
		return;
	if (blocks->stream && blocks->stream != stdin)
		fclose(blocks->stream);
	free(blocks->tail);
	free(blocks);
}

static bool blank(const char *line, size_t length)
{
	if (length && line[length - 1] == '\r')
		length--;
	while (length && (*line == ' ' || *line == '\t'))
		line++, length--;
	return length == 0;
}

/* Where the last record of the bytes ends; 0 when none does. */
static size_t last_end(enum text_unit unit, const char *data, size_t length)
{
	const char *newline = memrchr(data, '\n', length), *before;

	for (; newline; newline = before) {
		size_t start;

		before = memrchr(data, '\n', (size_t)(newline - data));
		start = before ? (size_t)(before - data) + 1 : 0;
		if (unit == TEXT_LINES || blank(data + start, (size_t)(newline - data) - start))
			return (size_t)(newline - data) + 1;
	}
	return 0;
}

/* How many of eight bytes are `c`: the high bit of each such byte is set, and these are summed. */
static size_t count_in_eight(uint64_t eight, unsigned char c)
{
	uint64_t ones = 0x0101010101010101u, low = 0x7f7f7f7f7f7f7f7fu, x = eight ^ ones * c;

	return (size_t)(((~(((x & low) + low) | x | low) >> 7) * ones) >> 56);
}

static size_t count_bytes(const char *data, size_t length, unsigned char c)
{
	size_t n = 0, at = 0;
	uint64_t eight;

	for (; length - at >= sizeof(eight); at += sizeof(eight)) {
		memcpy(&eight, data + at, sizeof(eight));
		n += count_in_eight(eight, c);
	}
	for (; at < length; at++)
		n += (unsigned char)data[at] == c;
	return n;
}

/* LF, CR LF and CR alone, as line_reader has them. The bytes end with the file or with LF. */
static size_t count_lines(const char *data, size_t length)
{
	const char *end = data + length, *cr = memchr(data, '\r', length);
	size_t n = count_bytes(data, length, '\n');

	for (; cr; cr = memchr(cr + 1, '\r', (size_t)(end - cr - 1)))
		n += cr + 1 == end || cr[1] != '\n';
	return n;
}

static int make_room(struct text_block *block, size_t capacity, struct err *err)
{
	char *grown;

	if (block->capacity >= capacity)
		return 0;
	grown = realloc(block->data, capacity);
	if (!grown)
		return err_set_memory(err);
	block->data = grown;
	block->capacity = capacity;
	return 0;
}

/* Read until the block is full or the file ends. */
static int fill(struct text_blocks *blocks, struct text_block *block, size_t *length, size_t size,
		struct err *err)
{
	if (make_room(block, size, err) < 0)
		return -1;
	while (*length < size && !blocks->at_end) {
		size_t got = fread(block->data + *length, 1, size - *length, blocks->stream);

		*length += got;
		if (got == 0 && ferror(blocks->stream))
			return err_set_errno(err, "read", blocks->path);
		blocks->at_end = got == 0;
	}
	return 0;
}

/* Keep what is behind the last record for the next block. */
static int keep_tail(struct text_blocks *blocks, const char *bytes, size_t length, struct err *err)
{
	if (blocks->tail_capacity < length) {
		char *grown = realloc(blocks->tail, length);

		if (!grown)
			return err_set_memory(err);
		blocks->tail = grown;
		blocks->tail_capacity = length;
	}
	if (length)
		memcpy(blocks->tail, bytes, length);
	blocks->tail_length = length;
	return 0;
}

static void give(struct text_blocks *blocks, struct text_block *block, size_t length, FILE *rest)
{
	block->piece = (struct text_piece){ blocks->path, block->data, length, blocks->lines,
					    rest };
	block->number = blocks->n++;
	if (!rest)
		blocks->lines += count_lines(block->data, length);
}

enum read_status text_blocks_next(struct text_blocks *blocks, struct text_block *block,
				  struct err *err)
{
	size_t length = blocks->tail_length, size = BLOCK, end;

	if (make_room(block, length > BLOCK ? length : BLOCK, err) < 0)
		return READ_FAIL;
	if (length)
		memcpy(block->data, blocks->tail, length);
	blocks->tail_length = 0;
	for (;; size *= 2) {
		if (fill(blocks, block, &length, size, err) < 0)
			return READ_FAIL;
		end = blocks->at_end ? length : last_end(blocks->unit, block->data, length);
		if (end)
			break;
		if (length == 0)
			return READ_EOF;
		if (size < BLOCK_LIMIT)
			continue;
		blocks->at_end = true;
		give(blocks, block, length, blocks->stream);
		return READ_OK;
	}
	if (keep_tail(blocks, block->data + end, length - end, err) < 0)
		return READ_FAIL;
	give(blocks, block, end, NULL);
	return READ_OK;
}
