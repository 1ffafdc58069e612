/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What predicting sentences and predicting relations share.
 */
#ifndef TAGSIGHT_CMD_PREDICT_PRIV_H
#define TAGSIGHT_CMD_PREDICT_PRIV_H

#include "cmd/predict.h"
#include "cmd/record_pictures.h"

/* Records between two looks at the progress where each has pictures. */
#define PREDICT_PICTURED_GROUP 32

/* Report a record for which there is no prediction, and count it. */
void predict_note_fault(const struct split *split, size_t line, const char *fault,
			struct predict_counts *counts, struct progress *progress);

/* Find the pictures of a split, and say so where it has no dict of crops: the model then sees no
 * objects, which is seldom meant. */
int predict_open_pictures(struct picture_finder *finder, const struct split *split,
			  const struct predict_settings *settings, struct progress *progress,
			  struct err *err);

/* predict_split() for a predictor of relations. */
int predict_relations(struct predictor *predictor, const struct split *split, FILE *out,
		      const struct predict_settings *settings, struct predict_counts *counts,
		      struct progress *progress, struct err *err);

#endif
