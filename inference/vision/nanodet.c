/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/nanodet.h"

#include "inference/vision/image_input.h"
#include "inference/vision/nanodet_priv.h"
#include "lib/base/checked.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Units, stride and input channels of the backbone's blocks; a block doubles its channels. */
static const struct {
	size_t units, stride, channels;
} block_plan[CSP_BLOCKS] = { { 1, 1, 32 }, { 2, 2, 64 }, { 2, 2, 128 }, { 3, 2, 256 } };

/* The tensors PREFIX.weight and PREFIX.bias. */
static int load_conv(struct nanodet_model *model, struct nano_conv *conv, const size_t channels[2],
		     size_t kernel, size_t stride, bool active, struct err *err, const char *format, ...)
	__attribute__((format(printf, 8, 9)));

static int load_conv(struct nanodet_model *model, struct nano_conv *conv, const size_t channels[2],
		     size_t kernel, size_t stride, bool active, struct err *err, const char *format, ...)
{
	char prefix[80];
	va_list args;

	va_start(args, format);
	vsnprintf(prefix, sizeof(prefix), format, args);
	va_end(args);
	conv->kernel = kernel;
	conv->stride = stride;
	conv->slope = active ? model->config.slope : 1;
	if (folded_get(&conv->weights, &model->weights, prefix, NULL, channels[0], channels[1], kernel,
		       err) < 0)
		return -1;
	return folded_pack(&conv->weights, err);
}

static int load_block(struct nanodet_model *model, int index, struct err *err)
{
	struct csp_block *block = &model->blocks[index];
	const size_t c = block_plan[index].channels, whole[2] = { c, c }, halved[2] = { c, c / 2 };
	const size_t halves[2] = { c / 2, c / 2 };
	int stage = index + 2;

	block->n_units = block_plan[index].units;
	if (load_conv(model, &block->in_conv, whole, 3, block_plan[index].stride, true, err,
		      "backbone.stages.%d.in_conv.conv", stage) < 0 ||
	    load_conv(model, &block->res_out_conv, whole, 3, 1, true, err,
		      "backbone.stages.%d.res_out_conv.conv", stage) < 0)
		return -1;
	for (size_t j = 0; j < block->n_units; j++) {
		struct csp_unit *unit = &block->units[j];

		if (load_conv(model, &unit->in_conv, halved, 3, 1, true, err,
			      "backbone.stages.%d.res_blocks.%zu.in_conv.conv", stage, j) < 0 ||
		    load_conv(model, &unit->mid_conv, halves, 3, 1, true, err,
			      "backbone.stages.%d.res_blocks.%zu.mid_conv.conv", stage, j) < 0)
			return -1;
	}
	return 0;
}

static int load_head(struct nanodet_model *model, int head, struct err *err)
{
	const struct nanodet_config *config = &model->config;
	const size_t lateral[2] = { block_plan[head + 1].channels * 2, PYRAMID_CHANNELS };
	const size_t tower[2] = { PYRAMID_CHANNELS, PYRAMID_CHANNELS };
	const size_t output[2] = { PYRAMID_CHANNELS, (size_t)(config->n_classes + 4 * config->bins) };

	if (load_conv(model, &model->laterals[head], lateral, 1, 1, false, err,
		      "fpn.lateral_convs.%d.conv", head) < 0 ||
	    load_conv(model, &model->towers[head], tower, 3, 1, true, err, "head.cls_convs.%d.0.conv",
		      head) < 0)
		return -1;
	return load_conv(model, &model->outputs[head], output, 1, 1, false, err, "head.gfl_cls.%d", head);
}

static int load_network(struct nanodet_model *model, struct err *err)
{
	const size_t stem[2] = { 3, STEM_CHANNELS };

	if (nanodet_read_config(model, err) < 0 ||
	    load_conv(model, &model->stem, stem, 3, 2, true, err, "backbone.stages.0.conv") < 0)
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

static void release_convs(struct nanodet_model *model)
{
	folded_release(&model->stem.weights);
	for (int i = 0; i < CSP_BLOCKS; i++) {
		struct csp_block *block = &model->blocks[i];

		folded_release(&block->in_conv.weights);
		folded_release(&block->res_out_conv.weights);
		for (int j = 0; j < CSP_UNITS; j++) {
			folded_release(&block->units[j].in_conv.weights);
			folded_release(&block->units[j].mid_conv.weights);
		}
	}
	for (int i = 0; i < NANODET_HEADS; i++) {
		folded_release(&model->laterals[i].weights);
		folded_release(&model->towers[i].weights);
		folded_release(&model->outputs[i].weights);
	}
}

void nanodet_model_free(struct nanodet_model *model)
{
	if (!model)
		return;
	release_convs(model);
	weights_close(&model->weights);
	arena_release(&model->arena);
	free(model);
}

const struct nanodet_config *nanodet_model_config(const struct nanodet_model *model)
{
	return &model->config;
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
