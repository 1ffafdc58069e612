/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a model file can be used: its form, every number in it, and the system that it belongs to,
 * with all that this system misses and all that it has no use for.
 *
 *	struct model_survey survey;
 *	if (model_survey(&weights, NULL, &survey, &err) == 0) ...
 *	model_survey_release(&survey);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_MODEL_CHECK_H
#define TAGSIGHT_INFERENCE_SYSTEMS_MODEL_CHECK_H

#include "inference/core/weights.h"

struct model_survey {
	char system[64];           /* "" when none is named or recognised */
	const char *why;           /* it is taken for one of this system; NULL: it is not known */
	bool runs;                 /* a system of this program took it */
	struct str_list wrong;     /* what the system misses or finds otherwise than it must be */
	struct str_list left_over; /* names of the tensors that it has no use for */
};

/* Try the weights with the system of this name, NULL: the one they belong to. Fails when memory is
 * out or there is no such system; then there is nothing to release. */
int model_survey(struct weights *weights, const char *system, struct model_survey *survey,
		 struct err *err);
void model_survey_release(struct model_survey *survey);

#endif
