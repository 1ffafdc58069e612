/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/rpbert_words.h"

#include "lib/base/utf8.h"

#include <string.h>

#define UNKNOWN "[UNK]"
#define SHORT_LINK "http://t.co/"

/* U+FE0F, U+200D, U+200B, U+0092. */
static const char *const lone_joiners[] = { "\xef\xb8\x8f", "\xe2\x80\x8d", "\xe2\x80\x8b", "\xc2\x92" };

/* What Python's isspace() takes. */
static bool is_blank(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0x2028 ||
	       c == 0x2029 || (c >= 0x80 && unicode_is_space(c));
}

static bool is_all_blank(const char *word)
{
	size_t length = strlen(word), n;
	uint32_t c;

	for (size_t at = 0; at < length; at += n) {
		n = utf8_decode(word + at, length - at, &c);
		if (n == 0 || !is_blank(c))
			return false;
	}
	return true;
}

/* Whether a NUL stands among the first bytes of a word: it leaves out those that its line shows. */
static bool has_nul(const struct token *token, size_t bytes)
{
	size_t n = token->line_length < bytes ? token->line_length : bytes;
	const char *tab = n ? memchr(token->line, '\t', n) : NULL;

	return n && memchr(token->line, '\0', tab ? (size_t)(tab - token->line) : n);
}

static bool is_unknown(const struct token *token)
{
	if (strncmp(token->word, SHORT_LINK, strlen(SHORT_LINK)) == 0)
		return !has_nul(token, strlen(SHORT_LINK));
	if (has_nul(token, SIZE_MAX))
		return false;
	for (size_t i = 0; i < sizeof(lone_joiners) / sizeof(*lone_joiners); i++)
		if (strcmp(token->word, lone_joiners[i]) == 0)
			return true;
	return is_all_blank(token->word);
}


/* Whether a word's first piece stands at its beginning: its first character is none that is dropped. */
static int find_beginning(struct piece_text *text, const struct wordpiece *wordpiece,
			  const struct token *token, bool *begins, struct err *err)
{
	uint32_t c;
	size_t n = *token->word ? utf8_decode(token->word, strlen(token->word), &c) : 0;

	text->word.n = 0;
	if (n && !has_nul(token, 1) &&
	    wordpiece_encode(wordpiece, token->word, n, &text->word, err) < 0)
		return -1;
	*begins = text->word.n > 0;
	return 0;
}

/* Append a word; *wrong says what is wrong with it, or is NULL. The first piece of a tweet begins a word
 * wherever it stands. */
static int add_word(struct piece_text *text, const struct wordpiece *wordpiece,
		    const struct token *token, bool first, const char **wrong, struct err *err)
{
	size_t before = text->pieces.n;
	bool begins = true;

	*wrong = NULL;
	if (is_unknown(token))
		return piece_text_add_word(text, wordpiece, UNKNOWN, SIZE_MAX, err);
	if (piece_text_add_word(text, wordpiece, token->word, SIZE_MAX, err) < 0 ||
	    (!first && find_beginning(text, wordpiece, token, &begins, err) < 0))
		return -1;
	if (text->pieces.n == before)
		*wrong = "has no word pieces: take it out";
	else if (!begins)
		*wrong = "begins with a character that has no word piece: take that one out";
	return 0;
}

int rpbert_add_words(struct piece_text *text, const struct piece_rules *rules, size_t limit,
		     const struct sentence *sentence, struct arena *arena, const char **fault,
		     struct err *err)
{
	char shown[UTF8_SHOWN];
	const char *wrong;

	if (piece_text_begin(text, rules->cls, err) < 0)
		return -1;
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];

		if (add_word(text, rules->wordpiece, token, i == 0, &wrong, err) < 0)
			return -1;
		if (!wrong)
			continue;
		*fault = arena_format(arena, "word %zu, '%s', %s", i + 1,
				      utf8_show(*token->word ? token->word : "U+0000", shown), wrong);
		return *fault ? 0 : err_set_memory(err);
	}
	if (piece_text_end(text, rules->sep, err) < 0)
		return -1;
	if (piece_text_length(text) <= limit)
		return 0;
	*fault = arena_format(arena, "it has %zu word pieces, of which the model reads at most %zu",
			      piece_text_length(text), limit);
	return *fault ? 0 : err_set_memory(err);
}

int rpbert_add_text(struct piece_text *text, const struct piece_rules *rules,
		    const struct sentence *sentence, struct err *err)
{
	const struct piece_rules uncut = { rules->wordpiece, rules->cls, rules->sep, SIZE_MAX / 2 };

	return piece_text_add_tweet(text, &uncut, sentence, err);
}
