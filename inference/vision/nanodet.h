/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NanoDet-g (RangiLyu/nanodet, config/legacy_v0.x_configs/nanodet-g.yml): a CSP backbone, a pyramid
 * of three maps and one head on each, which gives class scores and, for each side of the box, a
 * distribution over distances. The file format is described in inference/models/README.md, the
 * network in inference/models/detector.md.
 *
 *	model = nanodet_model_new("detector.safetensors", &err);
 *	state = nanodet_state_new(model, &err);
 *	if (nanodet_detect(model, state, &image, 0.4f, &found, &n, &arena, &err) < 0) ...
 *
 * A model is read-only once made: several threads may share it, each with its own state.
 */
#ifndef TAGSIGHT_INFERENCE_VISION_NANODET_H
#define TAGSIGHT_INFERENCE_VISION_NANODET_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stddef.h>

#define NANODET_HEADS 3
#define NANODET_DETECTIONS 100 /* most of one picture */

struct nanodet_config {
	int side;                   /* of the input square, a multiple of 32 */
	int n_classes;
	int bins;                   /* of each distance */
	int strides[NANODET_HEADS]; /* 8, 16, 32 */
	float mean[3], deviation[3]; /* blue, green, red; 0..255 */
	float slope;                /* of the activation below zero */
	float score_threshold;      /* the file's own working point */
	float overlap;              /* IoU above which the weaker box of a class goes */
	const char *name;           /* "nanodet-coco" */
	const char *const *classes; /* [n_classes] */
};

/* A box in pixels of the picture as decoded. */
struct detection {
	float x0, y0, x1, y1;
	float score; /* in (0, 1) */
	int class_id;
};

struct nanodet_model;
struct nanodet_state;

/* NULL on failure. The model keeps the file mapped. */
struct nanodet_model *nanodet_model_new(const char *path, struct err *err);
void nanodet_model_free(struct nanodet_model *model);
const struct nanodet_config *nanodet_model_config(const struct nanodet_model *model);

/* Multiplications of one picture, for benchmarks. */
double nanodet_model_products(const struct nanodet_model *model);

/* NULL when memory is out. */
struct nanodet_state *nanodet_state_new(const struct nanodet_model *model, struct err *err);
void nanodet_state_free(struct nanodet_state *state);

/* Run the network on `input` [3, side, side]. */
void nanodet_run(const struct nanodet_model *model, struct nanodet_state *state, const float *input);

/* The outputs of the last run for one head: [n_classes + 4 * bins, cells, cells], logits, with
 * cells = side / stride. They belong to the state. */
const float *nanodet_head(const struct nanodet_state *state, int head);

/* Objects with a score above `threshold`, best first; *out is an array of the arena. */
int nanodet_detect(const struct nanodet_model *model, struct nanodet_state *state,
		   const struct image *image, float threshold, struct detection **out, size_t *n,
		   struct arena *arena, struct err *err);

#endif
