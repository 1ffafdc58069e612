/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tags as the two common scorers read them: a prefix that says where in an entity a word stands, a
 * type, and when one word's tag ends or starts an entity after another's. Both accept any tag.
 *
 * conlleval.pl cuts at the first hyphen; a tag without one has the type "". seqeval (its default
 * mode) takes the first character as prefix and what follows the next hyphen as type, or all that
 * follows where there is none; an empty type is "_".
 */
#ifndef TAGSIGHT_CORPUS_TAG_SCHEME_H
#define TAGSIGHT_CORPUS_TAG_SCHEME_H

#include <stdbool.h>
#include <stddef.h>

enum tag_rule {
	TAG_CONLLEVAL,
	TAG_CONLLEVAL_RAW, /* its option -r: a tag is a type, each word an entity of its own */
	TAG_SEQEVAL
};

struct tag {
	char prefix;      /* 'O', 'B', 'I', 'E', 'S', '.', '[', ']'; '?' for any other */
	const char *type; /* points into the tag, or is static */
};

struct tag tag_read(enum tag_rule rule, const char *text);

/* "O". Most tags are, so this is no call. */
static inline bool tag_is_outside(const char *text)
{
	return text[0] == 'O' && text[1] == '\0';
}

/* True when the two count as the same tag: to conlleval "B" and "B-" are. */
bool tag_equal(enum tag_rule rule, const char *a, const char *b);

/* True when an entity that covers the word tagged `before` does not go on at the word tagged `now`;
 * `same_type` says whether the two types are equal. */
bool tag_ends(enum tag_rule rule, char before, char now, bool same_type);

/* True when an entity starts at the word tagged `now` after one tagged `before`. */
bool tag_starts(enum tag_rule rule, char before, char now, bool same_type);

/* Prefix and type of a tag of the IOB family, strictly: 'O' with an empty type, or one of B, I, E,
 * S, L, U, a hyphen, and at least one byte of type. False for anything else. */
bool tag_parse(const char *text, struct tag *tag);

#endif
