/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Noun phrases of a tweet by rules: closed-class words, frequent verbs and adjectives, suffixes and
 * shapes; what is left is a noun. URLs, @handles, #hashtags and "RT" are never part of a phrase.
 *
 * Measured on the chunk labels of aritter/twitter_nlp (exact spans, pronouns and times included):
 * F1 0.77 on the second half, which the rules were not made on; F1 0.79 on the
 * first half. tests/unit/test_phrases.c measures it again.
 */
#ifndef TAGSIGHT_PREPROCESS_CHUNKER_H
#define TAGSIGHT_PREPROCESS_CHUNKER_H

#include <stdbool.h>
#include <stddef.h>

struct chunk {
	size_t begin, end; /* words; end exclusive */
	bool is_thing;     /* could be seen in a picture: not a pronoun, a time or a bare number */
};

/* Find the noun phrases of `n` words, in order; `out` has room for n. Returns how many. `classes`
 * is scratch of n. */
size_t chunk_noun_phrases(const char *const *words, size_t n, unsigned char *classes,
			  struct chunk *out);

#endif
