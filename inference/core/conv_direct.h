/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 3 x 3 convolutions without unrolling the input, for processors with AVX-512. A tile of 8 output
 * channels by 3 vectors of 16 neighbours stays in registers while all inputs pass by, so that the
 * 24 fused products of a step need 11 loads. The input is first copied into rows with a border of
 * zeros; for stride 2 a row's even columns come before its odd ones, so that neighbours in the output
 * are neighbours in memory. On one thread: work on several pictures at once instead.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_CONV_DIRECT_H
#define TAGSIGHT_INFERENCE_CORE_CONV_DIRECT_H

#include "inference/core/conv.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether this processor and these sizes can be served: kernel 3, stride 1 or 2, outputs by 8. */
bool conv_direct_serves(const struct conv *conv);

/* The weights in the order of the tiles, [out / 8, in, 9, 8], into room for as many floats as
 * conv->weight has. */
void conv_direct_pack(const struct conv *conv, float *packed);

size_t conv_direct_scratch(const struct conv *conv, int height, int width);

/* As conv_run(), from conv->packed. */
void conv_direct_run(const struct conv *conv, const float *input, int height, int width, float *output,
		     float *scratch);

#endif
