/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The eyes of one-stage grounding: Darknet-53 with the necks of YOLOv3, whose tensors a checkpoint has as
 * visumodel.module_list.N.conv_N and batch_norm_N..
 *
 *	vision = onestage_vision_new(&weights, &err);
 *	state = darknet_state_new(vision, 1, &err);
 *	onestage_vision_run(vision, state, &square, planes, rows);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_VISION_H
#define TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_VISION_H

#include "inference/core/weights.h"
#include "inference/systems/onestage_heads.h"
#include "inference/vision/darknet.h"
#include "lib/image/image.h"

#define ONESTAGE_PLANES ((size_t)3 * ONESTAGE_SIDE * ONESTAGE_SIDE) /* floats of the network's input */
#define ONESTAGE_FEATURES ((size_t)64 * 1024 + 256 * 512 + 1024 * 256) /* floats of all features */

/* NULL on failure; darknet_free() ends it. */
struct darknet_model *onestage_vision_new(const struct weights *weights, struct err *err);

/* From a square of ONESTAGE_SIDE to features [side, side, channels] of each scale, which begin at rows[0..2]
 * of `room` [ONESTAGE_FEATURES]; planes [ONESTAGE_PLANES] is working memory. */
void onestage_vision_run(const struct darknet_model *vision, struct darknet_state *state,
			 const struct image *square, float *planes, float *room,
			 const float *rows[ONESTAGE_SCALES]);

#endif
