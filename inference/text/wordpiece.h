/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BERT's tokenizer, equal to Hugging Face's BertTokenizer (the Python one) or BertTokenizerFast, which part
 * over characters that are newer than the tables of the fast one: drop control
 * characters, split at blanks and around CJK characters, lower-case and strip accents (uncased
 * rules only), split at punctuation, then take the longest piece of the vocabulary again and again.
 * A token that cannot be taken apart so, or has more than 100 characters, is one [UNK]. Special
 * tokens spelt out in the text are recognised first.
 *
 *	struct pieces pieces = PIECES_INIT;
 *	if (wordpiece_encode(wordpiece, word, strlen(word), &pieces, &err) < 0) ...
 *	pieces_release(&pieces);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_WORDPIECE_H
#define TAGSIGHT_INFERENCE_TEXT_WORDPIECE_H

#include "inference/text/unicode.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct wordpiece;

struct wordpiece_rules {
	bool lower_case; /* uncased: lower-case and strip accents */
	/* Tokens of the model's own besides [UNK] [SEP] [PAD] [CLS] [MASK], ending with NULL, or NULL:
	 * their ids follow the vocabulary's. */
	const char *const *added;
	bool fast; /* as BertTokenizerFast */
	/* As pytorch-pretrained-bert and Hugging Face's _tokenize(), not its tokenize(): a special token
	 * counts only where it stands alone, and tokens are lower-cased as a whole, so that a capital
	 * sigma at the end becomes a final one. */
	bool alone;
};

/* `text` holds the vocabulary, one piece a line, and outlives the result, as do the rules' strings.
 * NULL on failure. The result may be shared between threads. */
struct wordpiece *wordpiece_new(const char *text, size_t size, const struct wordpiece_rules *rules,
				struct err *err);
void wordpiece_free(struct wordpiece *wordpiece);

/* Lines of the vocabulary, and the id of one, -1 when it is not there. */
size_t wordpiece_size(const struct wordpiece *wordpiece);
int wordpiece_id(const struct wordpiece *wordpiece, const char *piece);

/* The text of an id of the vocabulary, "##" included; not terminated. */
const char *wordpiece_text(const struct wordpiece *wordpiece, int id, size_t *length);

/* Ids so far; the rest is working memory, one a thread. */
struct pieces {
	int *ids; /* [n], heap */
	size_t n, capacity;
	struct code_points text, token;
};

#define PIECES_INIT { NULL, 0, 0, { NULL, 0, 0 }, { NULL, 0, 0 } }

void pieces_release(struct pieces *pieces);
int pieces_add(struct pieces *pieces, int id, struct err *err);

/* Append the pieces of a text; invalid UTF-8 is dropped. Fails only when memory is out. */
int wordpiece_encode(const struct wordpiece *wordpiece, const char *text, size_t length,
		     struct pieces *pieces, struct err *err);

#endif
