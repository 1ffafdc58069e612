/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The predictor of a review: a model that is opened when it is first wanted, and for each split what lies
 * beside its records, so that the review needs to show it nothing but sentences.
 *
 *	struct review_predictor predictor;
 *
 *	review_predictor_init(&predictor, "tagger");
 *	tui.sheets.opener = &predictor.opener;
 *	tui_run(...);
 *	review_predictor_release(&predictor);
 */
#ifndef TAGSIGHT_CMD_REVIEW_PREDICT_H
#define TAGSIGHT_CMD_REVIEW_PREDICT_H

#include "lib/review/prediction_thread.h"

struct review_predictor {
	struct predictor_opener opener;
	const char *model;       /* name or path; NULL: the default */
	struct predictor *whole; /* the model, kept from one split to the next; NULL: not opened */
};

/* `model` is borrowed. */
void review_predictor_init(struct review_predictor *predictor, const char *model);

/* When all its predictors are freed. */
void review_predictor_release(struct review_predictor *predictor);

#endif
