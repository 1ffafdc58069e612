/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/nanodet.h"

#include "inference/core/blas.h"
#include "inference/core/conv_direct.h"
#include "inference/vision/image_input.h"
#include "inference/vision/nanodet_priv.h"
#include "lib/base/checked.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STEM_CHANNELS 32
#define PYRAMID_CHANNELS 128

/* Units, stride and input channels of the backbone's blocks; a block doubles its channels. */
static const struct {
	int units, stride, channels;
} block_plan[CSP_BLOCKS] = { { 1, 1, 32 }, { 2, 2, 64 }, { 2, 2, 128 }, { 3, 2, 256 } };

/* Bring the weights into the order of the direct way where that serves. */
static int pack_conv(struct nanodet_model *model, struct conv *conv, struct err *err)
{
	float *packed;

	if (!conv_direct_serves(conv))
		return 0;
	packed = arena_alloc(&model->arena, (size_t)conv->out * (size_t)conv->in,
			     (size_t)conv->kernel * (size_t)conv->kernel * sizeof(*packed));
	if (!packed)
		return err_set_memory(err);
	conv_direct_pack(conv, packed);
	conv->packed = packed;
	return 0;
}

/* The tensors PREFIX.weight and PREFIX.bias, with conv's sizes set. */
static int load_conv(struct nanodet_model *model, struct conv *conv, struct err *err,
		     const char *format, ...) __attribute__((format(printf, 4, 5)));

