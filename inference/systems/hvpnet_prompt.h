/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HVPNeT's visual prompt: what a picture puts before the keys and values of each layer of BERT. The
 * four stages of a ResNet-50 are pooled to 2 x 2, two linear layers make four rows of four blocks of
 * them, and a gate for each layer of BERT mixes the blocks. A tweet has four pictures, the whole one
 * and three objects; a missing object is a picture of zeros. Systems of HVPNeT's own use this.
 *
 *	hvpnet_prompt_init(&prompt, &weights, config.layers, config.hidden, &err);
 *	resnet_run(prompt.resnet, inputs, n, IMAGENET_SIDE, &vision, &maps, &err);
 *	hvpnet_prompt_run(&prompt, &maps, n, &scratch, kept, NULL, NULL, &err);
 *	hvpnet_prompt_prefix(&prompt, slots, keys_and_values, prefixes);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_PROMPT_H
#define TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_PROMPT_H

#include "inference/core/layers.h"
#include "inference/text/encoder.h"
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"
#include "lib/corpus/prediction_dump.h"

#define PROMPT_ROWS 4   /* of one picture */
#define PROMPT_BLOCKS 4 /* between which a gate chooses */
#define PROMPT_SLOTS 4  /* the whole picture, then the objects */
#define PROMPT_LENGTH (PROMPT_SLOTS * PROMPT_ROWS)

/* C is the channels of all stages, 3840; H is hidden. Arrays belong to the weights. */
struct hvpnet_prompt {
	struct resnet *resnet;
	size_t layers, hidden;
	struct linear narrow;                /* C to 800 */
	struct linear widen;                 /* 800 to PROMPT_BLOCKS * 2 H */
	struct linear gates[ENCODER_LAYERS]; /* PROMPT_ROWS * 2 H to PROMPT_BLOCKS */
};

/* Read and check the tensors image_model.resnet.*, encoder_conv.* and gates.*; on failure there is
 * nothing to release. The weights must outlive the prompt. */
int hvpnet_prompt_init(struct hvpnet_prompt *prompt, struct weights *weights, size_t layers,
		       size_t hidden, struct err *err);
void hvpnet_prompt_release(struct hvpnet_prompt *prompt);

/* Floats kept of one picture: its blocks [PROMPT_ROWS, PROMPT_BLOCKS, 2 H], then the gates
 * [layers, PROMPT_BLOCKS]. */
size_t hvpnet_prompt_picture_size(const struct hvpnet_prompt *prompt);

/* From the maps of 1 to RESNET_BATCH pictures to what is kept of each. Adds pooled [C, 2, 2], prompt
 * [PROMPT_ROWS, PROMPT_BLOCKS, 2 H] and gates [layers, PROMPT_BLOCKS] to the dump, which may be NULL,
 * for the records of these numbers. */
int hvpnet_prompt_run(const struct hvpnet_prompt *prompt, const struct resnet_maps *maps, size_t n,
		      struct scratch *scratch, float *const *kept, struct prediction_dump *dump,
		      const size_t *numbers, struct err *err);

/* Floats of the keys and values of one tweet: [layers, 2, PROMPT_LENGTH, H]. */
size_t hvpnet_prompt_prefix_size(const struct hvpnet_prompt *prompt);

/* Mix what is kept of a tweet's pictures into `memory`, to which prefixes [layers] then point. */
void hvpnet_prompt_prefix(const struct hvpnet_prompt *prompt,
			  const float *const slots[PROMPT_SLOTS], float *memory,
			  struct encoder_prefix *prefixes);

#endif
