/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of the kernels for one instruction set: KERNEL_TARGET is its attribute, KERNEL_BYTES the size
 * of its registers, KERNEL_SET the table's name, KERNEL_NAME the text. Included once by each of
 * kernels_*.c. Work goes in 16 lanes everywhere, in as many registers as they take, so that sums over
 * lanes have the same order. Lanes are passed by address, as passing them by value would depend on the
 * instruction set.
 */
#include "inference/core/kernels.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define LANES KERNEL_LANES
#define PARTS (LANES * sizeof(float) / KERNEL_BYTES)
#define KERNEL static KERNEL_TARGET
#define INLINE static inline __attribute__((always_inline)) KERNEL_TARGET
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif
/* Each register of lanes, its number p. */
#define EACH UNROLL for (size_t p = 0; p < PARTS; p++)

typedef float vector __attribute__((vector_size(KERNEL_BYTES)));
typedef int int_vector __attribute__((vector_size(KERNEL_BYTES)));

struct lanes {
	vector v[PARTS];
};

INLINE void fill(struct lanes *x, float number)
{
	EACH x->v[p] = number - (vector){ 0 };
}

/* `n` of the lanes from memory, the others `rest`. Where `n` is LANES as written, these are plain loads. */
INLINE void load(struct lanes *x, const float *from, size_t n, float rest)
{
	float room[LANES];

	if (n < LANES) {
		for (size_t i = 0; i < LANES; i++)
			room[i] = i < n ? from[i] : rest;
		from = room;
	}
	EACH memcpy(&x->v[p], from + p * LANES / PARTS, sizeof(x->v[p]));
}

INLINE void store(float *to, const struct lanes *x, size_t n)
{
	float room[LANES], *place = n < LANES ? room : to;

	EACH memcpy(place + p * LANES / PARTS, &x->v[p], sizeof(x->v[p]));
	if (n < LANES)
		memcpy(to, room, n * sizeof(*to));
}

/* The sum of the lanes, halves first. */
INLINE float lanes_sum(const struct lanes *x)
{
	float part[LANES];

	store(part, x, LANES);
	for (size_t half = LANES / 2; half > 0; half /= 2)
		for (size_t i = 0; i < half; i++)
			part[i] += part[i + half];
	return part[0];
}

INLINE float lanes_max(const struct lanes *x)
{
	float part[LANES], highest;

	store(part, x, LANES);
	highest = part[0];
	for (size_t i = 1; i < LANES; i++)
		highest = part[i] > highest ? part[i] : highest;
	return highest;
}

INLINE void select_max(struct lanes *x, const struct lanes *other)
{
	EACH {
		int_vector larger = other->v[p] > x->v[p];

		x->v[p] = (vector)(((int_vector)x->v[p] & ~larger) | ((int_vector)other->v[p] & larger));
	}
}

/* sum = sum * x + number: the steps of a series, for all registers in turn, as each waits for the last. */
INLINE void step(struct lanes *sum, const struct lanes *x, float number)
{
	EACH sum->v[p] = sum->v[p] * x->v[p] + number;
}

/* exp of numbers up to 88; below -80 the result is that of -80, which is next to nothing and yet no
 * denormal when it is divided. exp(x) = 2^n * exp(r) with r in +-ln(2)/2, where the Taylor series to r^7 is
 * exact to float32. */
INLINE void lanes_exp(struct lanes *x)
{
	const float round = 12582912; /* 1.5 * 2^23: adding it rounds to a whole number */
	struct lanes n, r, series;

	fill(&r, -80);
	select_max(x, &r);
	EACH n.v[p] = (x->v[p] * 1.44269504f + round) - round;
	/* ln(2) in two parts, of which the first times n is exact. */
	EACH r.v[p] = x->v[p] - n.v[p] * 0.693359375f;
	EACH r.v[p] = r.v[p] - n.v[p] * -2.12194440e-4f;
	EACH series.v[p] = r.v[p] * (1 / 5040.0f) + 1 / 720.0f;
	step(&series, &r, 1 / 120.0f);
	step(&series, &r, 1 / 24.0f);
	step(&series, &r, 1 / 6.0f);
	step(&series, &r, 0.5f);
	step(&series, &r, 1);
	step(&series, &r, 1);
	EACH {
		int_vector exponent = (__builtin_convertvector(n.v[p], int_vector) + 127) << 23;

		x->v[p] = series.v[p] * (vector)exponent;
	}
}

