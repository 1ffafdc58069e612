/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/piece_text.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

void piece_text_release(struct piece_text *text)
{
	pieces_release(&text->pieces);
	pieces_release(&text->word);
	free(text->cases);
	free(text->starts);
	free(text->anchors);
	*text = (struct piece_text)PIECE_TEXT_INIT;
}

void piece_text_clear(struct piece_text *text)
{
	text->pieces.n = 0;
	text->n_sequences = 0;
	text->n_anchors = 0;
}

struct piece_mark piece_text_mark(const struct piece_text *text)
{
	return (struct piece_mark){ text->pieces.n, text->n_sequences, text->n_anchors };
}

void piece_text_rewind(struct piece_text *text, struct piece_mark mark)
{
	text->pieces.n = mark.pieces;
	text->n_sequences = mark.sequences;
	text->n_anchors = mark.anchors;
	if (text->starts)
		text->starts[mark.sequences] = mark.pieces;
}

int piece_text_begin(struct piece_text *text, int first, struct err *err)
{
	/* Two more than are in use: the sequence's start and the end of all. */
	if (GROW(text->starts, text->n_sequences + 1, text->starts_capacity) < 0)
		return err_set_memory(err);
	text->starts[text->n_sequences++] = text->pieces.n;
	return pieces_add(&text->pieces, first, err);
}

int piece_text_end(struct piece_text *text, int last, struct err *err)
{
	int rc = pieces_add(&text->pieces, last, err);

	text->starts[text->n_sequences] = text->pieces.n;
	return rc;
}

size_t piece_text_length(const struct piece_text *text)
{
	return text->pieces.n - text->starts[text->n_sequences - 1];
}

int piece_text_anchor(struct piece_text *text, size_t piece, struct err *err)
{
	if (GROW(text->anchors, text->n_anchors, text->anchors_capacity) < 0)
		return err_set_memory(err);
	text->anchors[text->n_anchors++] = piece;
	return 0;
}

int piece_text_add_word(struct piece_text *text, const struct wordpiece *wordpiece, const char *word,
			size_t end, struct err *err)
{
	struct pieces *pieces = &text->pieces;
	size_t first = pieces->n;

	if (first < end && wordpiece_encode(wordpiece, word, strlen(word), pieces, err) < 0)
		return -1;
	if (piece_text_anchor(text, pieces->n > first ? first : PIECE_NONE, err) < 0)
		return -1;
	if (pieces->n > end)
		pieces->n = end;
	return 0;
}

int piece_text_add_tweet(struct piece_text *text, const struct piece_rules *rules,
			 const struct sentence *sentence, struct err *err)
{
	size_t end = text->pieces.n + rules->limit - 1;

	if (piece_text_begin(text, rules->cls, err) < 0)
		return -1;
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (piece_text_add_word(text, rules->wordpiece, sentence->tokens[i].word, end, err) < 0)
			return -1;
	return piece_text_end(text, rules->sep, err);
}
