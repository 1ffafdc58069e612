/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/overlap/tweet_key.h"

#include "lib/base/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#define REPEATS 2 /* times that a letter may stand in a row */

void tweet_key_exact(const char *const *words, size_t n, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(out, ' ');
		buf_add_string(out, words[i]);
	}
}

static bool starts(const char *word, const char *prefix)
{
	return strncasecmp(word, prefix, strlen(prefix)) == 0;
}

static bool left_out(const char *word)
{
	return *word == '@' || starts(word, "http") || starts(word, "www.") ||
	       starts(word, "pic.twitter.com") || strcasecmp(word, "rt") == 0;
}

/* Some releases cut signs off words: "@ name", "http://t. co/x". */
static bool goes_on_with(const char *word)
{
	size_t length = strlen(word);

	return strcmp(word, "@") == 0 || (starts(word, "http") && word[length - 1] == '.');
}

/* Bytes of the HTML entity at `text`; 0 when there is none. A release may have cut its semicolon off. */
static size_t entity_length(const char *text)
{
	static const char *const names[] = { "&amp", "&lt", "&gt", "&quot", "&#39" };

	for (size_t i = 0; *text == '&' && i < sizeof(names) / sizeof(*names); i++) {
		size_t length = strlen(names[i]);

		if (starts(text, names[i]) && !isalnum((unsigned char)text[length]))
			return length + (text[length] == ';');
	}
	return 0;
}

/* The characters that were added last, and how many there are in all. */
struct tail {
	uint32_t last;
	size_t in_row, n;
};

static void add_character(struct buf *out, struct tail *tail, uint32_t c, bool letter)
{
	char bytes[4];

	tail->in_row = c == tail->last ? tail->in_row + 1 : 1;
	tail->last = c;
	if (letter && tail->in_row > REPEATS)
		return;
	buf_add(out, bytes, utf8_encode(c, bytes));
	tail->n++;
}

static bool is_letter(int category)
{
	return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

static bool is_number(int category)
{
	return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

static void add_ascii(struct buf *out, struct tail *tail, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		int c = (unsigned char)text[i];

		if (isalpha(c))
			add_character(out, tail, (uint32_t)tolower(c), true);
		else if (isdigit(c))
			add_character(out, tail, (uint32_t)c, false);
	}
}

/* Text of other scripts, or with signs that are letters in disguise; invalid bytes are stepped over. */
static void add_folded(struct buf *out, struct tail *tail, const char *text, size_t length)
{
	utf8proc_int32_t folded[32];

	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t n = utf8_decode(text + at, length - at, &c);
		utf8proc_ssize_t count = 0;

		if (n)
			count = utf8proc_decompose_char((utf8proc_int32_t)c, folded, 32,
							UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
								UTF8PROC_CASEFOLD,
							NULL);
		for (utf8proc_ssize_t i = 0; i < count && i < 32; i++) {
			int category = utf8proc_category(folded[i]);

			if (is_letter(category) || is_number(category))
				add_character(out, tail, (uint32_t)folded[i], is_letter(category));
		}
		at += n ? n : 1;
	}
}

static bool is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

static void add_part(struct buf *out, struct tail *tail, const char *text, size_t length)
{
	if (is_ascii(text, length))
		add_ascii(out, tail, text, length);
	else
		add_folded(out, tail, text, length);
}

/* A word without the link that is glued to its end, and without entities. */
static void add_word(struct buf *out, struct tail *tail, const char *word)
{
	const char *link = strstr(word, "http://"), *end;

	if (!link)
		link = strstr(word, "https://");
	end = link ? link : word + strlen(word);
	while (word < end) {
		const char *mark = memchr(word, '&', (size_t)(end - word));
		size_t entity = mark ? entity_length(mark) : 0;
		const char *stop = entity ? mark : mark ? mark + 1 : end;

		add_part(out, tail, word, (size_t)(stop - word));
		word = stop + entity;
	}
}

size_t tweet_key_normalised(const char *const *words, size_t n, struct buf *out)
{
	struct tail tail = { 0, 0, 0 };

	buf_clear(out);
	for (size_t i = 0; i < n; i++)
		if (!left_out(words[i]) && !(i && goes_on_with(words[i - 1])))
			add_word(out, &tail, words[i]);
	return tail.n;
}

static size_t add_lower(struct buf *out, const char *word)
{
	size_t length = strlen(word), count = 0;
	uint32_t c;

	for (size_t at = 0; at < length;) {
		size_t n = utf8_decode(word + at, length - at, &c);
		utf8proc_int32_t lower = utf8proc_tolower((utf8proc_int32_t)c);
		int category = n ? utf8proc_category(lower) : 0;
		char bytes[4];

		if (is_letter(category) || is_number(category)) {
			buf_add(out, bytes, utf8_encode((uint32_t)lower, bytes));
			count++;
		}
		at += n ? n : 1;
	}
	return count;
}

size_t tweet_key_loose(const char *const *words, size_t n, struct buf *out)
{
	size_t count = 0;

	buf_clear(out);
	for (size_t i = 0; i < n; i++)
		if (*words[i] != '@' && !starts(words[i], "http") && strcasecmp(words[i], "rt") != 0)
			count += add_lower(out, words[i]);
	return count;
}
