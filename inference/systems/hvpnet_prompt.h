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
#define PROMPT_BLOCKS 4 /* at most: one a stage of the ResNet */
#define PROMPT_OBJECTS 3

/* How a layer's rows come of the blocks; see the paper for the variants, whose code was not published. */
enum prompt_kind {
	PROMPT_GATED, /* the published one: a gate of each layer mixes all four blocks */
	PROMPT_1T3,   /* layer l takes block l / 3 alone; there are no gates */
	PROMPT_FLAT,  /* the last stage makes one block, which all layers take; there are no gates */
};

/* C is the channels of the stages that are read, 3840 or 2048; H is hidden. Arrays belong to the
 * weights. */
struct hvpnet_prompt {
	enum prompt_kind kind;
	struct resnet *resnet;
	size_t layers, hidden;
	size_t slots;  /* pictures of a tweet: the whole one, if that is read, then the objects */
	size_t length; /* slots * PROMPT_ROWS */
	size_t blocks; /* PROMPT_BLOCKS or 1 */
	struct linear narrow;                /* C to 800 */
	struct linear widen;                 /* 800 to blocks * 2 H */
	struct linear gates[ENCODER_LAYERS]; /* PROMPT_ROWS * 2 H to blocks, where there are gates */
};

/* The kind that the tensors tell: without gates it is one of the variants, by the width of what is read. */
enum prompt_kind hvpnet_prompt_kind(const struct weights *weights);

/* Read and check the tensors image_model.resnet.*, encoder_conv.* and, of the gated kind, gates.*. The
 * weights must outlive the prompt. Released also after a failure. */
int hvpnet_prompt_init(struct hvpnet_prompt *prompt, struct weights *weights, enum prompt_kind kind,
		       size_t slots, size_t layers, size_t hidden, struct err *err);
void hvpnet_prompt_release(struct hvpnet_prompt *prompt);

/* Floats kept of one picture: its blocks [PROMPT_ROWS, blocks, 2 H], then the gates
 * [layers, blocks]. */
size_t hvpnet_prompt_picture_size(const struct hvpnet_prompt *prompt);

/* From the maps of 1 to RESNET_BATCH pictures to what is kept of each. Adds pooled [C, 2, 2], prompt
 * [PROMPT_ROWS, blocks, 2 H] and gates [layers, blocks] to the dump, which may be NULL,
 * for the records of these numbers. */
int hvpnet_prompt_run(const struct hvpnet_prompt *prompt, const struct resnet_maps *maps, size_t n,
		      struct scratch *scratch, float *const *kept, struct prediction_dump *dump,
		      const size_t *numbers, struct err *err);

/* Floats of the keys and values of one tweet: [layers, 2, length, H]. */
size_t hvpnet_prompt_prefix_size(const struct hvpnet_prompt *prompt);

/* Mix what is kept of a tweet's pictures [slots] into `memory`, to which prefixes [layers] then
 * point. */
void hvpnet_prompt_prefix(const struct hvpnet_prompt *prompt, const float *const *slots,
			  float *memory, struct encoder_prefix *prefixes);

#endif
