/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text file in blocks of whole records, so that several threads can read one file: each block is
 * a piece whose first line starts a record. Blocks are cut behind a line, or behind a blank line; the
 * same file always gives the same blocks.
 *
 *	struct text_block block = TEXT_BLOCK_INIT;
 *	while ((status = text_blocks_next(blocks, &block, &err)) == READ_OK)
 *		reader = conll_open_piece(&block.piece, &err) ...
 *	text_block_release(&block);
 */
#ifndef TAGSIGHT_FORMATS_TEXT_BLOCKS_H
#define TAGSIGHT_FORMATS_TEXT_BLOCKS_H

#include "lib/base/err.h"
#include "lib/formats/line_reader.h"

#include <stddef.h>

enum text_unit { TEXT_LINES, TEXT_PARAGRAPHS };

struct text_block {
	struct text_piece piece;
	size_t number; /* of the block, from 0 */
	char *data;    /* [capacity]: where the piece's bytes are; kept for the next block */
	size_t capacity;
};

#define TEXT_BLOCK_INIT { { NULL, NULL, 0, 0, NULL }, 0, NULL, 0 }

void text_block_release(struct text_block *block);

struct text_blocks;

/* Open `path` ("-" is standard input), which must outlive the blocks; NULL on failure. */
struct text_blocks *text_blocks_open(const char *path, enum text_unit unit, struct err *err);
void text_blocks_close(struct text_blocks *blocks);

/* The next block, at least one for a file with any bytes. Where no record ends within some megabytes,
 * the block is the last and its piece has a rest, which reads on from the file itself: it is to be
 * used before text_blocks_close(). READ_OK, READ_EOF or READ_FAIL. */
enum read_status text_blocks_next(struct text_blocks *blocks, struct text_block *block,
				  struct err *err);

#endif
