/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entities out of the tags of one sentence. The rules differ on malformed tags only, and that is
 * where published scores differ.
 *
 *	struct span *spans;
 *	size_t n;
 *	if (span_extract(SPAN_CONLLEVAL, tags, n_tokens, &spans, &n, &arena, &err) < 0) ...
 */
#ifndef TAGSIGHT_CORPUS_SPAN_H
#define TAGSIGHT_CORPUS_SPAN_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/sentence.h"

#include <stddef.h>

enum span_rule {
	SPAN_CONLLEVAL, /* conlleval.pl: I-X after O starts an entity */
	SPAN_SEQEVAL,   /* seqeval's default mode */
	SPAN_BEGIN_ONLY, /* an entity starts at B-X alone and goes on over I-X */
	SPAN_UMT,        /* UMT's ner_evaluate.py: the type follows the last hyphen, X and [CLS] are types */
	SPAN_NERVALUATE  /* the loader of nervaluate 0.x: the type is what follows two characters */
};

struct span {
	size_t begin, end; /* tokens from 0; the end is exclusive */
	const char *type;  /* points into a tag, or is static */
};

/* The entities of `n` tags, by their begin; *out is an array of the arena that points into the
 * tags. 0, or -1 when memory is out. */
int span_extract(enum span_rule rule, const char *const *tags, size_t n, struct span **out,
		 size_t *n_out, struct arena *arena, struct err *err);

/* The tags of a sentence as an array of the arena ("O" for a word without one), or NULL when memory
 * is out. */
const char **span_tags(const struct sentence *sentence, struct arena *arena);

#endif
