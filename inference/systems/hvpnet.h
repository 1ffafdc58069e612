/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What HVPNeT for entities and HVPNeT for relations share: BERT behind the visual prompt of the whole
 * picture and three crops. Their structs begin with this one.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_H
#define TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_H

#include "inference/core/layers.h"
#include "inference/systems/hvpnet_prompt.h"
#include "inference/systems/system.h"

#define HVPNET_PIECES 80 /* as the original's command for Twitter2015 has it */

struct hvpnet {
	struct model model;
	struct hvpnet_prompt prompt;
	struct linear classifier;
};

/* Names of the paper's variants, ending with NULL: flat and 1t3, which their tensors tell too, and only-obj,
 * which reads no whole picture and which nothing tells. */
extern const char *const hvpnet_variants[];

/* Whether the weights have the visual prompt. */
bool hvpnet_recognise(const struct weights *weights);

/* Load BERT and the prompt, and let go of the prompt. */
int hvpnet_load(struct hvpnet *hvpnet, struct err *err);
void hvpnet_release(struct model *model);

/* The system's look(), and BERT's states [pieces, H] of a batch behind the prompts of its records. */
int hvpnet_look(struct model *model, const float *input, size_t n, struct worker *worker,
		float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		struct err *err);
int hvpnet_encode(struct model *model, const struct batch *batch, struct worker *worker,
		  const float **states, struct err *err);

#endif
