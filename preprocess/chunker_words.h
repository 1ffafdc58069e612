/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that the rule chunker knows: English closed classes, frequent verbs, adjectives and
 * adverbs, and how people write them in tweets. All else is guessed by its shape.
 */
#ifndef TAGSIGHT_PREPROCESS_CHUNKER_WORDS_H
#define TAGSIGHT_PREPROCESS_CHUNKER_WORDS_H

#include <stddef.h>

/* What a word can be in a noun phrase. */
enum word_class {
	WORD_NOUN,       /* also all that nothing else claims */
	WORD_DETERMINER, /* begins a phrase: the, my, some */
	WORD_PRONOUN,    /* is a phrase by itself: it, someone */
	WORD_ADJECTIVE,
	WORD_NUMBER,
	WORD_VERB,
	WORD_AUXILIARY,  /* be and have: never a noun */
	WORD_MODAL,      /* can, do, n't: a verb follows */
	WORD_SUBJECT,    /* I, she, they: a phrase by itself, and a verb follows */
	WORD_PARTICIPLE, /* -ing, -ed: a verb, or an adjective after a determiner */
	WORD_ADVERB,
	WORD_DEGREE,     /* very, so, too: goes before an adjective */
	WORD_POSSESSIVE, /* 's */
	WORD_TIME,       /* is a phrase by itself after another: today, tonight */
	WORD_OTHER       /* prepositions, conjunctions, interjections, punctuation, URLs */
};

/* The class of a word as the lists have it, -1 when they do not; `lower` is in lower case. */
int chunker_word_class(const char *lower, size_t length);

#endif
