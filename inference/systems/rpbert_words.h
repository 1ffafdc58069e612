/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words as RpBERT's loader and its model read them. The loader puts [UNK] in the place of words of
 * blanks alone, of lone joiners and of short links. The model takes a piece for the first of a word when it
 * stands at the word's beginning; it stops at a tweet in which that gives another number of words,
 * and at one of too many pieces.
 *
 *	if (rpbert_add_words(&text, &rules, 463, sentence, &arena, &fault, &err) < 0) ...
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_RPBERT_WORDS_H
#define TAGSIGHT_INFERENCE_SYSTEMS_RPBERT_WORDS_H

#include "inference/text/piece_text.h"
#include "lib/base/arena.h"

/* Append one tweet as one sequence of at most `limit` pieces with an anchor a word. A tweet at which the
 * original stops is a *fault that names the word and the reason, of the arena; the text is then to be
 * rewound. Fails only when memory is out. */
int rpbert_add_words(struct piece_text *text, const struct piece_rules *rules, size_t limit,
		     const struct sentence *sentence, struct arena *arena, const char **fault,
		     struct err *err);

/* Append the words as they are, as one sequence: the relation task reads them as one string, and a blank
 * between words takes them apart as the ends of strings do. Fails only when memory is out. */
int rpbert_add_text(struct piece_text *text, const struct piece_rules *rules,
		    const struct sentence *sentence, struct err *err);

#endif