/* x / 2 * (1 + erf(x / sqrt(2))). */
INLINE void lanes_gelu(struct lanes *x)
{
	struct lanes z, t, series, tail;

	EACH z.v[p] = (vector)((int_vector)(x->v[p] * 0.70710678f) & 0x7fffffff);
	EACH t.v[p] = 1 / (1 + 0.3275911f * z.v[p]);
	EACH series.v[p] = t.v[p] * 1.061405429f - 1.453152027f;
	step(&series, &t, 1.421413741f);
	step(&series, &t, -0.284496736f);
	step(&series, &t, 0.254829592f);
	EACH series.v[p] = series.v[p] * t.v[p];
	EACH tail.v[p] = -(z.v[p] * z.v[p]);
	lanes_exp(&tail);
	EACH {
		int_vector sign = (int_vector)x->v[p] & (int)0x80000000u;
		vector erf = 1 - series.v[p] * tail.v[p];

		erf = (vector)((int_vector)erf | sign);
		x->v[p] = x->v[p] * 0.5f * (1 + erf);
	}
}

/* Whole vectors first, so that the compiler knows their size, then the rest of the row. */
#define EACH_PART(width, part)                                                                     \
	do {                                                                                       \
		size_t i = 0;                                                                      \
		for (; i + LANES <= (width); i += LANES)                                           \
			part(i, LANES);                                                            \
		if (i < (width))                                                                   \
			part(i, (width)-i);                                                        \
	} while (0)

INLINE void add_part(float *x, const float *addend, size_t n)
{
	struct lanes a, b;

	load(&a, x, n, 0);
	load(&b, addend, n, 0);
	EACH a.v[p] += b.v[p];
	store(x, &a, n);
}

KERNEL void add(float *to, const float *from, size_t n)
{
#define PART(at, count) add_part(to + (at), from + (at), count)
	EACH_PART(n, PART);
#undef PART
}

INLINE void keep_larger_part(float *x, const float *other, size_t n)
{
	struct lanes a, b;

	load(&a, x, n, 0);
	load(&b, other, n, 0);
	select_max(&a, &b);
	store(x, &a, n);
}

KERNEL void keep_larger(float *to, const float *from, size_t n)
{
#define PART(at, count) keep_larger_part(to + (at), from + (at), count)
	EACH_PART(n, PART);
#undef PART
}

KERNEL void add_bias(float *x, const float *bias, size_t rows, size_t width)
{
	for (size_t row = 0; row < rows; row++)
		add(x + row * width, bias, width);
}

INLINE void sum_part(struct lanes *sum, const float *x, float shift, bool squared, size_t n)
{
	struct lanes a;

	load(&a, x, n, shift);
	EACH {
		a.v[p] -= shift;
		sum->v[p] += squared ? a.v[p] * a.v[p] : a.v[p];
	}
}

/* Sum of (x - shift) over a row, or of its squares. */
INLINE float row_sum(const float *x, float shift, bool squared, size_t width)
{
	struct lanes sum;

	fill(&sum, 0);
#define PART(at, count) sum_part(&sum, x + (at), shift, squared, count)
	EACH_PART(width, PART);
#undef PART
	return lanes_sum(&sum);
}

INLINE void norm_part(float *x, float mean, float scale, const float *weight, const float *bias,
		      size_t n)
{
	struct lanes a, w, b;

	load(&a, x, n, 0);
	load(&w, weight, n, 0);
	load(&b, bias, n, 0);
	EACH a.v[p] = (a.v[p] - mean) * scale * w.v[p] + b.v[p];
	store(x, &a, n);
}

