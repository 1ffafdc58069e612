/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tagging scheme a text is in. Tags are counted batch by batch, the counts of the batches are
 * joined in the order of the text, and at its end there is a verdict.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_TAGS_SEEN_H
#define TAGSIGHT_PREPROCESS_CHECK_TAGS_SEEN_H

#include "lib/corpus/scheme.h"
#include "lib/corpus/sentence.h"
#include "lib/corpus/tag_scheme.h"

#include <stdbool.h>
#include <stddef.h>

#define TAG_PREFIXES 7 /* O, B, I, E, S, L, U */

struct tags_seen {
	/* How often a tag follows another: prefixes, and whether both are of one type. */
	size_t steps[TAG_PREFIXES][TAG_PREFIXES][2];
	size_t closed, unclosed; /* entities that end with E-, S-, L- or U-, and that do not */
	/* Lines where the marks of each scheme stand first; 0: nowhere. */
	size_t first_iobes;    /* S- or E- */
	size_t first_bilou;    /* U- or L- */
	size_t first_unclosed; /* the last word of an entity, with B- or I- */
	size_t first_inside;   /* the first word of an entity, with I- */
};

/* `tags` [n_tokens] are those of the sentence; what is no tag has the prefix O. */
void tags_seen_add(struct tags_seen *seen, const struct sentence *sentence, const struct tag *tags);

/* Add a later part of the text. */
void tags_seen_join(struct tags_seen *seen, const struct tags_seen *later);

/* Add all tags to the guess. */
void tags_seen_guess(const struct tags_seen *seen, struct scheme_guess *guess);

struct tags_verdict {
	bool any;           /* there are entities */
	enum scheme scheme; /* that which most of their tags fit; IOB2 without any */
	size_t tags;        /* of entities, all told */
	size_t misfits;     /* tags that do not fit it */
	bool mixed;         /* so many that it is two schemes */
};

struct tags_verdict tags_verdict(const struct tags_seen *seen);

/* I, E and L stand behind another word of their entity; after B and I another one follows. */
static inline bool tag_goes_on(char prefix)
{
	return prefix == 'I' || prefix == 'E' || prefix == 'L';
}

static inline bool tag_is_open(char prefix)
{
	return prefix == 'B' || prefix == 'I';
}

#endif
