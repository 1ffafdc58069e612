/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UMGF's graph: the pieces of a tweet and its four objects exchange messages in layers. In each, both
 * sides attend to themselves; then every node gets the sum of the other side's states, each behind
 * gates that the two states open; then come feed-forward layers. A norm follows each step.
 *
 *	umgf_graph_init(&graph, &weights, &err);
 *	umgf_graph_run(&graph, batch, text, objects, worker, &err);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_UMGF_GRAPH_H
#define TAGSIGHT_INFERENCE_SYSTEMS_UMGF_GRAPH_H

#include "inference/core/layers.h"
#include "inference/systems/system.h"

#define UMGF_WIDTH ((size_t)512) /* W, of a state */
#define UMGF_OBJECTS 4  /* of a tweet */
#define UMGF_LAYERS 32  /* at most; published ones have 6 */

/* The pieces, or the objects. */
struct umgf_side {
	struct linear query, key;     /* W to W */
	struct linear value, output;  /* W to W; without a weight for objects, which are their own values */
	struct norm attended, received, expanded; /* [W], after each step */
	struct linear expand, contract; /* W to 256 and back */
};

struct umgf_layer {
	struct umgf_side text, objects;
	struct linear to_text, to_objects; /* gates: a piece's W and an object's W to W */
};

/* Arrays belong to the weights. */
struct umgf_graph {
	size_t n_layers;
	struct umgf_layer layers[UMGF_LAYERS];
};

/* Read and check the tensors of as many layers as there are. */
int umgf_graph_init(struct umgf_graph *graph, struct weights *weights, struct err *err);

/* In place: text [pieces, W] and objects [batch->n, UMGF_OBJECTS, W] of a batch. Adds to its dump, for
 * each layer L, x_self_L and o_self_L, x2o_gate_L [pieces, UMGF_OBJECTS, W] and o2x_gate_L
 * [UMGF_OBJECTS, pieces, W], x_fused_L and o_fused_L, x_L and o_L. */
int umgf_graph_run(const struct umgf_graph *graph, const struct batch *batch, float *text,
		   float *objects, struct worker *worker, struct err *err);

#endif