INLINE void norm_row(float *x, const float *weight, const float *bias, float eps, size_t width)
{
	float mean = row_sum(x, 0, false, width) / (float)width;
	float variance = row_sum(x, mean, true, width) / (float)width;
	float scale = 1 / sqrtf(variance + eps);

#define PART(at, count) norm_part(x + (at), mean, scale, weight + (at), bias + (at), count)
	EACH_PART(width, PART);
#undef PART
}

KERNEL void layer_norm(float *x, const float *weight, const float *bias, float eps, size_t rows,
		       size_t width)
{
	for (size_t row = 0; row < rows; row++)
		norm_row(x + row * width, weight, bias, eps, width);
}

KERNEL void add_norm(float *x, const float *addend, const float *addend_bias, const float *weight,
		     const float *bias, float eps, size_t rows, size_t width)
{
	for (size_t row = 0; row < rows; row++, x += width, addend += width) {
		add(x, addend, width);
		add(x, addend_bias, width);
		norm_row(x, weight, bias, eps, width);
	}
}

INLINE void gelu_part(float *x, const float *bias, size_t n)
{
	struct lanes a, b;

	load(&a, x, n, 0);
	load(&b, bias, n, 0);
	EACH a.v[p] += b.v[p];
	lanes_gelu(&a);
	store(x, &a, n);
}

KERNEL void gelu(float *x, const float *bias, size_t rows, size_t width)
{
	for (size_t row = 0; row < rows; row++, x += width) {
#define PART(at, count) gelu_part(x + (at), bias + (at), count)
		EACH_PART(width, PART);
#undef PART
	}
}

INLINE void leaky_part(float *x, float bias, float slope, size_t n)
{
	struct lanes a, scaled;

	load(&a, x, n, 0);
	EACH a.v[p] += bias;
	EACH scaled.v[p] = a.v[p] * slope;
	select_max(&a, &scaled);
	store(x, &a, n);
}

KERNEL void leaky(float *x, float bias, float slope, size_t n)
{
#define PART(at, count) leaky_part(x + (at), bias, slope, count)
	EACH_PART(n, PART);
#undef PART
}

/* The lanes from `at` on of a row of `width`; those past its end become minus infinity. */
INLINE void load_row(struct lanes *x, const float *row, size_t at, size_t width)
{
	load(x, row + at, LANES, 0);
	if (at + LANES > width) {
		float room[LANES];

		store(room, x, LANES);
		for (size_t i = width - at; i < LANES; i++)
			room[i] = -INFINITY;
		load(x, room, LANES, 0);
	}
}

INLINE void softmax_row(float *x, float scale, size_t width)
{
	struct lanes highest, a, sum;
	float most, factor;

	load_row(&highest, x, 0, width);
	for (size_t i = LANES; i < width; i += LANES) {
		load_row(&a, x, i, width);
		select_max(&highest, &a);
	}
	most = lanes_max(&highest);
	fill(&sum, 0);
	for (size_t i = 0; i < width; i += LANES) {
		load_row(&a, x, i, width);
		EACH a.v[p] = (a.v[p] - most) * scale;
		lanes_exp(&a);
		/* Lanes past the end hold exp(-80), which float32 does not see beside the 1 of the
		 * highest. */
		EACH sum.v[p] += a.v[p];
		store(x + i, &a, LANES);
	}
	factor = 1 / lanes_sum(&sum);
	for (size_t i = 0; i < width; i += LANES) {
		load(&a, x + i, LANES, 0);
		EACH a.v[p] *= factor;
		store(x + i, &a, LANES);
	}
}

KERNEL void softmax(float *x, float scale, size_t rows, size_t width, size_t stride)
{
	for (size_t row = 0; row < rows; row++)
		softmax_row(x + row * stride, scale, width);
}

