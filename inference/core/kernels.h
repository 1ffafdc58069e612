/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loops between matrix products. Each is compiled for AVX-512, AVX2 and plain C from the same
 * lines (kernels_body.h), with the same order of float32 operations in 16 lanes, so that the bits of
 * a result do not depend on the processor. Matrices are row-major.
 *
 *	kernels()->gelu(x, bias, rows, width);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_KERNELS_H
#define TAGSIGHT_INFERENCE_CORE_KERNELS_H

#include <stddef.h>

#define KERNEL_LANES ((size_t)16)

struct kernels {
	const char *name; /* "avx512", "avx2", "portable" */

	/* x [rows, width] += bias [width] in each row. */
	void (*add_bias)(float *x, const float *bias, size_t rows, size_t width);

	/* x [rows, width] = (x - mean) / sqrt(variance + eps) * weight + bias in each row; the
	 * variance is the biased one. */
	void (*layer_norm)(float *x, const float *weight, const float *bias, float eps, size_t rows,
			   size_t width);

	/* The same of x + addend + addend_bias, as after each part of an encoder's layer; addend is
	 * [rows, width], addend_bias [width]. */
	void (*add_norm)(float *x, const float *addend, const float *addend_bias,
			 const float *weight, const float *bias, float eps, size_t rows,
			 size_t width);

	/* x = gelu(x + bias), the exact one: x / 2 * (1 + erf(x / sqrt(2))). erf is formula 7.1.26 of
	 * Abramowitz and Stegun, off by 1.5e-7 at most. */
	void (*gelu)(float *x, const float *bias, size_t rows, size_t width);

	/* x = softmax(x * scale) in each row; rows start `stride` apart, which is a multiple of
	 * KERNEL_LANES. What is between the rows may be read and is overwritten. */
	void (*softmax)(float *x, float scale, size_t rows, size_t width, size_t stride);

	/* x [n] = x + bias, then x < 0 ? slope * x : x, with a slope from 0 to 1. */
	void (*leaky)(float *x, float bias, float slope, size_t n);

	/* to [n] += from [n]. */
	void (*add)(float *to, const float *from, size_t n);

	/* A convolution of each channel with its own numbers: y [places, channels] = the sum over taps of
	 * x at the tap's offset times weight [taps, channels], plus bias [channels]; then below zero times
	 * slope, from 0 to 1. Places lie `step` floats apart in x. */
	void (*depthwise)(const float *x, size_t step, const size_t *offsets, size_t taps,
			  const float *weight, const float *bias, float slope, size_t channels,
			  size_t places, float *y);

	/* to [n] = the larger of to and from [n]. */
	void (*keep_larger)(float *to, const float *from, size_t n);
};

/* The fastest for this processor. */
const struct kernels *kernels(void);

/* One by its name, NULL when it is unknown or this processor cannot run it. */
const struct kernels *kernels_named(const char *name);

#endif
