/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tweets as the tagger reads them: the pieces of each word, a class for how the word is written, cut
 * into sequences that fit the encoder. The rules are in inference/models/README.md.
 *
 *	struct tweet_pieces tweets = TWEET_PIECES_INIT;
 *	if (tweet_add(&tweets, &rules, sentence, &err) < 0) ...
 *	tweet_release(&tweets);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_TWEET_H
#define TAGSIGHT_INFERENCE_TEXT_TWEET_H

#include "inference/text/wordpiece.h"
#include "lib/corpus/sentence.h"

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

/* Several tweets one after another. */
struct tweet_pieces {
	struct pieces pieces;     /* ids of all sequences */
	unsigned char *cases;     /* [pieces.n], enum word_case */
	size_t cases_capacity;
	size_t *starts;           /* [n_sequences + 1], the first piece of each sequence */
	size_t n_sequences, starts_capacity;
	size_t *first;            /* [n_words], the first piece of each word */
	size_t n_words, first_capacity;
	struct pieces word;       /* working memory */
};

#define TWEET_PIECES_INIT                                                                          \
	{ PIECES_INIT, NULL, 0, NULL, 0, 0, NULL, 0, 0, PIECES_INIT }

void tweet_release(struct tweet_pieces *tweets);

/* Forget the tweets, keep the memory. */
void tweet_clear(struct tweet_pieces *tweets);

/* Append one tweet. A tweet always starts a new sequence, one without words has none. */
int tweet_add(struct tweet_pieces *tweets, const struct tweet_rules *rules,
	      const struct sentence *sentence, struct err *err);

#endif
