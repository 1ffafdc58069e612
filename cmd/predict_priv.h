/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What predicting sentences and predicting relations share.
 */
#ifndef TAGSIGHT_CMD_PREDICT_PRIV_H
#define TAGSIGHT_CMD_PREDICT_PRIV_H

#include "cmd/predict.h"

/* Records between two looks at the progress where each has pictures. */
#define PREDICT_PICTURED_GROUP 32

/* Report a record for which there is no prediction, and count it. */
void predict_note_fault(const struct split *split, size_t line, const char *fault,
			struct predict_counts *counts, struct progress *progress);

/* predict_split() for a predictor of relations. */
int predict_relations(struct predictor *predictor, const struct split *split, FILE *out,
		      const struct predict_settings *settings, struct predict_counts *counts,
		      struct progress *progress, struct err *err);

#endif
