/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the detector share: reading the file, the network, and boxes from its outputs.
 */
#ifndef TAGSIGHT_INFERENCE_VISION_NANODET_PRIV_H
#define TAGSIGHT_INFERENCE_VISION_NANODET_PRIV_H

#include "inference/core/folded.h"
#include "inference/core/map_conv.h"
#include "inference/vision/nanodet.h"

#define CSP_BLOCKS 4
#define CSP_UNITS 3 /* most of one block */
#define STEM_CHANNELS 32
#define PYRAMID_CHANNELS 128

/* A convolution with padding kernel / 2. */
struct nano_conv {
	struct folded weights;
	size_t kernel, stride;
	float slope; /* below zero; 1: no activation */
};

struct csp_unit {
	struct nano_conv in_conv, mid_conv;
};

struct csp_block {
	struct nano_conv in_conv, res_out_conv;
	struct csp_unit units[CSP_UNITS];
	size_t n_units;
};

struct nanodet_model {
	struct nanodet_config config;
	struct arena arena; /* strings of the configuration */
	struct weights weights;
	struct nano_conv stem;
	struct csp_block blocks[CSP_BLOCKS];
	struct nano_conv laterals[NANODET_HEADS], towers[NANODET_HEADS], outputs[NANODET_HEADS];
};

/* Maps have a border of one where a kernel of 3 reads them; borders are zero from the start and stay so. */
struct nanodet_state {
	float *memory;  /* all below, one allocation */
	float *input;   /* planes [3, side, side] */
	struct map picture, stem, pool;
	struct map stages[CSP_BLOCKS];  /* of twice its block's channels */
	struct map halves[CSP_BLOCKS][2]; /* the y of a block, two by turns */
	struct map pyramid[NANODET_HEADS], towers[NANODET_HEADS], outputs[NANODET_HEADS];
	float *heads[NANODET_HEADS]; /* outputs as planes [classes + 4 bins, cells, cells] */
	size_t *places;
};

/* Fill model->config from the metadata of model->weights, and check it. */
int nanodet_read_config(struct nanodet_model *model, struct err *err);

/* Boxes in the square, best first, at most NANODET_DETECTIONS, of the arena. */
int nanodet_boxes(const struct nanodet_config *config, float *const heads[NANODET_HEADS],
		  float threshold, struct detection **out, size_t *n, struct arena *arena,
		  struct err *err);

#endif
