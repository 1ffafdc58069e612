/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the systems share that label each word piece: BERT, a linear layer to the labels, and a CRF
 * over all pieces, [CLS] and [SEP] included. A word has the label of its first piece. A system sets
 * the members under "of the system", opens it and adds what it knows besides.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_PIECE_TAGGER_H
#define TAGSIGHT_INFERENCE_SYSTEMS_PIECE_TAGGER_H

#include "inference/systems/registry.h"
#include "inference/text/crf.h"
#include "inference/text/encoder.h"
#include "inference/text/piece_tweets.h"
#include "lib/base/file.h"

/* The labels of UMT, MAF and HVPNeT in the order of their numbers, ending with NULL. */
extern const char *const piece_labels_umt[];

struct piece_tagger {
	struct predictor predictor;

	/* Of the system. */
	const char *bert;           /* "bert.", before the encoder's names */
	const char *classifier;     /* "fc": a Linear from the states to the labels */
	const char *crf_name;       /* "crf", of pytorch-crf */
	const char *const *labels;  /* the default ones, ending with NULL */
	size_t max_pieces;          /* by default */
	/* Set what a batch has besides its pieces, for sentences of which each is one sequence; NULL:
	 * nothing. Called by several threads at once. What it sets must live until its next call for the thread. */
	int (*prepare)(struct piece_tagger *tagger, const struct sentence *const *sentences, int thread,
		       struct encoder_batch *batch, struct err *err);

	/* Set when it was opened. */
	struct weights weights;
	struct encoder encoder;
	const float *classifier_weight; /* [labels, hidden] */
	const float *classifier_bias;   /* [labels] */
	struct crf crf;
	struct file_map vocabulary;
	struct wordpiece *wordpiece;
	struct piece_rules rules;
	const char **raw, **tags; /* [labels], as they are and clean; of the arena */
	struct arena arena;
	int jobs;
	struct scratch *scratch; /* [jobs] */
	struct piece_tweets tweets;
};

/* Take the weights, also on failure, and load tensors, labels and vocabulary. On failure all is
 * released; the struct itself is the caller's. */
int piece_tagger_open(struct piece_tagger *tagger, struct weights *weights,
		      const struct system_options *options, struct err *err);
void piece_tagger_release(struct piece_tagger *tagger);

/* Ask the weights for the tensors alone. */
int piece_tagger_check(struct piece_tagger *tagger, struct weights *weights, struct err *err);

/* The predictor's predict(). A word that was cut off or has no pieces is O; its raw label is "" and
 * its confidence 0, as the model said nothing about it. */
int piece_tagger_predict(struct predictor *predictor, const struct sentence *const *sentences,
			 size_t n, struct prediction *out, struct prediction_dump *dumps,
			 struct arena *arena, struct err *err);

#endif
