/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks that a Darknet cfg describes: convolutions (plain, grouped, depthwise; batch norms folded),
 * max pooling, route, shortcut, upsample, sam, scale_channels, reorg, avgpool, dropout, and the yolo and
 * region heads. Layers are numbered from 0, [net] left out. What no wanted output needs is not run.
 *
 *	darknet_cfg_parse(&cfg, text, length, "yolov3", &arena, &err);
 *	model = darknet_new(&cfg, &(struct darknet_options){ .outputs = layers, .n_outputs = 3 }, &err);
 *	darknet_load(model, source, context, &err);
 *	state = darknet_state_new(model, threads, &err);
 *	darknet_run(model, state, planes);
 *	map = darknet_output(model, state, layers[0]);
 *
 * A model is read-only once loaded: several threads may share it, each with a state of its own.
 */
#ifndef TAGSIGHT_INFERENCE_VISION_DARKNET_H
#define TAGSIGHT_INFERENCE_VISION_DARKNET_H

#include "inference/core/map_conv.h"
#include "inference/vision/darknet_heads.h"
#include "lib/base/err.h"
#include "lib/formats/darknet_cfg.h"

#include <stdbool.h>
#include <stddef.h>

struct darknet_model;
struct darknet_state;

struct darknet_options {
	const size_t *outputs; /* [n_outputs] layers whose maps are wanted; n_outputs 0: what the heads read */
	size_t n_outputs;
	/* Of a variance under the root; 0: 1e-6. Darknet itself adds that to the root instead, which differs
	 * where a variance is tiny; OpenCV, whose numbers are the reference here, and PyTorch (with 1e-5)
	 * add theirs before. */
	double norm_epsilon;
	int width, height; /* of the input, instead of what [net] says; 0: that */
};

/* NULL on failure, with the line of the cfg; the cfg is needed no more afterwards. */
struct darknet_model *darknet_new(const struct darknet_cfg *cfg, const struct darknet_options *options,
				  struct err *err);
void darknet_free(struct darknet_model *model);

/* A tensor of a convolution. With a batch norm, BIAS is the norm's. */
enum darknet_part { DARKNET_BIAS, DARKNET_NORM_WEIGHT, DARKNET_NORM_MEAN, DARKNET_NORM_VARIANCE, DARKNET_WEIGHT };

struct darknet_tensor {
	size_t layer;
	enum darknet_part part;
	bool has_norm;         /* whether the convolution has a batch norm */
	size_t out, in, kernel; /* WEIGHT: [out, in, kernel, kernel], `in` of one group; others: [out] */
	size_t numbers;
};

/* Write a tensor's numbers to `out`. */
typedef int darknet_source(void *context, const struct darknet_tensor *tensor, float *out, struct err *err);

/* Take the weights of what is run from a source, layers in rising order, the parts of each in the order
 * of enum darknet_part; `all`: also of convolutions that are not run, as a stream needs it. */
int darknet_load(struct darknet_model *model, darknet_source *source, void *context, bool all,
		 struct err *err);

/* The same from a file of Darknet weights, which must hold just what the cfg asks for. */
int darknet_load_file(struct darknet_model *model, const char *path, struct err *err);

/* The [yolo] and [region] layers, in their order. */
size_t darknet_n_heads(const struct darknet_model *model);
const struct darknet_head *darknet_head(const struct darknet_model *model, size_t i);

int darknet_width(const struct darknet_model *model);
int darknet_height(const struct darknet_model *model);
bool darknet_letter_box(const struct darknet_model *model); /* as darknet_input() takes it */
size_t darknet_layers(const struct darknet_model *model);

/* What a layer gives, and what of weights it asks for. */
struct darknet_shape {
	size_t height, width, channels;
	size_t tensors, numbers;
};

struct darknet_shape darknet_shape(const struct darknet_model *model, size_t layer);

/* Multiplications of one picture, for benchmarks. */
double darknet_products(const struct darknet_model *model);

/* Floats that the maps of one run take. */
size_t darknet_memory(const struct darknet_model *model);

/* The memory of one run on at most `threads` threads; NULL when memory is out. */
struct darknet_state *darknet_state_new(const struct darknet_model *model, int threads, struct err *err);
void darknet_state_free(struct darknet_state *state);

/* Run on planes [3, height, width]. */
void darknet_run(const struct darknet_model *model, struct darknet_state *state, const float *planes);

/* The map of a wanted layer after a run, [height, width, channels] within its border; of the state. */
struct map darknet_output(const struct darknet_model *model, const struct darknet_state *state,
			  size_t layer);

#endif
