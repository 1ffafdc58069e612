/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Darknet network as its parts share it: darknet_build.c makes the layers of a cfg, darknet_plan.c
 * finds what is run and where its maps lie, darknet_load.c takes the weights, darknet.c and
 * darknet_layers.c run it.
 *
 * A node is the input, number 0, or a layer, number + 1.
 */
#ifndef TAGSIGHT_INFERENCE_VISION_DARKNET_PRIV_H
#define TAGSIGHT_INFERENCE_VISION_DARKNET_PRIV_H

#include "inference/vision/darknet.h"
#include "inference/vision/darknet_heads.h"

#define DARKNET_SOURCES 32 /* most layers that one layer reads */

enum darknet_kind {
	DARKNET_INPUT,
	DARKNET_CONV,
	DARKNET_POOL,
	DARKNET_ROUTE,
	DARKNET_SHORTCUT,
	DARKNET_UPSAMPLE,
	DARKNET_SAM,
	DARKNET_SCALE,
	DARKNET_REORG,
	DARKNET_AVERAGE,
	DARKNET_SAME, /* what it reads: dropout, a head, a route from one layer */
};

enum darknet_activation {
	ACTIVATION_LINEAR,
	ACTIVATION_RELU,
	ACTIVATION_LEAKY,
	ACTIVATION_LOGISTIC,
	ACTIVATION_MISH,
	ACTIVATION_SWISH,
};

struct darknet_node {
	enum darknet_kind kind;
	size_t line; /* of the cfg */
	size_t height, width, channels; /* of its map */
	size_t from[DARKNET_SOURCES], n_from; /* nodes, all before this one */
	enum darknet_activation activation;
	int filters, kernel, stride, padding; /* padding of a pool: both sides together */
	int groups, group;                     /* of a convolution, or of a route */
	bool has_norm;
	bool by_tiles;                         /* a convolution by core/winograd.h */
	float scale;                           /* of an upsample */
	bool is_head, wanted;
	struct darknet_head head;

	bool needed;
	size_t map;    /* the node whose map is this one's */
	size_t border; /* of the map */
	size_t offset; /* of the map in a state, floats */
	float *packed; /* of a convolution: by groups, or [taps, channels] of a depthwise one */
	float *bias;
};

struct darknet_model {
	struct arena arena;
	const char *path; /* of the cfg */
	struct darknet_node *nodes; /* [n_nodes] */
	size_t n_nodes;
	double norm_epsilon;
	bool letter_box;
	size_t state_floats; /* of all maps of a run */
	size_t places;       /* most of one map */
	size_t room;         /* floats that a convolution by tiles works in, most */
	size_t heads[DARKNET_HEADS], n_heads;
};

struct darknet_state {
	int threads;
	float *memory;       /* [state_floats] */
	size_t *places;      /* of what each thread does: [threads, map_conv_places(places)] */
	float *room;         /* [threads, room] */
};

/* Find what is needed for the wanted nodes and lay out the maps. */
int darknet_plan(struct darknet_model *model, struct err *err);

struct map darknet_map(const struct darknet_model *model, const struct darknet_state *state, size_t node);

/* Member `member` of `members` does its share of a node. */
void darknet_run_node(const struct darknet_model *model, struct darknet_state *state,
		      const struct darknet_node *node, size_t member, size_t members);

/* x [n] becomes what the activation makes of it. */
void darknet_activate(enum darknet_activation activation, float *x, size_t n);

#endif
