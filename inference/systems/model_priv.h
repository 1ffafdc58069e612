/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What opening a model and running it share.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_MODEL_PRIV_H
#define TAGSIGHT_INFERENCE_SYSTEMS_MODEL_PRIV_H

#include "inference/systems/system.h"

#define LABEL_LIMIT 1024
#define VOCABULARY_TENSOR "vocab" /* the text of a model's own vocabulary */

/* Words of a call for each thread: a few batches, so that progress shows and threads seldom wait. */
#define MODEL_CALL_WORDS ((size_t)2048)

/* ERR_STOPPED where the user wants to stop. */
int model_check_stopped(const struct model *model, struct err *err);

/* Set the labels: those that the options name, else the file's own, else those of the config.json beside it,
 * else the system's. */
int model_read_labels(struct model *model, struct err *err);

/* Set what the config says that the user named, or else one in the file, or one beside it that fits. */
int model_apply_config(struct model *model, struct encoder_config *config, struct err *err);

/* The system's open_text(), or the vocabulary of word pieces. */
int model_open_text(struct model *model, struct err *err);

/* Where the outcome of a record goes. */
struct decode_room {
	const char **tags, **raw; /* [words] */
	float *confidence;        /* [words], or the probabilities [n_labels] of a relation */
	float *probabilities;     /* [words, n_labels], or NULL */
};

/* From the scores [rows, n_labels] of record i of a batch to its outcome. Pointers of the outcome are of
 * `room`. */
int model_decode(const struct model *model, const struct batch *batch, size_t i, const float *scores,
		 struct outcome *out, const struct decode_room *room, struct arena *scratch,
		 struct err *err);

#endif
