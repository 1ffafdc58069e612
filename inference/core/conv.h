/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Convolutional layers in float32 over maps [channels, height, width]. Outputs may be a range of channels
 * of a larger map, so that joining maps along the channels costs nothing. map_conv.h has faster ones, over
 * maps whose channels lie side by side.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_CONV_H
#define TAGSIGHT_INFERENCE_CORE_CONV_H

#include <stdbool.h>
#include <stddef.h>

/* A square convolution, zeros outside, padding kernel / 2; then x < 0 ? slope * x : x. */
struct conv {
	int in, out, kernel, stride;
	float slope;         /* from 0 to 1; 1: no activation */
	const float *weight; /* [out, in, kernel, kernel] */
	const float *bias;   /* [out] */
	const float *packed; /* of conv_direct_pack(): take the direct way; NULL: the general one */
};

/* Rows (or columns) of the output for so many of the input. */
int conv_output_size(const struct conv *conv, int size);

/* Floats of scratch that conv_run() needs for this input size. */
size_t conv_scratch(const struct conv *conv, int height, int width);

/* `input` [in, height, width] to `output` [out, ...]; they do not overlap. Requires blas_open(). */
void conv_run(const struct conv *conv, const float *input, int height, int width, float *output,
	      float *scratch);

/* Max pooling 3 x 3, stride 2, padding 1 of minus infinity; sides become (side + 1) / 2. */
void max_pool(const float *input, int channels, int height, int width, float *output);

/* Resize bilinearly with pixel centres at half integers and no widened filter (PyTorch's
 * interpolate with align_corners=False), and add to `output` [channels, out_height, out_width]. */
void bilinear_add(const float *input, int channels, int height, int width, float *output,
		  int out_height, int out_width);

#endif
