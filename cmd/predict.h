/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicting a split, for `predict` and `prepare`: tweets are read, tagged and written in groups, so
 * that memory does not grow with the file.
 */
#ifndef TAGSIGHT_CMD_PREDICT_H
#define TAGSIGHT_CMD_PREDICT_H

#include "cmd/record_contexts.h"
#include "cmd/record_files.h"
#include "inference/systems/registry.h"
#include "lib/base/progress.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/prediction.h"
#include "lib/formats/safetensors.h"

#include <stdbool.h>
#include <stdio.h>

enum predict_format { PREDICT_CONLL, PREDICT_JSON };

struct predict_settings {
	enum predict_format format;
	size_t shard, shards; /* records whose number leaves `shard` when divided by `shards`; 0, 1: all */
	struct safetensors_writer *dump; /* N.ids and N.emissions or N.logits of each record N; or NULL */
	bool dump_all;                   /* the intermediates too */
	struct record_sources sources;
	struct context_sources contexts;
};

#define PREDICT_SETTINGS_INIT { .format = PREDICT_JSON, .shards = 1 }

struct predict_counts {
	size_t records, words;
	size_t skipped; /* records without a prediction; each was reported by a note */
	size_t broken;  /* records whose picture could not be read, with a prediction; reported likewise */
};

/* The predictor of a model by its name or path, NULL for the default. NULL on failure. */
struct predictor *predict_open(const char *model, const char *system,
			       const struct system_options *options, struct err *err);

/* Whether the predictor is for splits of this task. */
bool predict_serves(const struct predictor *predictor, enum task task);

/* Predict a split of the predictor's task and write to `out`, relations always as JSON Lines; `counts`
 * is added to. -1: the work could not go on. */
int predict_split(struct predictor *predictor, const struct split *split, FILE *out,
		  const struct predict_settings *settings, struct predict_counts *counts,
		  struct progress *progress, struct err *err);

/* The same to the dataset's own file of predictions, as JSON Lines, by rename. */
int predict_split_file(struct predictor *predictor, const struct dataset *dataset,
		       const struct split *split, const struct predict_settings *settings,
		       struct predict_counts *counts, struct progress *progress, struct err *err);

#endif
