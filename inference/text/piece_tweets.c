/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/piece_tweets.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

void piece_tweets_release(struct piece_tweets *tweets)
{
	pieces_release(&tweets->pieces);
	free(tweets->starts);
	free(tweets->first);
	*tweets = (struct piece_tweets)PIECE_TWEETS_INIT;
}

void piece_tweets_clear(struct piece_tweets *tweets)
{
	tweets->pieces.n = 0;
	tweets->n_tweets = 0;
	tweets->n_words = 0;
}

static int add_word(struct piece_tweets *tweets, const struct piece_rules *rules, size_t end,
		    const char *word, struct err *err)
{
	size_t first = tweets->pieces.n;

	if (GROW(tweets->first, tweets->n_words, tweets->first_capacity) < 0)
		return err_set_memory(err);
	if (first < end && wordpiece_encode(rules->wordpiece, word, strlen(word), &tweets->pieces, err) < 0)
		return -1;
	tweets->first[tweets->n_words++] = tweets->pieces.n > first ? first : PIECE_NONE;
	if (tweets->pieces.n > end)
		tweets->pieces.n = end;
	return 0;
}

int piece_tweets_add(struct piece_tweets *tweets, const struct piece_rules *rules,
		     const struct sentence *sentence, struct err *err)
{
	size_t start = tweets->pieces.n, end = start + rules->limit - 1;

	/* Two more than are in use: the tweet's start and the end of all. */
	if (GROW(tweets->starts, tweets->n_tweets + 1, tweets->starts_capacity) < 0)
		return err_set_memory(err);
	tweets->starts[tweets->n_tweets] = start;
	if (pieces_add(&tweets->pieces, rules->cls, err) < 0)
		return -1;
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (add_word(tweets, rules, end, sentence->tokens[i].word, err) < 0)
			return -1;
	if (pieces_add(&tweets->pieces, rules->sep, err) < 0)
		return -1;
	tweets->starts[++tweets->n_tweets] = tweets->pieces.n;
	return 0;
}
