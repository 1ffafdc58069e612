/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/context_text.h"

#include "inference/text/unicode.h"
#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdbool.h>
#include <string.h>

#define LEAST_ROOM 10    /* with less left, no further context is looked at */
#define MOST_CONTEXTS 1999

/* White space of Python's str.split() and of \s. */
static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f) || c == 0x85 ||
	       c == 0x2028 || c == 0x2029 || (c >= 0x80 && unicode_is_space(c));
}

/* str.isprintable() of one character. */
static bool is_printable(uint32_t c)
{
	return c == ' ' || !(is_space(c) || unicode_is_other(c));
}

/* The character at `text`; invalid bytes are passed over. */
static size_t next_character(const char *text, size_t length, uint32_t *c)
{
	size_t step = utf8_decode(text, length, c);

	if (step)
		return step;
	*c = 0;
	return 1;
}

const char *context_first_field(const char *word, struct arena *arena)
{
	size_t length = strlen(word), start = 0, at = 0;

	while (at < length) {
		uint32_t c;
		size_t step = next_character(word + at, length - at, &c);

		if (is_space(c) && at > start)
			return arena_string(arena, word + start, at - start);
		at += step;
		if (is_space(c))
			start = at;
	}
	return word + start;
}

/* What is being joined. */
struct joining {
	const struct context_rules *rules;
	struct context_text *out;
	struct arena *arena;
	struct subwords pieces; /* of one context */
	struct buf text;
	size_t used; /* pieces so far */
};

static int add_word(struct joining *joining, const char *word)
{
	struct context_text *out = joining->out;

	if (out->n == out->capacity) {
		size_t capacity = out->capacity ? 2 * out->capacity : 64;
		const char **words = arena_alloc(joining->arena, capacity, sizeof(*words));

		if (!words)
			return -1;
		if (out->n)
			memcpy(words, out->words, out->n * sizeof(*words));
		out->words = words;
		out->capacity = capacity;
	}
	out->words[out->n++] = word;
	return word ? 0 : -1;
}

/* Pieces of joining->text. */
static int count_pieces(struct joining *joining, size_t *n, struct err *err)
{
	subwords_clear(&joining->pieces);
	if (joining->text.failed)
		return err_set_memory(err);
	if (subword_tokenizer_encode(joining->rules->tokenizer, joining->text.data,
				     joining->text.length, &joining->pieces, err) < 0)
		return -1;
	*n = joining->pieces.n;
	return 0;
}

/* The printable characters with one blank between words; returns the number of words. */
static size_t clean(struct buf *out, const char *context)
{
	size_t length = strlen(context), words = 0;
	bool inside = false;

	buf_clear(out);
	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t step = next_character(context + at, length - at, &c);

		if (c == ' ') {
			inside = false;
		} else if (is_printable(c)) {
			if (!inside && words++)
				buf_add_char(out, ' ');
			buf_add(out, context + at, step);
			inside = true;
		}
		at += step;
	}
	return words;
}

/* The words of joining->text, after the separator if they are the first. */
static int add_context(struct joining *joining, size_t n_tweet, struct err *err)
{
	const char *at = joining->text.data;

	if (*at && joining->out->n == n_tweet && add_word(joining, CONTEXT_SEPARATOR) < 0)
		return err_set_memory(err);
	while (*at) {
		size_t length = strcspn(at, " ");

		if (add_word(joining, arena_string(joining->arena, at, length)) < 0)
			return err_set_memory(err);
		at += length + (at[length] != '\0');
	}
	return 0;
}

/* 1: there may be room for more, 0: there is none, -1: memory is out. */
static int join_context(struct joining *joining, const char *context, size_t n_tweet,
			struct err *err)
{
	size_t limit = joining->rules->limit, n_words, n_pieces, before = joining->out->n;

	if (joining->used + LEAST_ROOM > limit)
		return 0;
	n_words = clean(&joining->text, context);
	if (count_pieces(joining, &n_pieces, err) < 0)
		return -1;
	if (n_pieces + joining->used + 1 > limit)
		return 1;
	joining->used += n_pieces;
	/* Words without pieces may be more than the pieces. */
	if (n_words + before + (before == n_tweet) > limit)
		return 0;
	return add_context(joining, n_tweet, err) < 0 ? -1 : 1;
}

static int join_all(struct joining *joining, const char *const *tweet, size_t n_tweet,
		    const char *const *contexts, size_t n_contexts, struct err *err)
{
	int more = 1;

	for (size_t i = 0; i < n_tweet; i++) {
		if (add_word(joining, tweet[i]) < 0)
			return err_set_memory(err);
		buf_add_string(&joining->text, i ? " " : "");
		buf_add_string(&joining->text, tweet[i]);
	}
	if (n_contexts == 0)
		return 0;
	if (count_pieces(joining, &joining->used, err) < 0)
		return -1;
	for (size_t i = 0; i < n_contexts && i < MOST_CONTEXTS && more > 0; i++)
		more = join_context(joining, contexts[i], n_tweet, err);
	return more < 0 ? -1 : 0;
}

int context_join(const struct context_rules *rules, const char *const *tweet, size_t n_tweet,
		 const char *const *contexts, size_t n_contexts, struct context_text *out,
		 struct arena *arena, struct err *err)
{
	struct joining joining = { rules, out, arena, SUBWORDS_INIT, BUF_INIT, 0 };
	int rc;

	*out = (struct context_text){ NULL, 0, 0 };
	rc = join_all(&joining, tweet, n_tweet, contexts, n_contexts, err);
	subwords_release(&joining.pieces);
	buf_release(&joining.text);
	return rc;
}