/* Some channels of PLACES places, whose sums have registers. */
#define PLACES 4

INLINE void depthwise_part(const float *x, size_t step, const size_t *offsets, size_t taps,
			   const float *weight, const float *bias, float slope, size_t channels, size_t n,
			   size_t places, float *y)
{
	struct lanes sums[PLACES], w, a;

	UNROLL for (size_t i = 0; i < places; i++)
		load(&sums[i], bias, n, 0);
	for (size_t tap = 0; tap < taps; tap++, weight += channels) {
		load(&w, weight, n, 0);
		UNROLL for (size_t i = 0; i < places; i++) {
			load(&a, x + i * step + offsets[tap], n, 0);
			EACH sums[i].v[p] += a.v[p] * w.v[p];
		}
	}
	UNROLL for (size_t i = 0; i < places; i++) {
		EACH a.v[p] = sums[i].v[p] * slope;
		select_max(&sums[i], &a);
		store(y + i * channels, &sums[i], n);
	}
}

typedef float eight __attribute__((vector_size(32)));
typedef int int_eight __attribute__((vector_size(32)));

/* The same of eight channels, which the narrow first layers of small networks have. */
INLINE void depthwise_eight(const float *x, size_t step, const size_t *offsets, size_t taps,
			    const float *weight, const float *bias, float slope, size_t channels,
			    size_t places, float *y)
{
	eight sums[PLACES], w, a;
	int_eight larger;

	UNROLL for (size_t i = 0; i < places; i++)
		memcpy(&sums[i], bias, sizeof(*sums));
	for (size_t tap = 0; tap < taps; tap++, weight += channels) {
		memcpy(&w, weight, sizeof(w));
		UNROLL for (size_t i = 0; i < places; i++) {
			memcpy(&a, x + i * step + offsets[tap], sizeof(a));
			sums[i] += a * w;
		}
	}
	UNROLL for (size_t i = 0; i < places; i++) {
		a = sums[i] * slope;
		larger = a > sums[i];
		sums[i] = (eight)(((int_eight)sums[i] & ~larger) | ((int_eight)a & larger));
		memcpy(y + i * channels, &sums[i], sizeof(*sums));
	}
}

/* All channels of `places` places; the last ones that fill no lanes go with some of those before. */
INLINE void depthwise_places(const float *x, size_t step, const size_t *offsets, size_t taps,
			     const float *weight, const float *bias, float slope, size_t channels,
			     size_t places, float *y)
{
	for (size_t at = 0; at < channels; at += LANES) {
		if (channels - at == 8) {
			depthwise_eight(x + at, step, offsets, taps, weight + at, bias + at, slope,
					channels, places, y + at);
			return;
		}
		if (channels < LANES) {
			depthwise_part(x, step, offsets, taps, weight, bias, slope, channels, channels,
				       places, y);
			return;
		}
		at = at + LANES > channels ? channels - LANES : at;
		depthwise_part(x + at, step, offsets, taps, weight + at, bias + at, slope, channels,
			       LANES, places, y + at);
	}
}

KERNEL void depthwise(const float *x, size_t step, const size_t *offsets, size_t taps,
		      const float *weight, const float *bias, float slope, size_t channels,
		      size_t places, float *y)
{
	for (; places >= PLACES; places -= PLACES, x += PLACES * step, y += PLACES * channels)
		depthwise_places(x, step, offsets, taps, weight, bias, slope, channels, PLACES, y);
	for (; places > 0; places--, x += step, y += channels)
		depthwise_places(x, step, offsets, taps, weight, bias, slope, channels, 1, y);
}

const struct kernels KERNEL_SET = {
	.name = KERNEL_NAME,
	.add_bias = add_bias,
	.layer_norm = layer_norm,
	.add_norm = add_norm,
	.gelu = gelu,
	.softmax = softmax,
	.leaky = leaky,
	.add = add,
	.keep_larger = keep_larger,
	.depthwise = depthwise,
};
