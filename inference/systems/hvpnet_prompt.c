/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/hvpnet_prompt.h"

#include "inference/core/kernels.h"

#include <stdio.h>
#include <string.h>

#define CELLS 4       /* of a pooled channel */
#define NARROW 800
#define HEAD_SIZE 64
#define LEAKY_SLOPE 0.01f
#define RESNET_PREFIX "image_model.resnet."

/* The first stage that is read; the others follow. */
static size_t first_stage(const struct hvpnet_prompt *prompt)
{
	return prompt->kind == PROMPT_FLAT ? RESNET_STAGES - 1 : 0;
}

static size_t channels(const struct hvpnet_prompt *prompt)
{
	size_t sum = 0;

	for (size_t stage = first_stage(prompt); stage < RESNET_STAGES; stage++)
		sum += resnet_channels(stage);
	return sum;
}

enum prompt_kind hvpnet_prompt_kind(const struct weights *weights)
{
	struct shape shape;

	if (weights_have(weights, "gates.0.weight"))
		return PROMPT_GATED;
	return weights_shape(weights, "encoder_conv.0.weight", &shape) && shape.n == 2 &&
			       shape.dims[1] == resnet_channels(RESNET_STAGES - 1)
		       ? PROMPT_FLAT
		       : PROMPT_1T3;
}

static int get_gates(struct hvpnet_prompt *prompt, struct weights *weights, struct err *err)
{
	char name[40];

	for (size_t i = 0; i < prompt->layers; i++) {
		snprintf(name, sizeof(name), "gates.%zu", i);
		if (linear_get(&prompt->gates[i], weights, name, PROMPT_ROWS * 2 * prompt->hidden,
			       PROMPT_BLOCKS, err) < 0)
			return -1;
	}
	return 0;
}

int hvpnet_prompt_init(struct hvpnet_prompt *prompt, struct weights *weights, enum prompt_kind kind,
		       size_t slots, size_t layers, size_t hidden, struct err *err)
{
	*prompt = (struct hvpnet_prompt){ .kind = kind,
					  .slots = slots,
					  .length = slots * PROMPT_ROWS,
					  .blocks = kind == PROMPT_FLAT ? 1 : PROMPT_BLOCKS,
					  .layers = layers,
					  .hidden = hidden };
	if (linear_get(&prompt->narrow, weights, "encoder_conv.0", channels(prompt), NARROW, err) < 0 ||
	    linear_get(&prompt->widen, weights, "encoder_conv.2", NARROW, prompt->blocks * 2 * hidden,
		       err) < 0 ||
	    (kind == PROMPT_GATED && get_gates(prompt, weights, err) < 0))
		return -1;
	prompt->resnet = resnet_new(weights, RESNET_PREFIX, 50, err);
	return prompt->resnet ? 0 : -1;
}

void hvpnet_prompt_release(struct hvpnet_prompt *prompt)
{
	resnet_free(prompt->resnet);
	prompt->resnet = NULL;
}

static size_t blocks_size(const struct hvpnet_prompt *prompt)
{
	return PROMPT_ROWS * prompt->blocks * 2 * prompt->hidden;
}

size_t hvpnet_prompt_picture_size(const struct hvpnet_prompt *prompt)
{
	return blocks_size(prompt) + prompt->layers * prompt->blocks;
}

/* The parts of the scratch. */
struct run {
	const struct hvpnet_prompt *prompt;
	size_t n;
	float *pooled; /* [n, C, 2, 2], which is read as [n, PROMPT_ROWS, C] */
	float *narrow; /* [n, PROMPT_ROWS, 800] */
	float *wide;   /* [n, PROMPT_ROWS, blocks, 2 H] */
	float *mean;   /* [n, PROMPT_ROWS, 2 H] */
	float *gates;  /* [n, blocks] of the layer in hand */
};

static int prepare(struct run *run, struct scratch *scratch, struct err *err)
{
	size_t pooled = channels(run->prompt) * CELLS, narrow = PROMPT_ROWS * NARROW;
	size_t wide = blocks_size(run->prompt), mean = wide / run->prompt->blocks;
	float *memory = scratch_reserve(scratch, run->n * (pooled + narrow + wide + mean + PROMPT_BLOCKS),
					err);

	if (!memory)
		return -1;
	run->pooled = memory;
	run->narrow = run->pooled + run->n * pooled;
	run->wide = run->narrow + run->n * narrow;
	run->mean = run->wide + run->n * wide;
	run->gates = run->mean + run->n * mean;
	return 0;
}

/* The means of the four squares of side / 2 at the top left of a channel. */
static void pool_channel(const float *map, int side, float *out)
{
	int kernel = side / 2;

	for (int cell = 0; cell < CELLS; cell++) {
		const float *corner = map + cell / 2 * kernel * side + cell % 2 * kernel;
		double sum = 0;

		for (int y = 0; y < kernel; y++)
			for (int x = 0; x < kernel; x++)
				sum += corner[y * side + x];
		out[cell] = (float)(sum / (kernel * kernel));
	}
}

static void pool_stages(const struct run *run, const struct resnet_maps *maps)
{
	size_t all = channels(run->prompt), first = 0;

	for (size_t stage = first_stage(run->prompt); stage < RESNET_STAGES; stage++) {
		size_t own = resnet_channels(stage);
		size_t plane = (size_t)maps->sides[stage] * (size_t)maps->sides[stage];

		for (size_t i = 0; i < own * run->n; i++)
			pool_channel(maps->stages[stage] + i * plane, maps->sides[stage],
				     run->pooled + (i % run->n * all + first + i / run->n) * CELLS);
		first += own;
	}
}

