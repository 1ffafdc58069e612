/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BERT's or XLM-RoBERTa's tokenizer for those who read both, of the bytes of a vocab.txt or of a
 * sentencepiece.bpe.model.
 *
 *	if (subword_tokenizer_open(&tokenizer, text, size, xlm_roberta, &err) < 0) ...
 *	subword_tokenizer_encode(&tokenizer, text, length, &subwords, &err);
 *	subword_tokenizer_close(&tokenizer);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_SUBWORD_TOKENIZER_H
#define TAGSIGHT_INFERENCE_TEXT_SUBWORD_TOKENIZER_H

#include "inference/text/sentencepiece.h"
#include "inference/text/wordpiece.h"

struct subword_tokenizer {
	struct wordpiece *wordpiece; /* one of the two is NULL */
	struct sentencepiece *sentencepiece;
	size_t size; /* numbers that pieces can have */
	int begin, end; /* of what stands around each text: [CLS] and [SEP], or <s> and </s> */
	const char *begin_text, *end_text;
};

/* The text outlives the tokenizer, which may be shared between threads. On failure there is nothing to
 * close. */
int subword_tokenizer_open(struct subword_tokenizer *tokenizer, const char *text, size_t size,
			   bool xlm_roberta, struct err *err);
void subword_tokenizer_close(struct subword_tokenizer *tokenizer);

/* Append the pieces of a text. Fails only when memory is out. */
int subword_tokenizer_encode(const struct subword_tokenizer *tokenizer, const char *text,
			     size_t length, struct subwords *out, struct err *err);

#endif
