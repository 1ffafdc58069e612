/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a model says about a tweet, and the narrow door through which the rest of the program asks:
 * a predictor knows models and no files; who asks knows files and no tensors.
 *
 * Predictions on disk are JSON Lines, as `tagsight predict --format json` writes them:
 *	{"id","tokens","gold","tags","raw","confidence"}        for sentences
 *	{...,"labels","probabilities"}        where wanted: for each word a row in the order of the labels
 *	{"id","head","tail","gold","relation","confidence","probabilities"}        for relations
 */
#ifndef TAGSIGHT_CORPUS_PREDICTION_H
#define TAGSIGHT_CORPUS_PREDICTION_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/prediction_dump.h"
#include "lib/corpus/relation.h"
#include "lib/corpus/sentence.h"
#include "lib/formats/json_lines.h"

#include <stdbool.h>
#include <stddef.h>

/* One tag a word; arrays are [n] and belong to the arena of the call; strings belong to it too, or are
 * labels of the predictor. */
struct prediction {
	size_t n;
	const char **tags;       /* clean: O, B-X or I-X */
	const char **raw;        /* the decoder's own label at the word's first piece */
	const float *confidence; /* posterior probability of the tag, in [0, 1] */
	const float *probabilities; /* [n, labels] of the predictor; a row that begins below 0 is none.
				     * NULL: they were not wanted */
};

#define RECORD_CROPS 4

/* Where the pictures of a record are; NULL: there is none. */
struct record_pictures {
	const char *whole;
	const char *fallback; /* taken where the whole picture is missing or cannot be read */
	const char *crops[RECORD_CROPS]; /* of its objects, in the order that the system names */
};

/* What a predictor is shown of one record, and what lies beside it. Strings are the caller's and live
 * as long as the outcome. */
struct predict_record {
	const struct sentence *sentence; /* NULL for a relation */
	const struct relation *relation; /* NULL for a sentence */
	struct record_pictures pictures;
	const char *objects, *structure; /* paths: features of detected objects, structural weights */
	const char *const *contexts;     /* [n_contexts], texts that say what the picture shows */
	size_t n_contexts;
};

/* What of a record a predictor reads besides its words. */
enum record_parts {
	READS_WHOLE = 1 << 0,      /* the whole picture */
	READS_CROPS = 1 << 1,      /* the first crops that a dict names */
	READS_TYPE_CROPS = 1 << 2, /* one crop for each type of entity */
	READS_OBJECTS = 1 << 3,    /* features of objects and structural weights */
	READS_CONTEXTS = 1 << 4
};

/* What holds between two entities; all belongs to the arena of the call or to the predictor. */
struct relation_prediction {
	const char *relation;
	float confidence;           /* its probability */
	const float *probabilities; /* [labels] */
};

/* What came of a record. */
struct outcome {
	const char *fault; /* why there is no prediction; NULL: there is one */
	const char *replaced; /* why the fallback was read for the whole picture; NULL: it was not */
	bool broken;          /* ... for there is no such picture, or no program could read it */
	struct prediction tags;              /* of a sentence */
	struct relation_prediction relation; /* of a relation */
};

struct predictor {
	const char *name;         /* "tagger" */
	const char *model;        /* path */
	const char *const *labels; /* [n_labels] */
	size_t n_labels;
	bool relates;             /* it is for relations, not for sentences */
	unsigned reads;           /* enum record_parts */
	const char *fallback;     /* name of the picture that stands in for missing ones, or NULL */
	size_t call_words;        /* in the records of a call: more gain nothing */
	bool all_labels;          /* set by who asks: give prediction.probabilities */
	struct progress *progress; /* borrowed; asked between batches whether to stop, with ERR_STOPPED */
	/* Predict n records at once, with outcomes [n] in their order; what they point to is of the
	 * arena, the records or the predictor. `dump` NULL: none is wanted. */
	int (*predict)(struct predictor *predictor, const struct predict_record *records, size_t n,
		       struct outcome *outcomes, struct prediction_dump *dump, struct arena *arena,
		       struct err *err);
	void (*free)(struct predictor *predictor);
};

/* Write one prediction as one JSON line; `labels` [n_labels] name the columns of its probabilities,
 * if it has some. 0, or -1 when it cannot be written. */
int prediction_write(FILE *stream, const struct sentence *sentence,
		     const struct prediction *prediction, const char *const *labels,
		     size_t n_labels);

/* The same for a relation; `labels` [n_labels] are the predictor's. */
int relation_prediction_write(FILE *stream, const struct relation *relation,
			      const struct relation_prediction *prediction,
			      const char *const *labels, size_t n_labels);

/* Read the prediction out of one JSON object. The tokens of the object are checked against the
 * sentence when it is not NULL. */
int prediction_read(const json_t *object, const struct sentence *sentence,
		    struct prediction *prediction, struct arena *arena, struct err *err);

#endif