/* The four blocks of each row, and over the blocks their mean. */
static void make_blocks(const struct run *run)
{
	const struct hvpnet_prompt *prompt = run->prompt;
	size_t rows = run->n * PROMPT_ROWS, width = 2 * prompt->hidden;

	linear_run(&prompt->narrow, run->pooled, rows, run->narrow, NARROW);
	tanh_run(run->narrow, rows * NARROW);
	linear_run(&prompt->widen, run->narrow, rows, run->wide, prompt->blocks * width);
	for (size_t row = 0; row < rows; row++) {
		const float *blocks = run->wide + row * prompt->blocks * width;
		float *mean = run->mean + row * width;

		memcpy(mean, blocks, width * sizeof(*mean));
		for (size_t block = 1; block < prompt->blocks; block++)
			kernels()->add(mean, blocks + block * width, width);
		for (size_t i = 0; i < width; i++)
			mean[i] /= (float)prompt->blocks;
	}
}

/* The softmax of the leaky ReLU, of one layer for all pictures. */
static void compute_gates(const struct run *run, size_t layer, float *const *kept, size_t at)
{
	size_t blocks = run->prompt->blocks;

	linear_run(&run->prompt->gates[layer], run->mean, run->n, run->gates, blocks);
	kernels()->leaky(run->gates, 0, LEAKY_SLOPE, run->n * blocks);
	for (size_t i = 0; i < run->n; i++) {
		memcpy(kept[i] + at, run->gates + i * blocks, blocks * sizeof(*run->gates));
		softmax_row(kept[i] + at, blocks);
	}
}

/* The gates behind the blocks of each picture; where there are none, the one block that the layer
 * takes. */
static void make_gates(const struct run *run, float *const *kept)
{
	const struct hvpnet_prompt *prompt = run->prompt;

	for (size_t layer = 0; layer < prompt->layers; layer++) {
		size_t at = blocks_size(prompt) + layer * prompt->blocks;

		if (prompt->kind == PROMPT_GATED)
			compute_gates(run, layer, kept, at);
		else
			for (size_t i = 0; i < run->n; i++)
				for (size_t block = 0; block < prompt->blocks; block++)
					kept[i][at + block] = block == layer * prompt->blocks / prompt->layers;
	}
}

static int dump_picture(const struct run *run, size_t i, const float *kept,
			struct prediction_dump *dump, size_t number, struct err *err)
{
	const struct hvpnet_prompt *prompt = run->prompt;
	const size_t pooled[] = { channels(prompt), 2, 2 }, gates[] = { prompt->layers, prompt->blocks };
	const size_t blocks[] = { PROMPT_ROWS, prompt->blocks, 2 * prompt->hidden };

	if (prediction_dump_add(dump, number, "pooled", TENSOR_F32, 3, pooled,
				run->pooled + i * pooled[0] * CELLS, err) < 0 ||
	    prediction_dump_add(dump, number, "prompt", TENSOR_F32, 3, blocks, kept, err) < 0)
		return -1;
	return prediction_dump_add(dump, number, "gates", TENSOR_F32, 2, gates,
				   kept + blocks_size(prompt), err);
}

int hvpnet_prompt_run(const struct hvpnet_prompt *prompt, const struct resnet_maps *maps, size_t n,
		      struct scratch *scratch, float *const *kept, struct prediction_dump *dump,
		      const size_t *numbers, struct err *err)
{
	struct run run = { .prompt = prompt, .n = n };
	size_t blocks = blocks_size(prompt);

	if (prepare(&run, scratch, err) < 0)
		return -1;
	pool_stages(&run, maps);
	make_blocks(&run);
	make_gates(&run, kept);
	for (size_t i = 0; i < n; i++) {
		memcpy(kept[i], run.wide + i * blocks, blocks * sizeof(*run.wide));
		if (dump && dump_picture(&run, i, kept[i], dump, numbers[i], err) < 0)
			return -1;
	}
	return 0;
}

size_t hvpnet_prompt_prefix_size(const struct hvpnet_prompt *prompt)
{
	return prompt->layers * 2 * prompt->length * prompt->hidden;
}

/* A part of a half of a picture's row, mixed from its blocks. */
static void mix(const struct hvpnet_prompt *prompt, const float *blocks, const float *gates, float *out)
{
	size_t width = 2 * prompt->hidden;

	for (size_t i = 0; i < HEAD_SIZE; i++) {
		float sum = 0;

		for (size_t block = 0; block < prompt->blocks; block++)
			sum += gates[block] * blocks[block * width + i];
		out[i] = sum;
	}
}

/* The halves of a layer's rows [length, 2 H] are keys and values. The original reads each half
 * [length, H] anew as [heads, length, 64] without moving a number, so that row p of head h is the chunk
 * of 64 with number length * h + p. */
void hvpnet_prompt_prefix(const struct hvpnet_prompt *prompt, const float *const *slots,
			  float *memory, struct encoder_prefix *prefixes)
{
	size_t hidden = prompt->hidden, half = prompt->length * hidden, heads = hidden / HEAD_SIZE;

	for (size_t layer = 0; layer < prompt->layers; layer++, memory += 2 * half) {
		prefixes[layer] = (struct encoder_prefix){ memory, memory + half };
		for (size_t chunk = 0; chunk < prompt->length * heads; chunk++) {
			size_t row = chunk / heads, column = chunk % heads * HEAD_SIZE;
			const float *picture = slots[row / PROMPT_ROWS];
			const float *gates = picture + blocks_size(prompt) + layer * prompt->blocks;
			const float *blocks = picture + row % PROMPT_ROWS * prompt->blocks * 2 * hidden +
					      column;
			float *to = memory + chunk % prompt->length * hidden +
				    chunk / prompt->length * HEAD_SIZE;

			mix(prompt, blocks, gates, to);
			mix(prompt, blocks + hidden, gates, to + half);
		}
	}
}
