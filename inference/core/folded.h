/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear layers and convolutions with the batch norm that stands behind them folded in: its factor goes into
 * the weights, the rest into the bias.
 *
 *	if (folded_get(&layer, &weights, "a.conv", "a.bn", 512, 256, 3, &err) < 0) ...
 *	folded_pack(&layer);
 *	folded_release(&layer);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_FOLDED_H
#define TAGSIGHT_INFERENCE_CORE_FOLDED_H

#include "inference/core/product.h"
#include "inference/core/weights.h"

struct folded {
	size_t in, out, taps; /* taps: kernel * kernel, 1 of a linear layer */
	float *weight;        /* [out, taps, in]; heap; NULL once packed */
	float *packed;        /* as product_pack() orders it; heap, or NULL */
	float *bias;          /* [out]; heap */
};

/* The tensors LAYER.weight, [out, in, kernel, kernel] or with a kernel of 0 [out, in], LAYER.bias where there
 * is one, and of the batch norm, NULL for none, NORM.weight, bias, running_mean and running_var, with PyTorch's
 * eps of 1e-5. Numbers that are not finite are an error. On failure there is nothing to release. */
int folded_get(struct folded *folded, const struct weights *weights, const char *layer, const char *norm,
	       size_t in, size_t out, size_t kernel, struct err *err);
void folded_release(struct folded *folded);

/* Bring the weights into the order of the products, which takes their place. */
int folded_pack(struct folded *folded, struct err *err);

/* A layer without taps on rows x [rows, in] that have no gaps, to y [rows, out]. */
void folded_run(const struct folded *folded, const float *x, size_t rows, enum product_end end, float *y);

#endif
