/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SentencePiece models made by the test that uses them.
 *
 *	struct buf model = BUF_INIT;
 *	small_model_piece(&model, "\xe2\x96\x81" "a", -1, 1);
 */
#ifndef TAGSIGHT_TESTS_UNIT_SMALL_SENTENCEPIECE_H
#define TAGSIGHT_TESTS_UNIT_SMALL_SENTENCEPIECE_H

#include "lib/base/buf.h"

#include <string.h>

enum { PIECE_NORMAL = 1, PIECE_UNKNOWN = 2, PIECE_CONTROL = 3 };

/* A field of a protocol buffer that holds bytes; at most 127 of them. */
static inline void small_model_field(struct buf *out, unsigned number, const void *bytes, size_t length)
{
	buf_add_char(out, (char)(number << 3 | 2));
	buf_add_char(out, (char)length);
	buf_add(out, bytes, length);
}

static inline void small_model_piece(struct buf *model, const char *text, float score, int type)
{
	struct buf piece = BUF_INIT;

	small_model_field(&piece, 1, text, strlen(text));
	buf_add_char(&piece, 2 << 3 | 5);
	buf_add(&piece, &score, sizeof(score));
	buf_add_char(&piece, 3 << 3);
	buf_add_char(&piece, (char)type);
	small_model_field(model, 1, piece.data, piece.length);
	buf_release(&piece);
}

/* <unk>, <s>, </s>, then the pieces, which end with NULL, each rarer than the one before. */
static inline void small_model(struct buf *model, const char *const *pieces)
{
	small_model_piece(model, "<unk>", 0, PIECE_UNKNOWN);
	small_model_piece(model, "<s>", 0, PIECE_CONTROL);
	small_model_piece(model, "</s>", 0, PIECE_CONTROL);
	for (int i = 0; pieces[i]; i++)
		small_model_piece(model, pieces[i], (float)(-1 - i), PIECE_NORMAL);
}

#endif
