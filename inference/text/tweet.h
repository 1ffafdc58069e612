/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tweets as the tagger reads them: the pieces of each word, a class for how the word is written, cut
 * into sequences that fit the encoder. The rules are in inference/models/README.md.
 *
 *	struct piece_text text = PIECE_TEXT_INIT;
 *	if (tweet_add(&text, &rules, sentence, &err) < 0) ...
 *	piece_text_release(&text);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_TWEET_H
#define TAGSIGHT_INFERENCE_TEXT_TWEET_H

#include "inference/text/piece_text.h"

#include <stddef.h>

/* How a word is written; the row of the encoder's case table. */
enum word_case {
	CASE_SPECIAL,
	CASE_NO_LETTERS,
	CASE_LOWER,
	CASE_CAPITALISED,
	CASE_ALL_CAPITALS,
	CASE_MIXED,
	CASE_MENTION,
	CASE_HASHTAG,
	CASE_URL,
	CASE_SINGLE_CAPITAL,
	WORD_CASES
};

enum word_case word_case(const char *word);

struct tweet_rules {
	const struct wordpiece *wordpiece;
	int cls, sep, unknown;  /* ids */
	size_t word_limit;      /* pieces kept of a word */
	size_t sequence_limit;  /* pieces of a sequence, [CLS] and [SEP] included; above word_limit + 1 */
};

/* Append one tweet: each word is an anchor, each piece has its case. A tweet always starts a new
 * sequence, one without words has none. Fails only when memory is out. */
int tweet_add(struct piece_text *text, const struct tweet_rules *rules,
	      const struct sentence *sentence, struct err *err);

#endif
