/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_vision.h"

#include "lib/base/arena.h"
#include "lib/base/buf.h"

#include <stdio.h>
#include <string.h>

#define BATCH_NORM_EPS 1e-5 /* PyTorch's */

/* What the original takes for features: the input of the last 1 x 1 convolution before each head. */
static const size_t outputs[ONESTAGE_SCALES] = { 78, 90, 102 };

static void add_conv(struct buf *cfg, int filters, int size, int stride)
{
	buf_add_format(cfg,
		       "[convolutional]\nbatch_normalize=1\nfilters=%d\nsize=%d\nstride=%d\npad=1\n"
		       "activation=leaky\n", filters, size, stride);
}

static void add_trunk(struct buf *cfg)
{
	static const struct {
		int filters, blocks;
	} stages[] = { { 64, 1 }, { 128, 2 }, { 256, 8 }, { 512, 8 }, { 1024, 4 } };

	add_conv(cfg, 32, 3, 1);
	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		add_conv(cfg, stages[i].filters, 3, 2);
		for (int block = 0; block < stages[i].blocks; block++) {
			add_conv(cfg, stages[i].filters / 2, 1, 1);
			add_conv(cfg, stages[i].filters, 3, 1);
			buf_add_format(cfg, "[shortcut]\nfrom=-3\nactivation=linear\n");
		}
	}
}

static void add_neck(struct buf *cfg, int filters)
{
	for (int i = 0; i < 3; i++) {
		add_conv(cfg, filters, 1, 1);
		add_conv(cfg, 2 * filters, 3, 1);
	}
}

/* To the next finer scale, where layer `joined` has maps of its size. The detection head in between is two
 * layers that nothing reads. */
static void add_step(struct buf *cfg, int filters, int joined)
{
	buf_add_format(cfg, "[dropout]\n[dropout]\n[route]\nlayers=-4\n");
	add_conv(cfg, filters, 1, 1);
	buf_add_format(cfg, "[upsample]\nstride=2\n[route]\nlayers=-1,%d\n", joined);
}

static void write_cfg(struct buf *cfg)
{
	buf_add_format(cfg, "[net]\nwidth=%d\nheight=%d\nchannels=3\n", ONESTAGE_SIDE, ONESTAGE_SIDE);
	add_trunk(cfg);
	add_neck(cfg, 512);
	add_step(cfg, 256, 61);
	add_neck(cfg, 256);
	add_step(cfg, 128, 36);
	add_neck(cfg, 128);
}

static int read_tensor(void *context, const struct darknet_tensor *tensor, float *out, struct err *err)
{
	static const char *const parts[] = { [DARKNET_BIAS] = "bias",
					     [DARKNET_NORM_WEIGHT] = "weight",
					     [DARKNET_NORM_MEAN] = "running_mean",
					     [DARKNET_NORM_VARIANCE] = "running_var",
					     [DARKNET_WEIGHT] = "weight" };
	const struct weights *weights = context;
	char name[100];

	if (tensor->part == DARKNET_WEIGHT) {
		snprintf(name, sizeof(name), "visumodel.module_list.%zu.conv_%zu.weight", tensor->layer,
			 tensor->layer);
		return weights_copy(weights, name,
				    SHAPE(tensor->out, tensor->in, tensor->kernel, tensor->kernel), out, err);
	}
	snprintf(name, sizeof(name), "visumodel.module_list.%zu.batch_norm_%zu.%s", tensor->layer,
		 tensor->layer, parts[tensor->part]);
	return weights_copy(weights, name, SHAPE(tensor->out), out, err);
}

struct darknet_model *onestage_vision_new(const struct weights *weights, struct err *err)
{
	const struct darknet_options options = { .outputs = outputs,
						 .n_outputs = ONESTAGE_SCALES,
						 .norm_epsilon = BATCH_NORM_EPS };
	struct darknet_model *model = NULL;
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct darknet_cfg cfg;

	write_cfg(&text);
	if (text.failed)
		err_set_memory(err);
	else if (darknet_cfg_parse(&cfg, text.data, text.length, "Darknet-53", &arena, err) == 0)
		model = darknet_new(&cfg, &options, err);
	arena_release(&arena);
	buf_release(&text);
	if (model && darknet_load(model, read_tensor, (void *)(uintptr_t)weights, false, err) < 0) {
		darknet_free(model);
		return NULL;
	}
	return model;
}

static void make_planes(const struct image *square, float *planes)
{
	static const float mean[] = { 0.485f, 0.456f, 0.406f }, deviation[] = { 0.229f, 0.224f, 0.225f };

	for (size_t plane = 0; plane < 3; plane++) {
		float levels[256];

		for (int value = 0; value < 256; value++)
			levels[value] = ((float)value / 255 - mean[plane]) / deviation[plane];
		for (size_t i = 0; i < ONESTAGE_PLANES / 3; i++)
			*planes++ = levels[square->rgb[3 * i + plane]];
	}
}

void onestage_vision_run(const struct darknet_model *vision, struct darknet_state *state,
			 const struct image *square, float *planes, float *room,
			 const float *rows[ONESTAGE_SCALES])
{
	make_planes(square, planes);
	darknet_run(vision, state, planes);
	for (int i = 0; i < ONESTAGE_SCALES; i++) {
		struct map map = darknet_output(vision, state, outputs[i]);
		size_t row = (map.width + 2 * map.border) * map.channels, inner = map.width * map.channels;
		const float *from = map.numbers + map.border * (row + map.channels);

		rows[i] = room;
		for (size_t y = 0; y < map.height; y++, from += row, room += inner)
			memcpy(room, from, inner * sizeof(*room));
	}
}
