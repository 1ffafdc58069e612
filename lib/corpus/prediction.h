/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a model says about a tweet, and the narrow door through which the rest of the program asks:
 * a predictor knows models and no files; who asks knows files and no tensors.
 *
 * Predictions on disk are JSON Lines, as `tagsight predict --format json` writes them:
 *	{"id","tokens","gold","tags","raw","confidence"}        for sentences
 *	{"id","head","tail","gold","relation","confidence","probabilities"}        for relations
 */
#ifndef TAGSIGHT_CORPUS_PREDICTION_H
#define TAGSIGHT_CORPUS_PREDICTION_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/relation.h"
#include "lib/corpus/sentence.h"
#include "lib/formats/json_lines.h"

#include <stddef.h>

/* One tag a word; arrays are [n] and belong to the arena of the call; strings belong to it too, or are
 * labels of the predictor. */
struct prediction {
	size_t n;
	const char **tags;       /* clean: O, B-X or I-X */
	const char **raw;        /* the decoder's own label at the word's first piece */
	const float *confidence; /* posterior probability of the tag, in [0, 1] */
};

/* Intermediates of one sentence for --dump; `ids` [pieces], `emissions` [pieces, labels]. */
struct prediction_dump {
	size_t n_pieces, n_labels;
	const int *ids;
	const float *emissions;
};

#define RECORD_CROPS 3

/* Where the pictures of a record are; NULL: there is none. */
struct record_pictures {
	const char *whole;
	const char *fallback; /* taken where the whole picture is missing or cannot be read */
	const char *crops[RECORD_CROPS]; /* of its objects */
};

/* What holds between two entities; all belongs to the arena of the call or to the predictor. */
struct relation_prediction {
	const char *relation;
	float confidence;           /* its probability */
	const float *probabilities; /* [labels] */
};

struct predictor {
	const char *name;         /* "tagger" */
	const char *model;        /* path */
	const char *const *labels;
	size_t n_labels;
	/* Tag n sentences at once. out and (when not NULL) dumps are [n], filled in order. */
	int (*predict)(struct predictor *predictor, const struct sentence *const *sentences, size_t n,
		       struct prediction *out, struct prediction_dump *dumps, struct arena *arena,
		       struct err *err);
	/* The same for systems that read pictures, which lack predict(). faults[i] says why record i has
	 * no prediction, NULL when it has one. */
	int (*predict_pictured)(struct predictor *predictor, const struct sentence *const *sentences,
				const struct record_pictures *pictures, size_t n,
				struct prediction *out, const char **faults,
				struct prediction_dump *dumps, struct arena *arena, struct err *err);
	/* For systems of relations, which lack both. The emissions of a dump are [1, labels], logits. */
	int (*relate)(struct predictor *predictor, const struct relation *const *relations,
		      const struct record_pictures *pictures, size_t n,
		      struct relation_prediction *out, const char **faults,
		      struct prediction_dump *dumps, struct arena *arena, struct err *err);
	void (*free)(struct predictor *predictor);
};

/* Write one prediction as one JSON line. 0, or -1 when it cannot be written. */
int prediction_write(FILE *stream, const struct sentence *sentence,
		     const struct prediction *prediction);

/* The same for a relation; `labels` [n_labels] are the predictor's. */
int relation_prediction_write(FILE *stream, const struct relation *relation,
			      const struct relation_prediction *prediction,
			      const char *const *labels, size_t n_labels);

/* Read the prediction out of one JSON object. The tokens of the object are checked against the
 * sentence when it is not NULL. */
int prediction_read(const json_t *object, const struct sentence *sentence,
		    struct prediction *prediction, struct arena *arena, struct err *err);

#endif
