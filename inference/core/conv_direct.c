/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/conv_direct.h"

#include <string.h>

#define TAPS 9
#define BLOCK 8 /* output channels of a tile */
#define SPAN 3  /* vectors of a tile */
#define LANES 16

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f")))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

/* The bordered copy of the input, and how the output lies over it. */
struct plan {
	size_t row, plane;    /* floats of a bordered row and channel */
	size_t channel;       /* floats from one channel of the output to the next */
	size_t offsets[TAPS]; /* of each tap from the place of an output */
	int out_height, out_width;
	int vectors; /* of one output row */
};

/* A vector of the output: where it is read around, where it goes, how much of it exists. */
struct place {
	const float *input;
	size_t output;
	__mmask16 mask;
};

bool conv_direct_serves(const struct conv *conv)
{
	__builtin_cpu_init();
	return conv->kernel == 3 && (conv->stride == 1 || conv->stride == 2) && conv->out % BLOCK == 0 &&
	       __builtin_cpu_supports("avx512f");
}

static struct plan plan_for(const struct conv *conv, int height, int width)
{
	struct plan plan = { .out_height = conv_output_size(conv, height),
			     .out_width = conv_output_size(conv, width) };
	size_t half = ((size_t)width + 3) / 2; /* columns of either kind */

	plan.row = conv->stride == 1 ? (size_t)width + 2 : 2 * half;
	plan.plane = plan.row * ((size_t)height + 2);
	plan.vectors = (plan.out_width + LANES - 1) / LANES;
	for (size_t tap = 0; tap < TAPS; tap++) {
		size_t column = tap % 3;

		if (conv->stride == 2)
			column = column / 2 + (column % 2) * half;
		plan.offsets[tap] = tap / 3 * plan.row + column;
	}
	return plan;
}

size_t conv_direct_scratch(const struct conv *conv, int height, int width)
{
	/* Lanes past the end of the last row read on, and are not stored. */
	return plan_for(conv, height, width).plane * (size_t)conv->in + 2 * LANES;
}

static void border_row(const float *row, int width, int stride, float *out, size_t size)
{
	size_t half = size / 2;

	memset(out, 0, size * sizeof(*out));
	if (stride == 1) {
		memcpy(out + 1, row, (size_t)width * sizeof(*out));
		return;
	}
	for (size_t x = 0; x < (size_t)width; x += 2)
		out[half + x / 2] = row[x];
	for (size_t x = 1; x < (size_t)width; x += 2)
		out[x / 2 + 1] = row[x];
}

static void border(const struct conv *conv, const struct plan *plan, const float *input, int height,
		   int width, float *out)
{
	size_t plane = (size_t)height * (size_t)width;

	for (int channel = 0; channel < conv->in; channel++, out += plan->plane, input += plane) {
		memset(out, 0, plan->row * sizeof(*out));
		for (int y = 0; y < height; y++)
			border_row(input + (size_t)y * (size_t)width, width, conv->stride,
				   out + ((size_t)y + 1) * plan->row, plan->row);
		memset(out + plan->plane - plan->row, 0, plan->row * sizeof(*out));
	}
	memset(out, 0, 2 * LANES * sizeof(*out));
}

/* The place of vector `index` of an output plane; past the last one, a place that stores nothing. */
static struct place place_of(const struct plan *plan, const float *bordered, int stride, int index)
{
	int most = plan->out_height * plan->vectors, left;
	int at = index < most ? index : most - 1;
	int y = at / plan->vectors, x = at % plan->vectors * LANES;
	struct place place;

	left = index < most ? plan->out_width - x : 0;
	place.input = bordered + (size_t)(y * stride) * plan->row + (size_t)x;
	place.output = (size_t)y * (size_t)plan->out_width + (size_t)x;
	place.mask = (__mmask16)(left >= LANES ? 0xffff : (1 << left) - 1);
	return place;
}

/* Eight channels at SPAN places. `weights` [in, 9, 8], `bias` [8]. */
TARGET static void run_tile(const struct conv *conv, const struct plan *plan, const float *weights,
			    const float *bias, const struct place places[SPAN], float *output)
{
	__m512 sums[BLOCK][SPAN], slope = _mm512_set1_ps(conv->slope);

	UNROLL for (int j = 0; j < BLOCK; j++)
		UNROLL for (int i = 0; i < SPAN; i++)
			sums[j][i] = _mm512_set1_ps(bias[j]);
	for (size_t channel = 0; channel < (size_t)conv->in; channel++) {
		for (size_t tap = 0; tap < TAPS; tap++, weights += BLOCK) {
			size_t offset = channel * plan->plane + plan->offsets[tap];
			__m512 inputs[SPAN];

			UNROLL for (int i = 0; i < SPAN; i++)
				inputs[i] = _mm512_loadu_ps(places[i].input + offset);
			UNROLL for (int j = 0; j < BLOCK; j++) {
				__m512 weight = _mm512_set1_ps(weights[j]);

				UNROLL for (int i = 0; i < SPAN; i++)
					sums[j][i] = _mm512_fmadd_ps(weight, inputs[i], sums[j][i]);
			}
		}
	}
	UNROLL for (int j = 0; j < BLOCK; j++)
		UNROLL for (int i = 0; i < SPAN; i++)
			_mm512_mask_storeu_ps(output + (size_t)j * plan->channel + places[i].output, places[i].mask,
					      _mm512_max_ps(sums[j][i], _mm512_mul_ps(sums[j][i], slope)));
}

void conv_direct_run(const struct conv *conv, const float *input, int height, int width, float *output,
		     float *scratch)
{
	struct plan plan = plan_for(conv, height, width);
	int n = plan.out_height * plan.vectors;

	plan.channel = (size_t)plan.out_height * (size_t)plan.out_width;
	border(conv, &plan, input, height, width, scratch);
	for (int block = 0; block < conv->out; block += BLOCK) {
		const float *weights = conv->packed + (size_t)block * (size_t)conv->in * TAPS;

		for (int index = 0; index < n; index += SPAN) {
			struct place places[SPAN];

			for (int i = 0; i < SPAN; i++)
				places[i] = place_of(&plan, scratch, conv->stride, index + i);
			run_tile(conv, &plan, weights, conv->bias + block, places,
				 output + (size_t)block * plan.channel);
		}
	}
}

#else

bool conv_direct_serves(const struct conv *conv)
{
	(void)conv;
	return false;
}

size_t conv_direct_scratch(const struct conv *conv, int height, int width)
{
	(void)conv, (void)height, (void)width;
	return 0;
}

void conv_direct_run(const struct conv *conv, const float *input, int height, int width, float *output,
		     float *scratch)
{
	(void)conv, (void)input, (void)height, (void)width, (void)output, (void)scratch;
}

#endif

void conv_direct_pack(const struct conv *conv, float *packed)
{
	size_t inputs = (size_t)conv->in * TAPS;

	for (size_t out = 0; out < (size_t)conv->out; out++)
		for (size_t i = 0; i < inputs; i++)
			packed[(out / BLOCK * inputs + i) * BLOCK + out % BLOCK] =
				conv->weight[out * inputs + i];
}
