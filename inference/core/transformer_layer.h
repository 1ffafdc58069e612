/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers of a transformer as BERT has them: attention of several heads, then two linear layers with a
 * GELU between; each of the two parts adds its input and is normalised after it. What rows attend to
 * are the rows of their own sequence, or rows from elsewhere, like the regions of a picture, which all
 * layers of a stack see alike. Batches are ragged. Arrays belong to the weights.
 *
 *	transformer_stack_get(&stack, &weights, "txt2img_attention", 768, 12, 1e-12f, &err);
 *	transformer_stack_run(&stack, &batch, x, &scratch, &err);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_TRANSFORMER_LAYER_H
#define TAGSIGHT_INFERENCE_CORE_TRANSFORMER_LAYER_H

#include "inference/core/layers.h"
#include "inference/core/scratch.h"
#include "inference/core/weights.h"
#include "lib/base/err.h"

#include <stddef.h>

#define TRANSFORMER_LAYERS 12 /* of a stack, at most */

/* H is hidden, I is intermediate. */
struct transformer_layer {
	struct linear query, key, value, output; /* H to H */
	struct norm attention_norm;
	struct linear expand, contract; /* H to I, I to H */
	struct norm norm;
};

struct transformer_stack {
	size_t hidden, heads, intermediate;
	size_t n;
	struct transformer_layer layers[TRANSFORMER_LAYERS];
};

/* The tensors NAME.layer.0.attention.self.query.weight and so on, by Hugging Face's names: as many
 * layers as there are, at least one. `hidden` is a multiple of `heads`. */
int transformer_stack_get(struct transformer_stack *stack, struct weights *weights, const char *name,
			  size_t hidden, size_t heads, float eps, struct err *err);

/* Rows that attend, and what they attend to. */
struct transformer_batch {
	size_t n;                   /* sequences */
	const size_t *starts;       /* [n + 1], the first row of each */
	const float *others;        /* [rows, H], what is attended to; NULL: the sequence's own rows */
	const size_t *other_starts; /* [n + 1], the first row of these for each sequence */
};

/* x [rows, H] in place; neither it nor `others`, which are apart, may be in the scratch. Fails only when
 * memory is out. Requires blas_open(). */
int transformer_stack_run(const struct transformer_stack *stack,
			  const struct transformer_batch *batch, float *x, struct scratch *scratch,
			  struct err *err);

#endif
