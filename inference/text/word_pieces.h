/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a text that is taken apart as one string, and the pieces of each, given back by
 * comparing texts as flair does (embeddings.py, reconstruct_tokens_from_subtokens): a word's own
 * pieces, put together without their marks and lower-cased, are held against the text's pieces one
 * after another. A word that the text's pieces leave out has none; but a lone mark (XLM-RoBERTa's
 * blank before a word) goes to such a word when it comes next. A first piece that is the token that
 * begins a text belongs to no word, yet is not counted, so that all words then lie a piece early.
 *
 *	struct word_pieces pieces = WORD_PIECES_INIT;
 *	if (word_pieces_read(&pieces, &tokenizer, words, n, &err) < 0) ...
 *	word_pieces_release(&pieces);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_WORD_PIECES_H
#define TAGSIGHT_INFERENCE_TEXT_WORD_PIECES_H

#include "inference/text/subword_tokenizer.h"

#include <stddef.h>

struct word_pieces {
	struct subwords text; /* all pieces, without those around the text */
	size_t *counts;       /* [n_words], pieces of each word */
	size_t n_words, capacity;
	struct buf string, word, spelt; /* working memory */
	struct subwords alone;
};

#define WORD_PIECES_INIT                                                                           \
	{ SUBWORDS_INIT, NULL, 0, 0, BUF_INIT, BUF_INIT, BUF_INIT, SUBWORDS_INIT }

void word_pieces_release(struct word_pieces *pieces);

/* Take words apart that stand with a blank between each two. Where the original stops, as no word is
 * left that its next piece could begin, the words that are left have no pieces. Fails only when
 * memory is out. */
int word_pieces_read(struct word_pieces *pieces, const struct subword_tokenizer *tokenizer,
		     const char *const *words, size_t n, struct err *err);

#endif
