/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules that look back over many records need of one: made where the record is read, on any
 * thread, so that little is left to do in order.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_DIGEST_H
#define TAGSIGHT_PREPROCESS_CHECK_DIGEST_H

#include "lib/base/arena.h"
#include "lib/base/hash128.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/relation.h"
#include "lib/corpus/sentence.h"
#include "lib/corpus/span.h"
#include "lib/corpus/tag_scheme.h"

#include <stddef.h>
#include <stdint.h>

enum digest_need {
	NEED_REPEATS = 1 << 0, /* words and labels */
	NEED_ID = 1 << 1,
	NEED_SPANS = 1 << 2
};

struct digest {
	const char **tags;     /* [n_tokens]; NULL when all are O */
	struct tag *parsed;    /* [n_tokens], or NULL too; what is no tag is O with a NULL type */
	struct hash128 words;  /* with task and set */
	struct hash128 places; /* `words`, and where a relation's entities stand */
	struct hash128 id;
	uint64_t labels;
	struct span *spans;    /* [n_spans], as conlleval reads them; those without a type left out */
	struct hash128 *forms; /* [n_spans]: the words of a span, with the set */
	size_t n_spans;
};

/* What all hashes of a text start from: its task and set. */
struct hash128 digest_seed(const struct split *split);

/* Fill in what `needs` asks for; *digest is zeroed before. 0, or -1 when memory is out. */
int digest_sentence(struct digest *digest, unsigned needs, const struct hash128 *seed,
		    const struct sentence *sentence, struct arena *arena);
void digest_relation(struct digest *digest, unsigned needs, const struct hash128 *seed,
		     const struct relation *relation);

#endif
