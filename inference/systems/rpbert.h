/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RpBERT: BERT over the words of a tweet and behind them the 49 places of a ResNet's last map, as rows
 * of token type 1. A first run asks the [CLS] state whether picture and words belong together; the second
 * reads the regions times that probability, the gate. A word is the mean of its pieces' states; over words
 * run a BiLSTM, where the model has one, a linear layer and a CRF.
 *
 * A tweet is read alone: the original's regions stand behind the padding of a batch of tweets, so that
 * there the longest tweet moves the results of the others.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_RPBERT_H
#define TAGSIGHT_INFERENCE_SYSTEMS_RPBERT_H

#include "inference/core/layers.h"
#include "inference/systems/system.h"
#include "inference/text/lstm.h"
#include "inference/vision/resnet.h"

#define RPBERT_REGIONS ((size_t)49) /* of a picture */
#define RPBERT_RELATIONS 2          /* picture and words do not belong together, or do */

struct rpbert {
	struct model model;
	struct resnet *resnet;    /* NULL: it reads no pictures */
	bool gated;
	struct linear projection; /* of a region, to H */
	struct linear relation;   /* H to RPBERT_RELATIONS */
	bool recurrent;
	struct lstm lstm;         /* of words */
	struct linear classifier; /* of words, to labels */
};

/* Rows behind the pieces of a tweet: RPBERT_REGIONS, or 0 without pictures. */
size_t rpbert_regions(const struct rpbert *rpbert);

/* The system's run(). */
int rpbert_run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err);

#endif
