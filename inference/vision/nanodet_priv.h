/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the detector share: reading the file, the network, and boxes from its outputs.
 */
#ifndef TAGSIGHT_INFERENCE_VISION_NANODET_PRIV_H
#define TAGSIGHT_INFERENCE_VISION_NANODET_PRIV_H

#include "inference/core/conv.h"
#include "inference/core/weights.h"
#include "inference/vision/nanodet.h"

#define CSP_BLOCKS 4
#define CSP_UNITS 3 /* most of one block */

struct csp_unit {
	struct conv in_conv, mid_conv;
};

struct csp_block {
	struct conv in_conv, res_out_conv;
	struct csp_unit units[CSP_UNITS];
	int n_units;
};

struct nanodet_model {
	struct nanodet_config config;
	struct arena arena; /* strings of the configuration */
	struct weights weights;
	struct conv stem;
	struct csp_block blocks[CSP_BLOCKS];
	struct conv laterals[NANODET_HEADS], towers[NANODET_HEADS], outputs[NANODET_HEADS];
};

struct nanodet_state {
	float *memory;  /* all below, one allocation */
	float *input;   /* [3, side, side] */
	float *stem;    /* [32, side / 2, side / 2] */
	float *pool;    /* [32, side / 4, side / 4] */
	float *stages[CSP_BLOCKS]; /* [64, side / 4 ..], [128, side / 8 ..], 256, 512 */
	float *half[2]; /* the y of a block, two by turns */
	float *pyramid[NANODET_HEADS]; /* [128, cells, cells] */
	float *tower;   /* [128, cells, cells] of the head in hand */
	float *heads[NANODET_HEADS];
	float *scratch; /* of the convolutions */
};

/* Fill model->config from the metadata of model->weights, and check it. */
int nanodet_read_config(struct nanodet_model *model, struct err *err);

/* Boxes in the square, best first, at most NANODET_DETECTIONS, of the arena. */
int nanodet_boxes(const struct nanodet_config *config, float *const heads[NANODET_HEADS],
		  float threshold, struct detection **out, size_t *n, struct arena *arena,
		  struct err *err);

#endif
