/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tweets as systems with a label for each piece read them: [CLS], the pieces of all words, [SEP],
 * cut off behind the most pieces that the system takes.
 *
 *	struct piece_tweets tweets = PIECE_TWEETS_INIT;
 *	if (piece_tweets_add(&tweets, &rules, sentence, &err) < 0) ...
 *	piece_tweets_release(&tweets);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_PIECE_TWEETS_H
#define TAGSIGHT_INFERENCE_TEXT_PIECE_TWEETS_H

#include "inference/text/wordpiece.h"
#include "lib/corpus/sentence.h"

#include <stddef.h>
#include <stdint.h>

/* The first piece of a word that was cut off or has no pieces. */
#define PIECE_NONE SIZE_MAX

struct piece_rules {
	const struct wordpiece *wordpiece;
	int cls, sep; /* ids */
	size_t limit; /* pieces of a tweet, [CLS] and [SEP] included; at least 2 */
};

struct piece_tweets {
	struct pieces pieces; /* ids of all tweets */
	size_t *starts;       /* [n_tweets + 1], the first piece of each tweet; NULL before the first */
	size_t n_tweets, starts_capacity;
	size_t *first;        /* [n_words], the first piece of each word among all, or PIECE_NONE */
	size_t n_words, first_capacity;
};

#define PIECE_TWEETS_INIT { PIECES_INIT, NULL, 0, 0, NULL, 0, 0 }

void piece_tweets_release(struct piece_tweets *tweets);

/* Forget the tweets, keep the memory. */
void piece_tweets_clear(struct piece_tweets *tweets);

/* Append one tweet. Fails only when memory is out. */
int piece_tweets_add(struct piece_tweets *tweets, const struct piece_rules *rules,
		     const struct sentence *sentence, struct err *err);

#endif
