/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XLM-RoBERTa's tokenizer, equal to Hugging Face's XLMRobertaTokenizer (the Python one): a
 * SentencePiece unigram model (sentencepiece.bpe.model), whose numbers are moved by one to make room
 * for <s> 0, <pad> 1, </s> 2 and <unk> 3; <mask> is the last. These five spelt out in a text are
 * recognised first. The taking apart is done by libsentencepiece, which is optional when tagsight is
 * built: without it, a model is refused with an error that says so.
 *
 *	sentencepiece = sentencepiece_new(bytes, size, &err);
 *	if (sentencepiece_encode(sentencepiece, text, strlen(text), &subwords, &err) < 0) ...
 *	sentencepiece_free(sentencepiece);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_SENTENCEPIECE_H
#define TAGSIGHT_INFERENCE_TEXT_SENTENCEPIECE_H

#include "inference/text/subwords.h"

#include <stdbool.h>

#define SENTENCEPIECE_BEGIN 0   /* <s> */
#define SENTENCEPIECE_PAD 1     /* <pad> */
#define SENTENCEPIECE_END 2     /* </s> */
#define SENTENCEPIECE_UNKNOWN 3 /* <unk> */

struct sentencepiece;

/* Whether tagsight was built with the library. */
bool sentencepiece_is_there(void);

/* Load a model from its bytes, which need not outlive the result. NULL on failure. The result may
 * be shared between threads. */
struct sentencepiece *sentencepiece_new(const unsigned char *model, size_t size, struct err *err);
void sentencepiece_free(struct sentencepiece *sentencepiece);

/* Numbers that pieces can have: the rows of the encoder's table of words. */
size_t sentencepiece_size(const struct sentencepiece *sentencepiece);

/* Append the pieces of a text; invalid UTF-8 is dropped. Fails only when memory is out. */
int sentencepiece_encode(const struct sentencepiece *sentencepiece, const char *text, size_t length,
			 struct subwords *out, struct err *err);

#endif
