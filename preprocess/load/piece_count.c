/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/load/load_priv.h"

#include "lib/base/utf8.h"

#include <string.h>
#include <utf8proc.h>

/* Dropped by the tokenizer: controls, what is not assigned, blanks, and marks, which go with accents. */
static bool leaves_nothing(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_MN:
		return true;
	default:
		return c == 0xfffd;
	}
}

static bool is_ascii_punctuation(uint32_t c)
{
	return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) ||
	       (c >= 123 && c <= 126);
}

/* A special token in a word, "[SEP]" or one that a loader added, is one piece, brackets and all. */
static bool may_hold_special(const char *word, size_t length)
{
	return memchr(word, '[', length) || memchr(word, '<', length);
}

static size_t least_pieces(const char *word, size_t length)
{
	bool in_run = false, special = may_hold_special(word, length);
	size_t pieces = 0;
	uint32_t c;

	for (size_t at = 0; at < length;) {
		size_t n = utf8_decode(word + at, length - at, &c);
		bool alone = is_ascii_punctuation(c);

		at += n ? n : 1;
		if (n == 0 || leaves_nothing(c))
			continue;
		pieces += alone || !in_run;
		in_run = !alone;
	}
	return special && pieces ? 1 : pieces;
}

size_t load_pieces(const struct load *load, const char *word, size_t length)
{
	const struct piece_counter *counter = load->options->pieces;

	return counter ? counter->count(counter, word, length) : least_pieces(word, length);
}
