/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether Darknet weights can be used with their cfg: what their header says, what the cfg asks for, and
 * what is wrong between the two.
 *
 *	if (darknet_survey("yolov4.weights", NULL, &survey, &err) == 0) ...
 *	darknet_survey_release(&survey);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_DARKNET_CHECK_H
#define TAGSIGHT_INFERENCE_SYSTEMS_DARKNET_CHECK_H

#include "inference/vision/darknet.h"
#include "lib/base/str_list.h"
#include "lib/formats/darknet_weights.h"

struct darknet_survey {
	struct arena arena;
	struct darknet_weights weights; /* its header */
	const char *cfg_path;
	struct darknet_cfg cfg;
	struct darknet_model *model; /* without weights; NULL when the cfg is missing or describes none */
	size_t tensors, numbers;     /* that the cfg asks for */
	struct str_list wrong;
};

/* `cfg` NULL: beside the weights. Fails when the weights cannot be read or have no header; then there is
 * nothing to release. */
int darknet_survey(const char *path, const char *cfg, struct darknet_survey *survey, struct err *err);
void darknet_survey_release(struct darknet_survey *survey);

/* Load the weights, so that each number is looked at. */
int darknet_survey_load(struct darknet_survey *survey, struct err *err);

#endif
