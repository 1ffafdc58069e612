/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The systems. A model file of ours says in its metadata which one it belongs to;
 * for a trainer's checkpoint the names of its tensors tell. To add a system: write its file, declare
 * it here, and give it a line in registry.c.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_REGISTRY_H
#define TAGSIGHT_INFERENCE_SYSTEMS_REGISTRY_H

#include "inference/core/weights.h"
#include "lib/corpus/prediction.h"

#include <stdbool.h>
#include <stdint.h>

/* What a checkpoint cannot say. Zeros are fine for a model of ours. */
struct system_options {
	int jobs;               /* threads that do the work; 0: one a processor */
	const char *vocabulary; /* path of a vocab.txt; NULL: the one beside the model */
	const char *config;     /* path of an encoder's config.json; NULL: the one beside the model, if it
				 * fits */
	const char *labels;     /* "O,B-PER,..." in the order of their numbers, or the path of a file
				 * with one a line or a rel2id.json; NULL: the system's own */
	size_t max_pieces;      /* of a tweet, with [CLS] and [SEP]; 0: as the system was published */
	const char *variant;    /* of the system, where the tensors do not tell; NULL: the plain one */
	bool random_crop;       /* of pictures, where the system's trainer took one; else the centre */
	uint64_t seed;          /* of the random crops */
};

struct system;

extern const struct system system_tagger;
extern const struct system system_bert_crf;
extern const struct system system_bert_resnet_crf;
extern const struct system system_bert_vit_crf;
extern const struct system system_hvpnet_ner;
extern const struct system system_hvpnet_re;
extern const struct system system_umt;
extern const struct system system_maf;
extern const struct system system_umgf;
extern const struct system system_rpbert;
extern const struct system system_ita;
extern const struct system system_mega;

/* All of them, ending with NULL. */
extern const struct system *const systems[];

/* The system with this name, or NULL. */
const struct system *system_find(const char *name);

/* The system that the file names or is recognised as, and why; NULL when there is none. */
const struct system *system_of(const struct weights *weights, const char **why);

/* Open a model with the system that it belongs to, or with `system` when that is not NULL. NULL on
 * failure. The caller frees the result by its free(). */
struct predictor *predictor_open(const char *path, const char *system,
				 const struct system_options *options, struct err *err);

#endif
