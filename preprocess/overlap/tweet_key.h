/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is compared of a tweet when data sets are searched for the same one: they cut words, write links
 * and decode entities in different ways, and retweets differ in names and signs.
 *
 * Normalised: links and user names (also where a blank was put into them, "@ name"), "RT" and HTML
 * entities are left out; of the rest, in compatibility form, with case folded and marks dropped, only
 * letters and digits count, without blanks (so that hashtags lose their sign, and emoji and punctuation
 * vanish); a letter that stands more than twice in a row stands twice.
 *
 *	struct buf key = BUF_INIT;
 *	tweet_key_normalised(words, n_words, &key);
 */
#ifndef TAGSIGHT_PREPROCESS_TWEET_KEY_H
#define TAGSIGHT_PREPROCESS_TWEET_KEY_H

#include "lib/base/buf.h"

#include <stddef.h>

/* Fewer characters than this say too little to call two tweets the same. */
#define TWEET_KEY_LEAST 12

/* Each writes a key into `out`, which is cleared; out->failed tells that memory was out. */

/* The words, joined by blanks. */
void tweet_key_exact(const char *const *words, size_t n, struct buf *out);

/* As above. Returns the number of characters. */
size_t tweet_key_normalised(const char *const *words, size_t n, struct buf *out);

/* The key of kind "loose" in files of hashes: words that start with http or @ and RT are left out, the
 * rest is joined without blanks in lower case, and only letters, digits and other numbers stay. Returns
 * the number of characters. */
size_t tweet_key_loose(const char *const *words, size_t n, struct buf *out);

#endif
