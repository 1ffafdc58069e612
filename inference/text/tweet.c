/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/tweet.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_url(const char *word)
{
	return strncasecmp(word, "http", 4) == 0;
}

enum word_case word_case(const char *word)
{
	size_t length = strlen(word), characters = 0, letters = 0, capitals = 0;
	bool first_is_capital = false;

	if (is_url(word))
		return CASE_URL;
	for (size_t at = 0; at < length; characters++) {
		uint32_t c;
		size_t step = utf8_decode(word + at, length - at, &c);

		at += step ? step : 1;
		if (!unicode_is_letter(c))
			continue;
		if (unicode_is_capital(c)) {
			first_is_capital = first_is_capital || letters == 0;
			capitals++;
		}
		letters++;
	}
	if (characters > 1 && (word[0] == '@' || word[0] == '#'))
		return word[0] == '@' ? CASE_MENTION : CASE_HASHTAG;
	if (letters == 0)
		return CASE_NO_LETTERS;
	if (capitals == 0)
		return CASE_LOWER;
	if (capitals == letters)
		return letters == 1 ? CASE_SINGLE_CAPITAL : CASE_ALL_CAPITALS;
	return first_is_capital && capitals == 1 ? CASE_CAPITALISED : CASE_MIXED;
}

void tweet_release(struct tweet_pieces *tweets)
{
	pieces_release(&tweets->pieces);
	pieces_release(&tweets->word);
	free(tweets->cases);
	free(tweets->starts);
	free(tweets->first);
	*tweets = (struct tweet_pieces)TWEET_PIECES_INIT;
}

void tweet_clear(struct tweet_pieces *tweets)
{
	tweets->pieces.n = 0;
	tweets->n_sequences = 0;
	tweets->n_words = 0;
}

static int add_piece(struct tweet_pieces *tweets, int id, enum word_case class, struct err *err)
{
	if (GROW(tweets->cases, tweets->pieces.n, tweets->cases_capacity) < 0)
		return err_set_memory(err);
	tweets->cases[tweets->pieces.n] = (unsigned char)class;
	return pieces_add(&tweets->pieces, id, err);
}

static int begin_sequence(struct tweet_pieces *tweets, const struct tweet_rules *rules,
			  struct err *err)
{
	/* Two more than are in use: the sequence's start and the end of all. */
	if (GROW(tweets->starts, tweets->n_sequences + 1, tweets->starts_capacity) < 0)
		return err_set_memory(err);
	tweets->starts[tweets->n_sequences++] = tweets->pieces.n;
	return add_piece(tweets, rules->cls, CASE_SPECIAL, err);
}

static int end_sequence(struct tweet_pieces *tweets, const struct tweet_rules *rules,
			struct err *err)
{
	int rc = add_piece(tweets, rules->sep, CASE_SPECIAL, err);

	tweets->starts[tweets->n_sequences] = tweets->pieces.n;
	return rc;
}

/* The pieces of one word in tweets->word: at least one, at most the limit. */
static int cut_word(struct tweet_pieces *tweets, const struct tweet_rules *rules, const char *word,
		    struct err *err)
{
	struct pieces *pieces = &tweets->word;

	pieces->n = 0;
	if (is_url(word))
		word = "http";
	if (wordpiece_encode(rules->wordpiece, word, strlen(word), pieces, err) < 0)
		return -1;
	if (pieces->n > rules->word_limit)
		pieces->n = rules->word_limit;
	return pieces->n ? 0 : pieces_add(pieces, rules->unknown, err);
}

static int add_word(struct tweet_pieces *tweets, const char *word, struct err *err)
{
	enum word_case class = word_case(word);

	if (GROW(tweets->first, tweets->n_words, tweets->first_capacity) < 0)
		return err_set_memory(err);
	tweets->first[tweets->n_words++] = tweets->pieces.n;
	for (size_t i = 0; i < tweets->word.n; i++)
		if (add_piece(tweets, tweets->word.ids[i], class, err) < 0)
			return -1;
	return 0;
}

/* Whether a sequence that is open has no room for the word that was cut, and for [SEP]. */
static bool is_full(const struct tweet_pieces *tweets, const struct tweet_rules *rules)
{
	size_t used = tweets->pieces.n - tweets->starts[tweets->n_sequences - 1];

	return used + tweets->word.n + 1 > rules->sequence_limit;
}

int tweet_add(struct tweet_pieces *tweets, const struct tweet_rules *rules,
	      const struct sentence *sentence, struct err *err)
{
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const char *word = sentence->tokens[i].word;
		bool full;

		if (cut_word(tweets, rules, word, err) < 0)
			return -1;
		full = i > 0 && is_full(tweets, rules);
		if (full && end_sequence(tweets, rules, err) < 0)
			return -1;
		if ((i == 0 || full) && begin_sequence(tweets, rules, err) < 0)
			return -1;
		if (add_word(tweets, word, err) < 0)
			return -1;
	}
	return sentence->n_tokens ? end_sequence(tweets, rules, err) : 0;
}
