/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts as encoders read them: sequences of word pieces, and the pieces that something is known of or
 * wanted from, its anchors: the first piece of each word, or the markers of two entities.
 *
 *	struct piece_text text = PIECE_TEXT_INIT;
 *	if (piece_text_add_tweet(&text, &rules, sentence, &err) < 0) ...
 *	piece_text_release(&text);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_PIECE_TEXT_H
#define TAGSIGHT_INFERENCE_TEXT_PIECE_TEXT_H

#include "inference/text/wordpiece.h"
#include "lib/corpus/sentence.h"

#include <stddef.h>
#include <stdint.h>

/* The anchor of a word that was cut off or has no pieces. */
#define PIECE_NONE SIZE_MAX

struct piece_text {
	struct pieces pieces; /* ids of all sequences */
	unsigned char *cases; /* [pieces.n], how the word of each is written; NULL where nobody noted it */
	size_t cases_capacity;
	size_t *starts; /* [n_sequences + 1], the first piece of each sequence; NULL before the first */
	size_t n_sequences, starts_capacity;
	size_t *anchors; /* [n_anchors], pieces among all, or PIECE_NONE */
	size_t n_anchors, anchors_capacity;
	struct pieces word; /* working memory */
};

#define PIECE_TEXT_INIT { PIECES_INIT, NULL, 0, NULL, 0, 0, NULL, 0, 0, PIECES_INIT }

void piece_text_release(struct piece_text *text);

/* Forget the sequences, keep the memory. */
void piece_text_clear(struct piece_text *text);

/* How far a text is, to go back there when a record turns out to have no place in it. */
struct piece_mark {
	size_t pieces, sequences, anchors;
};

struct piece_mark piece_text_mark(const struct piece_text *text);
void piece_text_rewind(struct piece_text *text, struct piece_mark mark);

/* All that add fail only when memory is out. A sequence begins and ends with a piece each. */
int piece_text_begin(struct piece_text *text, int first, struct err *err);
int piece_text_end(struct piece_text *text, int last, struct err *err);

/* Pieces of the sequence that was begun last. */
size_t piece_text_length(const struct piece_text *text);

/* Note a piece, or PIECE_NONE. */
int piece_text_anchor(struct piece_text *text, size_t piece, struct err *err);

/* Append the pieces of one word, which is an anchor, up to piece `end` of all. */
int piece_text_add_word(struct piece_text *text, const struct wordpiece *wordpiece, const char *word,
			size_t end, struct err *err);

struct piece_rules {
	const struct wordpiece *wordpiece;
	int cls, sep; /* ids */
	size_t limit; /* pieces of a tweet, [CLS] and [SEP] included; at least 2 */
};

/* Append one tweet as one sequence: [CLS], the pieces of each word, [SEP], cut off behind the most
 * pieces. */
int piece_text_add_tweet(struct piece_text *text, const struct piece_rules *rules,
			 const struct sentence *sentence, struct err *err);

#endif
