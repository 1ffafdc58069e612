/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/hvpnet_prompt.h"

#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "lib/base/checked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 3840 /* of the four stages */
#define CELLS 4       /* of a pooled channel */
#define NARROW 800
#define HEAD_SIZE 64
#define LEAKY_SLOPE 0.01f
#define RESNET_PREFIX "image_model.resnet."

static int get_gates(struct hvpnet_prompt *prompt, struct weights *weights, struct err *err)
{
	size_t inputs = PROMPT_ROWS * 2 * prompt->hidden;
	char name[40];

	for (size_t i = 0; i < prompt->layers; i++) {
		snprintf(name, sizeof(name), "gates.%zu.weight", i);
		if (weights_get(weights, name, SHAPE(PROMPT_BLOCKS, inputs), &prompt->gates[i], err) < 0)
			return -1;
		snprintf(name, sizeof(name), "gates.%zu.bias", i);
		if (weights_get(weights, name, SHAPE(PROMPT_BLOCKS), &prompt->gate_biases[i], err) < 0)
			return -1;
	}
	return 0;
}

int hvpnet_prompt_init(struct hvpnet_prompt *prompt, struct weights *weights, size_t layers,
		       size_t hidden, struct err *err)
{
	size_t wide = PROMPT_BLOCKS * 2 * hidden;

	*prompt = (struct hvpnet_prompt){ .layers = layers, .hidden = hidden };
	if (weights_get(weights, "encoder_conv.0.weight", SHAPE(NARROW, CHANNELS), &prompt->narrow,
			err) < 0 ||
	    weights_get(weights, "encoder_conv.0.bias", SHAPE(NARROW), &prompt->narrow_bias, err) < 0 ||
	    weights_get(weights, "encoder_conv.2.weight", SHAPE(wide, NARROW), &prompt->widen, err) < 0 ||
	    weights_get(weights, "encoder_conv.2.bias", SHAPE(wide), &prompt->widen_bias, err) < 0 ||
	    get_gates(prompt, weights, err) < 0)
		return -1;
	prompt->resnet = resnet_new(weights, RESNET_PREFIX, 50, err);
	return prompt->resnet ? 0 : -1;
}

void hvpnet_prompt_release(struct hvpnet_prompt *prompt)
{
	resnet_free(prompt->resnet);
	prompt->resnet = NULL;
}

size_t hvpnet_prompt_pooled_size(void)
{
	return (size_t)CHANNELS * CELLS;
}

size_t hvpnet_prompt_blocks_size(const struct hvpnet_prompt *prompt)
{
	return PROMPT_ROWS * PROMPT_BLOCKS * 2 * prompt->hidden;
}

size_t hvpnet_prompt_gates_size(const struct hvpnet_prompt *prompt)
{
	return prompt->layers * PROMPT_BLOCKS;
}

void prompt_scratch_release(struct prompt_scratch *scratch)
{
	scratch_release(&scratch->resnet);
	free(scratch->memory);
	memset(scratch, 0, sizeof(*scratch));
}

/* The parts of the scratch, each for RESNET_BATCH pictures. */
struct run {
	const struct hvpnet_prompt *prompt;
	size_t n;
	float *pooled; /* [n, C, 2, 2], which is read as [n, PROMPT_ROWS, C] */
	float *narrow; /* [n, PROMPT_ROWS, 800] */
	float *wide;   /* [n, PROMPT_ROWS, PROMPT_BLOCKS, 2 H] */
	float *mean;   /* [n, PROMPT_ROWS, 2 H] */
	float *gates;  /* [n, PROMPT_BLOCKS] of the layer in hand */
};

static int prepare(struct run *run, struct prompt_scratch *scratch, struct err *err)
{
	size_t pooled = hvpnet_prompt_pooled_size(), narrow = PROMPT_ROWS * NARROW;
	size_t wide = hvpnet_prompt_blocks_size(run->prompt), mean = wide / PROMPT_BLOCKS;

	if (!scratch->memory)
		scratch->memory = checked_calloc(RESNET_BATCH * (pooled + narrow + wide + mean + PROMPT_BLOCKS),
						 sizeof(*scratch->memory));
	if (!scratch->memory)
		return err_set_memory(err);
	run->pooled = scratch->memory;
	run->narrow = run->pooled + RESNET_BATCH * pooled;
	run->wide = run->narrow + RESNET_BATCH * narrow;
	run->mean = run->wide + RESNET_BATCH * wide;
	run->gates = run->mean + RESNET_BATCH * mean;
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
	size_t first = 0;

	for (size_t stage = 0; stage < RESNET_STAGES; first += resnet_channels(stage++)) {
		size_t channels = resnet_channels(stage);
		size_t plane = (size_t)maps->sides[stage] * (size_t)maps->sides[stage];

		for (size_t i = 0; i < channels * run->n; i++)
			pool_channel(maps->stages[stage] + i * plane, maps->sides[stage],
				     run->pooled + (i % run->n * CHANNELS + first + i / run->n) * CELLS);
	}
}

/* y [rows, outputs] = x [rows, inputs] * weight [outputs, inputs] transposed + bias. */
static void linear(const float *x, size_t rows, size_t inputs, const float *weight,
		   const float *bias, size_t outputs, float *y)
{
	blas_sgemm(false, true, (int)rows, (int)outputs, (int)inputs, 1, x, (int)inputs, weight,
		   (int)inputs, 0, y, (int)outputs);
	kernels()->add_bias(y, bias, rows, outputs);
}

