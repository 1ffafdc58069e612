/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that an LSTM of one-stage grounding knows: corpus.pth, which pickles an object of
 * zyang-ur/onestage_grounding's class utils.word_utils.Corpus. Its attribute `dictionary` has word2idx, a dict
 * from words to numbers, and idx2word, the list of the words.
 *
 * A phrase is lower-cased, stripped and parted into runs of letters, digits and underscores, and what is
 * between them, which counts as a word too, blanks and all, unless it is one single blank.
 *
 *	if (word_corpus_open(&corpus, "corpus.pth", &err) < 0) ...
 *	n = word_corpus_encode(&corpus, phrase, 20, &ids, &err);
 *	word_corpus_release(&corpus);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_WORD_CORPUS_H
#define TAGSIGHT_INFERENCE_TEXT_WORD_CORPUS_H

#include "lib/base/err.h"
#include "lib/base/str_table.h"

#include <stddef.h>

#define CORPUS_WORDS ((size_t)1 << 20) /* at most */

struct word_corpus {
	struct str_table words;
	int *ids;    /* [words.n], by the table's own numbers */
	size_t size; /* rows of the embedding; every id is below it */
	int unknown, end, padding;
};

/* On failure there is nothing to release. The second reads bytes, which may then go. */
int word_corpus_open(struct word_corpus *corpus, const char *path, struct err *err);
int word_corpus_parse(struct word_corpus *corpus, const unsigned char *bytes, size_t length,
		      const char *name, struct err *err);
void word_corpus_release(struct word_corpus *corpus);

/* What the LSTM reads of a phrase, as an array on the heap, also when it is empty: at most `cap` words, behind
 * fewer the end's id. 0 for a phrase without words, -1 when memory is out. */
int word_corpus_encode(const struct word_corpus *corpus, const char *phrase, size_t cap, int **ids,
		       struct err *err);

#endif
