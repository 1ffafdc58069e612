/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/load/load_priv.h"

#include "lib/base/utf8.h"
#include "preprocess/pieceless.h"

#include <string.h>

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
		if (n == 0 || pieceless_character(c))
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