/* The four blocks of each row, and over the blocks their mean. */
static void make_blocks(const struct run *run)
{
	const struct hvpnet_prompt *prompt = run->prompt;
	size_t rows = run->n * PROMPT_ROWS, width = 2 * prompt->hidden;

	linear(run->pooled, rows, CHANNELS, prompt->narrow, prompt->narrow_bias, NARROW, run->narrow);
	for (size_t i = 0; i < rows * NARROW; i++)
		run->narrow[i] = tanhf(run->narrow[i]);
	linear(run->narrow, rows, NARROW, prompt->widen, prompt->widen_bias, PROMPT_BLOCKS * width,
	       run->wide);
	for (size_t row = 0; row < rows; row++) {
		const float *blocks = run->wide + row * PROMPT_BLOCKS * width;
		float *mean = run->mean + row * width;

		memcpy(mean, blocks, width * sizeof(*mean));
		for (size_t block = 1; block < PROMPT_BLOCKS; block++)
			kernels()->add(mean, blocks + block * width, width);
		for (size_t i = 0; i < width; i++)
			mean[i] /= PROMPT_BLOCKS;
	}
}

/* Softmax of the leaky ReLU. */
static void finish_gate(const float *logits, float *out)
{
	double values[PROMPT_BLOCKS], sum = 0, most = -INFINITY;

	for (size_t i = 0; i < PROMPT_BLOCKS; i++) {
		values[i] = logits[i] < 0 ? LEAKY_SLOPE * logits[i] : logits[i];
		most = fmax(most, values[i]);
	}
	for (size_t i = 0; i < PROMPT_BLOCKS; i++)
		sum += values[i] = exp(values[i] - most);
	for (size_t i = 0; i < PROMPT_BLOCKS; i++)
		out[i] = (float)(values[i] / sum);
}

static void make_gates(const struct run *run, const struct prompt_picture *pictures)
{
	const struct hvpnet_prompt *prompt = run->prompt;

	for (size_t layer = 0; layer < prompt->layers; layer++) {
		linear(run->mean, run->n, PROMPT_ROWS * 2 * prompt->hidden, prompt->gates[layer],
		       prompt->gate_biases[layer], PROMPT_BLOCKS, run->gates);
		for (size_t i = 0; i < run->n; i++)
			finish_gate(run->gates + i * PROMPT_BLOCKS,
				    pictures[i].gates + layer * PROMPT_BLOCKS);
	}
}

int hvpnet_prompt_run(const struct hvpnet_prompt *prompt, const float *input, int n,
		      struct prompt_scratch *scratch, const struct prompt_picture *pictures,
		      struct err *err)
{
	struct run run = { .prompt = prompt, .n = (size_t)n };
	size_t pooled = hvpnet_prompt_pooled_size(), blocks = hvpnet_prompt_blocks_size(prompt);
	struct resnet_maps maps;

	if (prepare(&run, scratch, err) < 0 ||
	    resnet_run(prompt->resnet, input, n, IMAGENET_SIDE, &scratch->resnet, &maps, err) < 0)
		return -1;
	pool_stages(&run, &maps);
	make_blocks(&run);
	make_gates(&run, pictures);
	for (size_t i = 0; i < run.n; i++) {
		memcpy(pictures[i].blocks, run.wide + i * blocks, blocks * sizeof(*run.wide));
		if (pictures[i].pooled)
			memcpy(pictures[i].pooled, run.pooled + i * pooled, pooled * sizeof(*run.pooled));
	}
	return 0;
}

size_t hvpnet_prompt_prefix_size(const struct hvpnet_prompt *prompt)
{
	return prompt->layers * 2 * PROMPT_LENGTH * prompt->hidden;
}

/* A value of one half of a picture's row, mixed from its blocks. */
static void mix(const float *blocks, size_t width, const float *gates, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++) {
		float sum = 0;

		for (size_t block = 0; block < PROMPT_BLOCKS; block++)
			sum += gates[block] * blocks[block * width + i];
		out[i] = sum;
	}
}

/* The halves of a layer's rows [PROMPT_LENGTH, 2 H] are keys and values. The original reads each half
 * [PROMPT_LENGTH, H] anew as [heads, PROMPT_LENGTH, 64] without moving a number, so that row p of
 * head h is the chunk of 64 with number PROMPT_LENGTH * h + p. */
void hvpnet_prompt_prefix(const struct hvpnet_prompt *prompt,
			  const struct prompt_picture *const slots[PROMPT_SLOTS], float *memory,
			  struct encoder_prefix *prefixes)
{
	size_t hidden = prompt->hidden, width = 2 * hidden, half = PROMPT_LENGTH * hidden;
	size_t heads = hidden / HEAD_SIZE;

	for (size_t layer = 0; layer < prompt->layers; layer++, memory += 2 * half) {
		prefixes[layer] = (struct encoder_prefix){ memory, memory + half };
		for (size_t chunk = 0; chunk < PROMPT_LENGTH * heads; chunk++) {
			size_t row = chunk / heads, column = chunk % heads * HEAD_SIZE;
			const struct prompt_picture *picture = slots[row / PROMPT_ROWS];
			const float *blocks = picture->blocks +
					      row % PROMPT_ROWS * PROMPT_BLOCKS * width + column;
			const float *gates = picture->gates + layer * PROMPT_BLOCKS;
			float *to = memory + chunk % PROMPT_LENGTH * hidden +
				    chunk / PROMPT_LENGTH * HEAD_SIZE;

			mix(blocks, width, gates, HEAD_SIZE, to);
			mix(blocks + hidden, width, gates, HEAD_SIZE, to + half);
		}
	}
}
