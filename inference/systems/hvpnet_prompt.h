/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HVPNeT's visual prompt: what a picture puts before the keys and values of each layer of BERT. The
 * four stages of a ResNet-50 are pooled to 2 x 2, two linear layers make four rows of four blocks of
 * them, and a gate for each layer of BERT mixes the blocks. A tweet has four pictures, the whole one
 * and three objects; a missing object is a picture of zeros. Systems of HVPNeT's own use this.
 *
 *	hvpnet_prompt_init(&prompt, &weights, config.layers, config.hidden, &err);
 *	hvpnet_prompt_run(&prompt, inputs, n, &scratch, pictures, &err);
 *	hvpnet_prompt_prefix(&prompt, slots, keys_and_values, prefixes);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_PROMPT_H
#define TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_PROMPT_H

#include "inference/text/encoder.h"
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"

#define PROMPT_ROWS 4   /* of one picture */
#define PROMPT_BLOCKS 4 /* between which a gate chooses */
#define PROMPT_SLOTS 4  /* the whole picture, then the objects */
#define PROMPT_LENGTH (PROMPT_SLOTS * PROMPT_ROWS)

/* C is the channels of all stages, 3840; H is hidden. Arrays belong to the weights. */
struct hvpnet_prompt {
	struct resnet *resnet;
	size_t layers, hidden;
	const float *narrow, *narrow_bias; /* [800, C], [800] */
	const float *widen, *widen_bias;   /* [PROMPT_BLOCKS * 2 H, 800], [...] */
	const float *gates[ENCODER_LAYERS];       /* [PROMPT_BLOCKS, PROMPT_ROWS * 2 H] */
	const float *gate_biases[ENCODER_LAYERS]; /* [PROMPT_BLOCKS] */
};

/* Read and check the tensors image_model.resnet.*, encoder_conv.* and gates.*; on failure there is
 * nothing to release. The weights must outlive the prompt. */
int hvpnet_prompt_init(struct hvpnet_prompt *prompt, struct weights *weights, size_t layers,
		       size_t hidden, struct err *err);
void hvpnet_prompt_release(struct hvpnet_prompt *prompt);

/* What one picture gives; the arrays are the caller's. */
struct prompt_picture {
	float *pooled; /* [C, 2, 2], or NULL when it is not wanted */
	float *blocks; /* [PROMPT_ROWS, PROMPT_BLOCKS, 2 H] */
	float *gates;  /* [layers, PROMPT_BLOCKS] */
};

/* Floats of `pooled`, `blocks` and `gates`. */
size_t hvpnet_prompt_pooled_size(void);
size_t hvpnet_prompt_blocks_size(const struct hvpnet_prompt *prompt);
size_t hvpnet_prompt_gates_size(const struct hvpnet_prompt *prompt);

/* Working memory; zero to begin with; one a thread. */
struct prompt_scratch {
	struct scratch resnet;
	float *memory;
};

void prompt_scratch_release(struct prompt_scratch *scratch);

/* Run 1 to RESNET_BATCH pictures [n, 3, IMAGENET_SIDE, IMAGENET_SIDE] on one thread. */
int hvpnet_prompt_run(const struct hvpnet_prompt *prompt, const float *input, int n,
		      struct prompt_scratch *scratch, const struct prompt_picture *pictures,
		      struct err *err);

/* Floats of the keys and values of one tweet: [layers, 2, PROMPT_LENGTH, H]. */
size_t hvpnet_prompt_prefix_size(const struct hvpnet_prompt *prompt);

/* Mix the blocks of a tweet's pictures into `memory`, to which prefixes [layers] then point. */
void hvpnet_prompt_prefix(const struct hvpnet_prompt *prompt,
			  const struct prompt_picture *const slots[PROMPT_SLOTS], float *memory,
			  struct encoder_prefix *prefixes);

#endif
