/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of the kernels for one instruction set: KERNEL_TARGET is its attribute, KERNEL_SET the
 * table's name, KERNEL_NAME the text. Included once by each of kernels_*.c. A vector has 16 lanes
 * everywhere; the compiler splits it where registers are narrower. Vectors are passed by address, as
 * passing them by value would depend on the instruction set.
 */
#include "inference/core/kernels.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define LANES KERNEL_LANES
#define KERNEL static KERNEL_TARGET
#define INLINE static inline __attribute__((always_inline)) KERNEL_TARGET

struct lanes {
	float v __attribute__((vector_size(64)));
};

struct int_lanes {
	int v __attribute__((vector_size(64)));
};

/* `n` of the lanes from memory, the others `fill`. Where `n` is LANES as written, this is one load. */
INLINE void load(struct lanes *x, const float *from, size_t n, float fill)
{
	if (n < LANES)
		x->v = fill - (struct lanes){ { 0 } }.v;
	memcpy(x, from, n * sizeof(*from));
}

INLINE void store(float *to, const struct lanes *x, size_t n)
{
	memcpy(to, x, n * sizeof(*to));
}

/* The sum of the lanes, halves first. */
INLINE float lanes_sum(const struct lanes *x)
{
	float part[LANES];

	memcpy(part, x, sizeof(part));
	for (size_t half = LANES / 2; half > 0; half /= 2)
		for (size_t i = 0; i < half; i++)
			part[i] += part[i + half];
	return part[0];
}

INLINE float lanes_max(const struct lanes *x)
{
	float part[LANES], highest;

	memcpy(part, x, sizeof(part));
	highest = part[0];
	for (size_t i = 1; i < LANES; i++)
		highest = part[i] > highest ? part[i] : highest;
	return highest;
}

INLINE void lanes_select_max(struct lanes *x, const struct lanes *other)
{
	struct int_lanes x_bits, other_bits, larger;

	larger.v = other->v > x->v;
	memcpy(&x_bits, x, sizeof(x_bits));
	memcpy(&other_bits, other, sizeof(other_bits));
	x_bits.v = (x_bits.v & ~larger.v) | (other_bits.v & larger.v);
	memcpy(x, &x_bits, sizeof(*x));
}

/* exp of lanes up to 88; below -87 the result is 0 or next to it. exp(x) = 2^n * exp(r) with r in
 * +-ln(2)/2, where the Taylor series to r^7 is exact to float32. */
INLINE void lanes_exp(struct lanes *x)
{
	const float round = 12582912; /* 1.5 * 2^23: adding it rounds to a whole number */
	struct lanes lowest, n, r, series, power;
	struct int_lanes exponent;

	lowest.v = -87 - (struct lanes){ { 0 } }.v;
	lanes_select_max(x, &lowest);
	n.v = (x->v * 1.44269504f + round) - round;
	/* ln(2) in two parts, of which the first times n is exact. */
	r.v = x->v - n.v * 0.693359375f;
	r.v = r.v - n.v * -2.12194440e-4f;
	series.v = r.v * (1 / 5040.0f) + 1 / 720.0f;
	series.v = series.v * r.v + 1 / 120.0f;
	series.v = series.v * r.v + 1 / 24.0f;
	series.v = series.v * r.v + 1 / 6.0f;
	series.v = series.v * r.v + 0.5f;
	series.v = series.v * r.v + 1;
	series.v = series.v * r.v + 1;
	exponent.v = (__builtin_convertvector(n.v, __typeof__(exponent.v)) + 127) << 23;
	memcpy(&power, &exponent, sizeof(power));
	x->v = series.v * power.v;
}

/* x / 2 * (1 + erf(x / sqrt(2))). */
INLINE void lanes_gelu(struct lanes *x)
{
	struct lanes z, t, series, tail, erf;
	struct int_lanes sign, bits;

	z.v = x->v * 0.70710678f;
	memcpy(&bits, &z, sizeof(bits));
	sign.v = bits.v & (int)0x80000000u;
	bits.v ^= sign.v;
	memcpy(&z, &bits, sizeof(z)); /* |x| / sqrt(2) */
	t.v = 1 / (1 + 0.3275911f * z.v);
	series.v = t.v * 1.061405429f - 1.453152027f;
	series.v = series.v * t.v + 1.421413741f;
	series.v = series.v * t.v - 0.284496736f;
	series.v = (series.v * t.v + 0.254829592f) * t.v;
	tail.v = -(z.v * z.v);
	lanes_exp(&tail);
	erf.v = 1 - series.v * tail.v;
	memcpy(&bits, &erf, sizeof(bits));
	bits.v |= sign.v;
	memcpy(&erf, &bits, sizeof(erf));
	x->v = x->v * 0.5f * (1 + erf.v);
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
	a.v += b.v;
	store(x, &a, n);
}

KERNEL void add(float *to, const float *from, size_t n)
{
#define PART(at, count) add_part(to + (at), from + (at), count)
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
	a.v -= shift;
	sum->v += squared ? a.v * a.v : a.v;
}

/* Sum of (x - shift) over a row, or of its squares. */
INLINE float row_sum(const float *x, float shift, bool squared, size_t width)
{
	struct lanes sum = { { 0 } };

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
	a.v = (a.v - mean) * scale * w.v + b.v;
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
	a.v += b.v;
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
	a.v += bias;
	scaled.v = a.v * slope;
	lanes_select_max(&a, &scaled);
	store(x, &a, n);
}

KERNEL void leaky(float *x, float bias, float slope, size_t n)
{
#define PART(at, count) leaky_part(x + (at), bias, slope, count)
	EACH_PART(n, PART);
#undef PART
}

/* A whole vector of a row of which `n` lanes count; the others become minus infinity. */
INLINE void load_row(struct lanes *x, const float *from, size_t n)
{
	static const struct int_lanes numbers = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
						    15 } };
	const int minus_infinity = (int)0xff800000u;
	struct int_lanes bits, on;

	on.v = numbers.v < (n < LANES ? (int)n : (int)LANES);
	memcpy(&bits, from, sizeof(bits));
	bits.v = (bits.v & on.v) | (minus_infinity & ~on.v);
	memcpy(x, &bits, sizeof(*x));
}

INLINE void softmax_row(float *x, float scale, size_t width)
{
	struct lanes highest, a, sum = { { 0 } };
	float most, factor;

	load_row(&highest, x, width);
	for (size_t i = LANES; i < width; i += LANES) {
		load_row(&a, x + i, width - i);
		lanes_select_max(&highest, &a);
	}
	most = lanes_max(&highest);
	for (size_t i = 0; i < width; i += LANES) {
		load_row(&a, x + i, width - i);
		a.v = (a.v - most) * scale;
		lanes_exp(&a);
		store(x + i, &a, LANES);
		/* Lanes past the end hold exp(-87), which float32 does not see beside the 1 of the
		 * highest. */
		sum.v += a.v;
	}
	factor = 1 / lanes_sum(&sum);
	for (size_t i = 0; i < width; i += LANES) {
		load(&a, x + i, LANES, 0);
		a.v *= factor;
		store(x + i, &a, LANES);
	}
}

KERNEL void softmax(float *x, float scale, size_t rows, size_t width, size_t stride)
{
	for (size_t row = 0; row < rows; row++)
		softmax_row(x + row * stride, scale, width);
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
};
