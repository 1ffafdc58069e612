/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layers that most networks are made of, on rows of float32. Arrays belong to the weights.
 *
 *	linear_get(&layer, &weights, "trans_txt", 768, 512, &err);
 *	linear_run(&layer, x, rows, y, 512);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_LAYERS_H
#define TAGSIGHT_INFERENCE_CORE_LAYERS_H

#include "inference/core/weights.h"
#include "lib/base/err.h"

#include <stddef.h>

/* y = x weight^T + bias. */
struct linear {
	size_t in, out;
	const float *weight; /* [out, in] */
	const float *bias;   /* [out]; NULL: none */
};

/* The tensors NAME.weight [out, in] and NAME.bias [out]. */
int linear_get(struct linear *linear, struct weights *weights, const char *name, size_t in,
	       size_t out, struct err *err);

/* The same without a bias. */
int linear_get_unbiased(struct linear *linear, struct weights *weights, const char *name, size_t in,
			size_t out, struct err *err);

/* x [rows, in] to y, whose rows are `stride` floats apart, `out` of which are written. Requires
 * blas_open(). */
void linear_run(const struct linear *linear, const float *x, size_t rows, float *y, size_t stride);

/* The product without the bias, for a caller that adds it with what comes next. */
void linear_multiply(const struct linear *linear, const float *x, size_t rows, float *y,
		     size_t stride);

/* GELU, the exact one, of what linear_run() gives, with a bias; y [rows, out]. */
void linear_run_gelu(const struct linear *linear, const float *x, size_t rows, float *y);

/* Layer norm over the `width` of each row. */
struct norm {
	size_t width;
	const float *weight, *bias; /* [width] */
	float eps;
};

/* The tensors NAME.weight and NAME.bias [width]. */
int norm_get(struct norm *norm, struct weights *weights, const char *name, size_t width, float eps,
	     struct err *err);

/* x [rows, width] in place. */
void norm_run(const struct norm *norm, float *x, size_t rows);

/* x = norm(x + addend + addend_bias); addend [rows, width], addend_bias [width] or NULL. */
void norm_run_sum(const struct norm *norm, float *x, const float *addend, const float *addend_bias,
		  size_t rows);

/* In place on n numbers. */
void tanh_run(float *x, size_t n);
void sigmoid_run(float *x, size_t n);
void relu_run(float *x, size_t n);

/* In place on one row: softmax in double precision. Logits that are no numbers give zeros. */
void softmax_row(float *x, size_t n);

#endif
