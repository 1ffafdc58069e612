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

/* The case of the last piece. */
static int note_case(struct piece_text *text, enum word_case class, struct err *err)
{
	if (GROW(text->cases, text->pieces.n - 1, text->cases_capacity) < 0)
		return err_set_memory(err);
	text->cases[text->pieces.n - 1] = (unsigned char)class;
	return 0;
}

static int begin_sequence(struct piece_text *text, const struct tweet_rules *rules, struct err *err)
{
	if (piece_text_begin(text, rules->cls, err) < 0)
		return -1;
	return note_case(text, CASE_SPECIAL, err);
}

static int end_sequence(struct piece_text *text, const struct tweet_rules *rules, struct err *err)
{
	if (piece_text_end(text, rules->sep, err) < 0)
		return -1;
	return note_case(text, CASE_SPECIAL, err);
}

/* The pieces of one word in text->word: at least one, at most the limit. */
static int cut_word(struct piece_text *text, const struct tweet_rules *rules, const char *word,
		    struct err *err)
{
	struct pieces *pieces = &text->word;

	pieces->n = 0;
	if (is_url(word))
		word = "http";
	if (wordpiece_encode(rules->wordpiece, word, strlen(word), pieces, err) < 0)
		return -1;
	if (pieces->n > rules->word_limit)
		pieces->n = rules->word_limit;
	return pieces->n ? 0 : pieces_add(pieces, rules->unknown, err);
}

static int add_word(struct piece_text *text, const char *word, struct err *err)
{
	enum word_case class = word_case(word);

	if (piece_text_anchor(text, text->pieces.n, err) < 0)
		return -1;
	for (size_t i = 0; i < text->word.n; i++)
		if (pieces_add(&text->pieces, text->word.ids[i], err) < 0 ||
		    note_case(text, class, err) < 0)
			return -1;
	return 0;
}

/* Whether a sequence that is open has no room for the word that was cut, and for [SEP]. */
static bool is_full(const struct piece_text *text, const struct tweet_rules *rules)
{
	return piece_text_length(text) + text->word.n + 1 > rules->sequence_limit;
}

int tweet_add(struct piece_text *text, const struct tweet_rules *rules,
	      const struct sentence *sentence, struct err *err)
{
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const char *word = sentence->tokens[i].word;
		bool full;

		if (cut_word(text, rules, word, err) < 0)
			return -1;
		full = i > 0 && is_full(text, rules);
		if (full && end_sequence(text, rules, err) < 0)
			return -1;
		if ((i == 0 || full) && begin_sequence(text, rules, err) < 0)
			return -1;
		if (add_word(text, word, err) < 0)
			return -1;
	}
	return sentence->n_tokens ? end_sequence(text, rules, err) : 0;
}
