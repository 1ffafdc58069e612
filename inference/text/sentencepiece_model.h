/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at the bytes of a SentencePiece model before libsentencepiece gets them, which trusts some
 * of them: the table of its normaliser is a double-array trie that is walked without checks.
 *
 * The file is a protocol buffer: pieces (1) with text (1), score (2) and type (3); the trainer's
 * settings (2), of which the kind of model (3) must be unigram; normalisers (3, 5), whose table (2)
 * is the trie's size in bytes (uint32), its units (uint32 each) and the texts that its values are
 * offsets of, each ending with NUL.
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_SENTENCEPIECE_MODEL_H
#define TAGSIGHT_INFERENCE_TEXT_SENTENCEPIECE_MODEL_H

#include "lib/base/err.h"

#include <stddef.h>

#define SENTENCEPIECE_PIECES ((size_t)1 << 24) /* of a model, at most */

/* 0 when the library may have the bytes. */
int sentencepiece_model_check(const unsigned char *model, size_t size, struct err *err);

/* The table of a normaliser alone. */
int sentencepiece_table_check(const unsigned char *table, size_t size, struct err *err);

#endif
