/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tweet and what is known about its picture in words (a caption, the objects, the text that is
 * seen), joined to one text as ITA's scripts do (KB-NER, kb/context_process.py, process_google): the
 * words of the tweet, <EOS>, the words of the contexts in their order. Characters of a context that
 * Python calls unprintable are dropped, so that a no-break space or a tab joins words; a context
 * that does not fit is left out whole, a later one may still fit; the tweet is never cut.
 *
 *	if (context_join(&rules, tweet, n, contexts, n_contexts, &joined, &arena, &err) < 0) ...
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_CONTEXT_TEXT_H
#define TAGSIGHT_INFERENCE_TEXT_CONTEXT_TEXT_H

#include "inference/text/subword_tokenizer.h"
#include "lib/base/arena.h"

#include <stddef.h>

#define CONTEXT_SEPARATOR "<EOS>"

struct context_rules {
	const struct subword_tokenizer *tokenizer;
	size_t limit; /* pieces of tweet, separator and contexts */
};

struct context_text {
	const char **words; /* [n], of the arena or the tweet's */
	size_t n, capacity;
};

/* Fails only when memory is out. Without a context that fits there is no separator. */
int context_join(const struct context_rules *rules, const char *const *tweet, size_t n_tweet,
		 const char *const *contexts, size_t n_contexts, struct context_text *out,
		 struct arena *arena, struct err *err);

/* The word as a reader of columns that ends them at any white space has it: what is before its first
 * blank. Itself where it has none, else of the arena; NULL when memory is out. */
const char *context_first_field(const char *word, struct arena *arena);

#endif
