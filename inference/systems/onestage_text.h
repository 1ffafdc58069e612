/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ears of one-stage grounding: vectors of phrases, by a BERT (the mean of what [CLS] is after the last four
 * layers) or by an LSTM in both directions (what it says at its last word), as the tensors tell.
 *
 *	if (onestage_text_init(&text, &weights, NULL, 0, &err) < 0) ...
 *	onestage_text_run(&text, phrases, n, &scratch, vectors, said, &err);
 *	onestage_text_release(&text);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_TEXT_H
#define TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_TEXT_H

#include "inference/core/layers.h"
#include "inference/text/encoder.h"
#include "inference/text/lstm.h"
#include "inference/text/word_corpus.h"
#include "inference/text/wordpiece.h"
#include "lib/base/file.h"
#include "lib/base/sha256.h"

#include <stdbool.h>

#define ONESTAGE_QUERY_CAP 20 /* pieces or words of a phrase, as in training */

struct onestage_text {
	bool recurrent;
	size_t width, cap;
	char words_sha256[SHA256_HEX]; /* of the file of words or pieces */
	/* BERT */
	struct encoder encoder;
	struct file_map vocabulary;
	struct wordpiece *wordpiece;
	int cls, sep;
	/* LSTM */
	struct word_corpus corpus;
	struct weight_table embedding;
	struct linear map;
	struct lstm lstm;
};

/* Whether the tensors are of an LSTM. */
bool onestage_text_is_recurrent(const struct weights *weights);

/* `words` is the path of vocab.txt or corpus.pth, NULL: the one beside the model; `cap` 0: ONESTAGE_QUERY_CAP.
 * Weights that are not finite are ERR_DATA. The weights outlive it. On failure there is nothing to release. */
int onestage_text_init(struct onestage_text *text, struct weights *weights, const char *words, size_t cap,
		       struct err *err);
void onestage_text_release(struct onestage_text *text);

/* Ask the weights for every tensor alone. */
int onestage_text_check(struct onestage_text *text, struct weights *weights, struct err *err);

/* The vectors [n, width] of phrases; said[i] is false for one that holds no word, whose vector is not set. */
int onestage_text_run(const struct onestage_text *text, const char *const *phrases, size_t n,
		      struct scratch *scratch, float *vectors, bool *said, struct err *err);

#endif
