/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/word_pieces.h"

#include "inference/text/unicode.h"
#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>

void word_pieces_release(struct word_pieces *pieces)
{
	subwords_release(&pieces->text);
	subwords_release(&pieces->alone);
	buf_release(&pieces->string);
	buf_release(&pieces->word);
	buf_release(&pieces->spelt);
	free(pieces->counts);
	*pieces = (struct word_pieces)WORD_PIECES_INIT;
}

/* A piece without its mark: those of RoBERTa, BERT and XLM-RoBERTa before it, in this order, and
 * XLM's behind it, whichever the model is. */
static const char *without_mark(const char *piece, size_t *length)
{
	static const char *const before[] = { "\xc4\xa0", "##", "\xe2\x96\x81" };
	static const char behind[] = "</w>";

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t size = strlen(before[i]);

		if (*length >= size && memcmp(piece, before[i], size) == 0) {
			piece += size;
			*length -= size;
		}
	}
	if (*length >= 4 && memcmp(piece + *length - 4, behind, 4) == 0)
		*length -= 4;
	return piece;
}

static void add_lower(struct buf *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t step = utf8_decode(text + at, length - at, &c);
		char bytes[4];

		at += step ? step : 1;
		buf_add(out, bytes, utf8_encode(unicode_lower(c), bytes));
		if (c == 0x130) /* the other half of its lower-case form */
			buf_add(out, "\xcc\x87", 2);
	}
}

static void add_piece(struct buf *out, const struct subwords *subwords, size_t number)
{
	size_t length = subwords->items[number].length;
	const char *text = without_mark(subword_text(subwords, number), &length);

	add_lower(out, text, length);
}

/* The text that the pieces of a word must add up to, in pieces->word. */
static int spell_word(struct word_pieces *pieces, const struct subword_tokenizer *tokenizer,
		      const char *word, struct err *err)
{
	subwords_clear(&pieces->alone);
	buf_clear(&pieces->word);
	if (subword_tokenizer_encode(tokenizer, word, strlen(word), &pieces->alone, err) < 0)
		return -1;
	for (size_t i = 0; i < pieces->alone.n; i++)
		add_piece(&pieces->word, &pieces->alone, i);
	return pieces->word.failed ? err_set_memory(err) : 0;
}

static int join(struct word_pieces *pieces, const struct subword_tokenizer *tokenizer,
		const char *const *words, size_t n, struct err *err)
{
	buf_clear(&pieces->string);
	subwords_clear(&pieces->text);
	pieces->n_words = 0;
	for (size_t i = 0; i < n; i++) {
		if (GROW(pieces->counts, pieces->n_words, pieces->capacity) < 0)
			return err_set_memory(err);
		pieces->counts[pieces->n_words++] = 0;
		buf_add_string(&pieces->string, i ? " " : "");
		buf_add_string(&pieces->string, words[i]);
	}
	if (pieces->string.failed)
		return err_set_memory(err);
	return subword_tokenizer_encode(tokenizer, pieces->string.data, pieces->string.length,
					&pieces->text, err);
}

/* Whether the word can begin with what is spelt so far. */
static bool can_begin(const struct word_pieces *pieces)
{
	return pieces->word.length >= pieces->spelt.length &&
	       memcmp(pieces->word.data, pieces->spelt.data, pieces->spelt.length) == 0;
}

static bool begins_text(const struct word_pieces *pieces, const struct subword_tokenizer *tokenizer)
{
	size_t length = pieces->text.items[0].length;
	const char *text = without_mark(subword_text(&pieces->text, 0), &length);

	return length == strlen(tokenizer->begin_text) &&
	       memcmp(text, tokenizer->begin_text, length) == 0;
}

int word_pieces_read(struct word_pieces *pieces, const struct subword_tokenizer *tokenizer,
		     const char *const *words, size_t n, struct err *err)
{
	size_t word = 0, i = 0;

	if (join(pieces, tokenizer, words, n, err) < 0)
		return -1;
	if (n == 0 || pieces->text.n == 0)
		return 0;
	if (spell_word(pieces, tokenizer, words[0], err) < 0)
		return -1;
	buf_clear(&pieces->spelt);
	for (i = begins_text(pieces, tokenizer); i < pieces->text.n; i++) {
		add_piece(&pieces->spelt, &pieces->text, i);
		if (pieces->spelt.failed)
			return err_set_memory(err);
		/* The word has no pieces, as BERT drops some characters: on to the next. */
		while (pieces->counts[word] == 0 && !can_begin(pieces)) {
			if (++word == n)
				return 0;
			if (spell_word(pieces, tokenizer, words[word], err) < 0)
				return -1;
		}
		pieces->counts[word]++;
		if (pieces->spelt.length != pieces->word.length || !can_begin(pieces))
			continue;
		if (++word == n)
			return 0;
		buf_clear(&pieces->spelt);
		if (spell_word(pieces, tokenizer, words[word], err) < 0)
			return -1;
	}
	return 0;
}
