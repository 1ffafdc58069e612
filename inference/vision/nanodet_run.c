/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/map_resize.h"
#include "inference/vision/nanodet_priv.h"
#include "lib/base/checked.h"

#include <string.h>

/* Hand out parts of one allocation: called first without memory to learn its size. */
static float *take(float *memory, size_t *used, size_t floats)
{
	float *part = memory ? memory + *used : NULL;

	*used += (floats + 15) / 16 * 16; /* parts begin at cache lines */
	return part;
}

static struct map place_map(float *memory, size_t *used, size_t side, size_t border, size_t channels)
{
	struct map map = { NULL, side, side, border, channels };

	map.numbers = take(memory, used, map_floats(&map, 1));
	return map;
}

/* Lay the maps out in `memory` (NULL: only count); returns the floats needed. */
static size_t place_maps(const struct nanodet_model *model, struct nanodet_state *state, float *memory)
{
	size_t side = (size_t)model->config.side, used = 0, outputs = model->outputs[0].weights.out;

	state->input = take(memory, &used, 3 * side * side);
	state->picture = place_map(memory, &used, side, 1, 3);
	state->stem = place_map(memory, &used, side / 2, 0, STEM_CHANNELS);
	state->pool = place_map(memory, &used, side / 4, 1, STEM_CHANNELS);
	state->places = (size_t *)(void *)take(memory, &used, 2 * map_conv_places(side / 2 * side / 2));
	side /= 4;
	for (int i = 0; i < CSP_BLOCKS; i++) {
		size_t channels = model->blocks[i].in_conv.weights.out;

		side /= model->blocks[i].in_conv.stride;
		state->stages[i] = place_map(memory, &used, side, 1, 2 * channels);
		for (int j = 0; j < 2; j++)
			state->halves[i][j] = place_map(memory, &used, side, 1, channels);
	}
	for (int i = 0; i < NANODET_HEADS; i++) {
		size_t cells = (size_t)(model->config.side / model->config.strides[i]);

		state->pyramid[i] = place_map(memory, &used, cells, 1, PYRAMID_CHANNELS);
		state->towers[i] = place_map(memory, &used, cells, 0, PYRAMID_CHANNELS);
		state->outputs[i] = place_map(memory, &used, cells, 0, outputs);
		state->heads[i] = take(memory, &used, outputs * cells * cells);
	}
	return used;
}

struct nanodet_state *nanodet_state_new(const struct nanodet_model *model, struct err *err)
{
	struct nanodet_state *state = checked_calloc(1, sizeof(*state));
	size_t bytes = state ? place_maps(model, state, NULL) * sizeof(float) : 0;

	if (state)
		state->memory = aligned_alloc(64, bytes);
	if (!state || !state->memory) {
		free(state);
		err_set_memory(err);
		return NULL;
	}
	memset(state->memory, 0, bytes);
	place_maps(model, state, state->memory);
	return state;
}

void nanodet_state_free(struct nanodet_state *state)
{
	if (!state)
		return;
	free(state->memory);
	free(state);
}

/* From the channels of `input` that begin at `from` to those of `output` that begin at `to`. */
static void run_conv(const struct nano_conv *conv, struct nanodet_state *state, const struct map *input,
		     size_t from, const struct map *output, size_t to)
{
	const struct map_conv plain = { conv->weights.in, conv->weights.out, conv->kernel, conv->stride,
					conv->kernel / 2, conv->weights.packed, conv->weights.bias };
	const struct map_conv_part part = { 0, output->height, from, 0, conv->weights.out, to };

	map_conv_run_part(&plain, input, &part, conv->slope < 1 ? PRODUCT_LEAKY : PRODUCT_PLAIN,
			  conv->slope, false, output, state->places);
}

/* The block's x is the second half of its output, where in_conv puts it. Each unit writes both
 * halves of the next y; res_out_conv writes the first half of the output. */
static void run_block(const struct csp_block *block, struct nanodet_state *state, const struct map *input,
		      const struct map halves[2], const struct map *output)
{
	size_t channels = block->in_conv.weights.out, from = channels;
	const struct map *y = output;

	run_conv(&block->in_conv, state, input, 0, output, channels);
	for (size_t j = 0; j < block->n_units; j++, from = 0) {
		const struct map *next = &halves[j % 2];

		run_conv(&block->units[j].in_conv, state, y, from, next, channels / 2);
		run_conv(&block->units[j].mid_conv, state, next, channels / 2, next, 0);
		y = next;
	}
	run_conv(&block->res_out_conv, state, y, from, output, 0);
}

static void run_backbone(const struct nanodet_model *model, struct nanodet_state *state, const float *input)
{
	const struct map *map = &state->pool;

	map_from_planes(&state->picture, 0, input);
	run_conv(&model->stem, state, &state->picture, 0, &state->stem, 0);
	map_max_pool(&state->stem, 1, &state->pool);
	for (int i = 0; i < CSP_BLOCKS; i++) {
		run_block(&model->blocks[i], state, map, state->halves[i], &state->stages[i]);
		map = &state->stages[i];
	}
}

static void run_pyramid(const struct nanodet_model *model, struct nanodet_state *state)
{
	for (int i = 0; i < NANODET_HEADS; i++)
		run_conv(&model->laterals[i], state, &state->stages[i + 1], 0, &state->pyramid[i], 0);
	for (int i = NANODET_HEADS - 1; i > 0; i--)
		map_bilinear_add(&state->pyramid[i], &state->pyramid[i - 1]);
	for (int i = 0; i < NANODET_HEADS - 1; i++)
		map_bilinear_add(&state->pyramid[i], &state->pyramid[i + 1]);
}

void nanodet_run(const struct nanodet_model *model, struct nanodet_state *state, const float *input)
{
	run_backbone(model, state, input);
	run_pyramid(model, state);
	for (int i = 0; i < NANODET_HEADS; i++) {
		const struct map *outputs = &state->outputs[i];

		run_conv(&model->towers[i], state, &state->pyramid[i], 0, &state->towers[i], 0);
		run_conv(&model->outputs[i], state, &state->towers[i], 0, outputs, 0);
		map_to_planes(outputs, 0, state->heads[i], outputs->height * outputs->width);
	}
}

const float *nanodet_head(const struct nanodet_state *state, int head)
{
	return state->heads[head];
}

static double products_of(const struct nano_conv *conv, const struct map *output)
{
	return (double)(output->height * output->width) * (double)(conv->weights.in * conv->weights.out) *
	       (double)(conv->kernel * conv->kernel);
}

double nanodet_model_products(const struct nanodet_model *model)
{
	struct nanodet_state state;
	double sum;

	place_maps(model, &state, NULL);
	sum = products_of(&model->stem, &state.stem);
	for (int i = 0; i < CSP_BLOCKS; i++) {
		const struct csp_block *block = &model->blocks[i];

		sum += products_of(&block->in_conv, &state.stages[i]) +
		       products_of(&block->res_out_conv, &state.stages[i]);
		for (size_t j = 0; j < block->n_units; j++)
			sum += products_of(&block->units[j].in_conv, &state.stages[i]) +
			       products_of(&block->units[j].mid_conv, &state.stages[i]);
	}
	for (int i = 0; i < NANODET_HEADS; i++)
		sum += products_of(&model->laterals[i], &state.pyramid[i]) +
		       products_of(&model->towers[i], &state.pyramid[i]) +
		       products_of(&model->outputs[i], &state.pyramid[i]);
	return sum;
}