static int load_conv(struct nanodet_model *model, struct conv *conv, struct err *err,
		     const char *format, ...)
{
	char prefix[80], name[100];
	size_t in = (size_t)conv->in, out = (size_t)conv->out, kernel = (size_t)conv->kernel;
	va_list args;

	va_start(args, format);
	vsnprintf(prefix, sizeof(prefix), format, args);
	va_end(args);
	snprintf(name, sizeof(name), "%s.weight", prefix);
	if (weights_get(&model->weights, name, SHAPE(out, in, kernel, kernel), &conv->weight, err) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s.bias", prefix);
	if (weights_get(&model->weights, name, SHAPE(out), &conv->bias, err) < 0)
		return -1;
	return pack_conv(model, conv, err);
}

static int load_block(struct nanodet_model *model, int index, struct err *err)
{
	struct csp_block *block = &model->blocks[index];
	int channels = block_plan[index].channels, stage = index + 2;
	float slope = model->config.slope;

	block->n_units = block_plan[index].units;
	block->in_conv = (struct conv){ channels, channels, 3, block_plan[index].stride, slope, 0, 0, 0 };
	block->res_out_conv = (struct conv){ channels, channels, 3, 1, slope, 0, 0, 0 };
	if (load_conv(model, &block->in_conv, err, "backbone.stages.%d.in_conv.conv", stage) < 0 ||
	    load_conv(model, &block->res_out_conv, err, "backbone.stages.%d.res_out_conv.conv",
		      stage) < 0)
		return -1;
	for (int j = 0; j < block->n_units; j++) {
		struct csp_unit *unit = &block->units[j];

		unit->in_conv = (struct conv){ channels, channels / 2, 3, 1, slope, 0, 0, 0 };
		unit->mid_conv = (struct conv){ channels / 2, channels / 2, 3, 1, slope, 0, 0, 0 };
		if (load_conv(model, &unit->in_conv, err,
			      "backbone.stages.%d.res_blocks.%d.in_conv.conv", stage, j) < 0 ||
		    load_conv(model, &unit->mid_conv, err,
			      "backbone.stages.%d.res_blocks.%d.mid_conv.conv", stage, j) < 0)
			return -1;
	}
	return 0;
}

static int load_head(struct nanodet_model *model, int head, struct err *err)
{
	const struct nanodet_config *config = &model->config;
	int in = block_plan[head + 1].channels * 2, out = config->n_classes + 4 * config->bins;

	model->laterals[head] = (struct conv){ in, PYRAMID_CHANNELS, 1, 1, 1, 0, 0, 0 };
	model->towers[head] =
		(struct conv){ PYRAMID_CHANNELS, PYRAMID_CHANNELS, 3, 1, config->slope, 0, 0, 0 };
	model->outputs[head] = (struct conv){ PYRAMID_CHANNELS, out, 1, 1, 1, 0, 0, 0 };
	if (load_conv(model, &model->laterals[head], err, "fpn.lateral_convs.%d.conv", head) < 0 ||
	    load_conv(model, &model->towers[head], err, "head.cls_convs.%d.0.conv", head) < 0)
		return -1;
	return load_conv(model, &model->outputs[head], err, "head.gfl_cls.%d", head);
}

static int load_network(struct nanodet_model *model, struct err *err)
{
	if (nanodet_read_config(model, err) < 0)
		return -1;
	model->stem = (struct conv){ 3, STEM_CHANNELS, 3, 2, model->config.slope, 0, 0, 0 };
	if (load_conv(model, &model->stem, err, "backbone.stages.0.conv") < 0)
		return -1;
	for (int i = 0; i < CSP_BLOCKS; i++)
		if (load_block(model, i, err) < 0)
			return -1;
	for (int i = 0; i < NANODET_HEADS; i++)
		if (load_head(model, i, err) < 0)
			return -1;
	return 0;
}

struct nanodet_model *nanodet_model_new(const char *path, struct err *err)
{
	struct nanodet_model *model;

	if (blas_open(err) < 0)
		return NULL;
	model = checked_calloc(1, sizeof(*model));
	if (!model) {
		err_set_memory(err);
		return NULL;
	}
	if (weights_open(&model->weights, path, err) < 0) {
		free(model);
		return NULL;
	}
	if (load_network(model, err) < 0) {
		nanodet_model_free(model);
		return NULL;
	}
	return model;
}

void nanodet_model_free(struct nanodet_model *model)
{
	if (!model)
		return;
	weights_close(&model->weights);
	arena_release(&model->arena);
	free(model);
}

const struct nanodet_config *nanodet_model_config(const struct nanodet_model *model)
{
	return &model->config;
}

/* Calls `visit` for every convolution with the side of its input. */
static void each_conv(const struct nanodet_model *model,
		      void (*visit)(const struct conv *conv, int side, void *context), void *context)
{
	int side = model->config.side;

	visit(&model->stem, side, context);
	side /= 4;
	for (int i = 0; i < CSP_BLOCKS; i++) {
		const struct csp_block *block = &model->blocks[i];

		visit(&block->in_conv, side, context);
		side = conv_output_size(&block->in_conv, side);
		for (int j = 0; j < block->n_units; j++) {
			visit(&block->units[j].in_conv, side, context);
			visit(&block->units[j].mid_conv, side, context);
		}
		visit(&block->res_out_conv, side, context);
	}
	for (int i = 0; i < NANODET_HEADS; i++) {
		side = model->config.side / model->config.strides[i];
		visit(&model->laterals[i], side, context);
		visit(&model->towers[i], side, context);
		visit(&model->outputs[i], side, context);
	}
}

static void count_products(const struct conv *conv, int side, void *context)
{
	double out = conv_output_size(conv, side);

	*(double *)context += out * out * conv->out * conv->in * conv->kernel * conv->kernel;
}

static void most_scratch(const struct conv *conv, int side, void *context)
{
	size_t wanted = conv_scratch(conv, side, side);

	if (wanted > *(size_t *)context)
		*(size_t *)context = wanted;
}

double nanodet_model_products(const struct nanodet_model *model)
{
	double products = 0;

	each_conv(model, count_products, &products);
	return products;
}

/* Hand out parts of one allocation: called first without memory to learn its size. */
static float *take(float *memory, size_t *used, size_t floats)
{
	float *part = memory ? memory + *used : NULL;

	*used += (floats + 15) / 16 * 16; /* parts begin at cache lines */
	return part;
}

/* Lay the maps out in `memory` (NULL: only count); returns the floats needed. */
static size_t place_maps(const struct nanodet_model *model, struct nanodet_state *state,
			 float *memory)
{
	size_t side = (size_t)model->config.side, used = 0, scratch = 0, cells;
	int outputs = model->outputs[0].out;

	state->input = take(memory, &used, 3 * side * side);
	state->stem = take(memory, &used, STEM_CHANNELS * (side / 2) * (side / 2));
	side /= 4;
	state->pool = take(memory, &used, STEM_CHANNELS * side * side);
	for (int i = 0; i < 2; i++)
		state->half[i] = take(memory, &used, STEM_CHANNELS * side * side);
	for (int i = 0; i < CSP_BLOCKS; i++) {
		side /= (size_t)block_plan[i].stride;
		state->stages[i] = take(memory, &used, (size_t)block_plan[i].channels * 2 * side * side);
	}
	for (int i = 0; i < NANODET_HEADS; i++) {
		cells = (size_t)(model->config.side / model->config.strides[i]);
		state->pyramid[i] = take(memory, &used, PYRAMID_CHANNELS * cells * cells);
		state->heads[i] = take(memory, &used, (size_t)outputs * cells * cells);
	}
	cells = (size_t)(model->config.side / model->config.strides[0]);
	state->tower = take(memory, &used, PYRAMID_CHANNELS * cells * cells);
	each_conv(model, most_scratch, &scratch);
	state->scratch = take(memory, &used, scratch);
	return used;
}

struct nanodet_state *nanodet_state_new(const struct nanodet_model *model, struct err *err)
{
	struct nanodet_state *state = checked_calloc(1, sizeof(*state));

	if (state)
		state->memory = aligned_alloc(64, place_maps(model, state, NULL) * sizeof(float));
	if (!state || !state->memory) {
		free(state);
		err_set_memory(err);
		return NULL;
	}
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

/* The block's x is the second half of its output, where in_conv puts it. Each unit writes both
 * halves of the next y; res_out_conv writes the first half of the output. Returns the output side. */
static int run_block(const struct csp_block *block, struct nanodet_state *state, const float *input,
		     int side, float *output)
{
	int out = conv_output_size(&block->in_conv, side);
	size_t plane = (size_t)out * (size_t)out, channels = (size_t)block->in_conv.out;
	const float *y = output + channels * plane;

	conv_run(&block->in_conv, input, side, side, output + channels * plane, state->scratch);
	for (int j = 0; j < block->n_units; j++) {
		float *next = state->half[j % 2], *second = next + channels / 2 * plane;

		conv_run(&block->units[j].in_conv, y, out, out, second, state->scratch);
		conv_run(&block->units[j].mid_conv, second, out, out, next, state->scratch);
		y = next;
	}
	conv_run(&block->res_out_conv, y, out, out, output, state->scratch);
	return out;
}

static void run_backbone(const struct nanodet_model *model, struct nanodet_state *state,
			 const float *input)
{
	int side = model->config.side;
	const float *map = state->pool;

	conv_run(&model->stem, input, side, side, state->stem, state->scratch);
	max_pool(state->stem, STEM_CHANNELS, side / 2, side / 2, state->pool);
	side /= 4;
	for (int i = 0; i < CSP_BLOCKS; i++) {
		side = run_block(&model->blocks[i], state, map, side, state->stages[i]);
		map = state->stages[i];
	}
}

static void run_pyramid(const struct nanodet_model *model, struct nanodet_state *state)
{
	int cells[NANODET_HEADS];

	for (int i = 0; i < NANODET_HEADS; i++) {
		cells[i] = model->config.side / model->config.strides[i];
		conv_run(&model->laterals[i], state->stages[i + 1], cells[i], cells[i],
			 state->pyramid[i], state->scratch);
	}
	for (int i = NANODET_HEADS - 1; i > 0; i--)
		bilinear_add(state->pyramid[i], PYRAMID_CHANNELS, cells[i], cells[i],
			     state->pyramid[i - 1], cells[i - 1], cells[i - 1]);
	for (int i = 0; i < NANODET_HEADS - 1; i++)
		bilinear_add(state->pyramid[i], PYRAMID_CHANNELS, cells[i], cells[i],
			     state->pyramid[i + 1], cells[i + 1], cells[i + 1]);
}

void nanodet_run(const struct nanodet_model *model, struct nanodet_state *state, const float *input)
{
	run_backbone(model, state, input);
	run_pyramid(model, state);
	for (int i = 0; i < NANODET_HEADS; i++) {
		int cells = model->config.side / model->config.strides[i];

		conv_run(&model->towers[i], state->pyramid[i], cells, cells, state->tower,
			 state->scratch);
		conv_run(&model->outputs[i], state->tower, cells, cells, state->heads[i],
			 state->scratch);
	}
}

const float *nanodet_head(const struct nanodet_state *state, int head)
{
	return state->heads[head];
}

int nanodet_detect(const struct nanodet_model *model, struct nanodet_state *state,
		   const struct image *image, float threshold, struct detection **out, size_t *n,
		   struct arena *arena, struct err *err)
{
	const struct nanodet_config *config = &model->config;
	struct letterbox place = letterbox_place(image->width, image->height, config->side);
	struct image square = IMAGE_INIT;

	if (letterbox_image(&square, image, &place, err) < 0)
		return -1;
	image_to_bgr_planes(&square, config->mean, config->deviation, state->input);
	image_release(&square);
	nanodet_run(model, state, state->input);
	if (nanodet_boxes(config, state->heads, threshold, out, n, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < *n; i++) {
		struct detection *box = &(*out)[i];

		box->x0 = letterbox_undo_x(&place, box->x0);
		box->y0 = letterbox_undo_y(&place, box->y0);
		box->x1 = letterbox_undo_x(&place, box->x1);
		box->y1 = letterbox_undo_y(&place, box->y1);
	}
	return 0;
}
