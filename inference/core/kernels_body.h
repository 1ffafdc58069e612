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

#define LANES ((size_t)16)
#define KERNEL static KERNEL_TARGET
#define INLINE static inline __attribute__((always_inline)) KERNEL_TARGET

struct lanes {
	float v __attribute__((vector_size(64)));
};

struct int_lanes {
	int v __attribute__((vector_size(64)));
};

/* `n` of the lanes from memory, the others `fill`. */
INLINE void load(struct lanes *x, const float *from, size_t n, float fill)
{
	if (n < LANES) {
		x->v = fill - (struct lanes){ { 0 } }.v;
		memcpy(x, from, n * sizeof(*from));
	} else {
		memcpy(x, from, sizeof(*x));
	}
}

INLINE void store(float *to, const struct lanes *x, size_t n)
{
	memcpy(to, x, n < LANES ? n * sizeof(*to) : sizeof(*x));
}

INLINE size_t lanes_left(size_t at, size_t width)
{
	return width - at < LANES ? width - at : LANES;
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
	static const float terms[] = { 1 / 5040.0f, 1 / 720.0f, 1 / 120.0f, 1 / 24.0f,
				       1 / 6.0f,    0.5f,	1.0f,	    1.0f };
	const float round = 12582912; /* 1.5 * 2^23: adding it rounds to a whole number */
	struct lanes lowest, n, r, series, power;
	struct int_lanes exponent;

	lowest.v = -87 - (struct lanes){ { 0 } }.v;
	lanes_select_max(x, &lowest);
	n.v = (x->v * 1.44269504f + round) - round;
	/* ln(2) in two parts, of which the first times n is exact. */
	r.v = x->v - n.v * 0.693359375f;
	r.v = r.v - n.v * -2.12194440e-4f;
	series.v = terms[0] - (struct lanes){ { 0 } }.v;
	for (size_t i = 1; i < sizeof(terms) / sizeof(*terms); i++)
		series.v = series.v * r.v + terms[i];
	exponent.v = (__builtin_convertvector(n.v, __typeof__(exponent.v)) + 127) << 23;
	memcpy(&power, &exponent, sizeof(power));
	x->v = series.v * power.v;
}

/* x / 2 * (1 + erf(x / sqrt(2))). */
INLINE void lanes_gelu(struct lanes *x)
{
	static const float terms[] = { 1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f,
				       0.254829592f };
	struct lanes z, t, series, tail, erf;
	struct int_lanes sign, bits;

	z.v = x->v * 0.70710678f;
	memcpy(&bits, &z, sizeof(bits));
	sign.v = bits.v & (int)0x80000000u;
	bits.v ^= sign.v;
	memcpy(&z, &bits, sizeof(z)); /* |x| / sqrt(2) */
	t.v = 1 / (1 + 0.3275911f * z.v);
	series.v = terms[0] * t.v;
	for (size_t i = 1; i < sizeof(terms) / sizeof(*terms); i++)
		series.v = (series.v + terms[i]) * t.v;
	tail.v = -(z.v * z.v);
	lanes_exp(&tail);
	erf.v = 1 - series.v * tail.v;
	memcpy(&bits, &erf, sizeof(bits));
	bits.v |= sign.v;
	memcpy(&erf, &bits, sizeof(erf));
	x->v = x->v * 0.5f * (1 + erf.v);
}

KERNEL void add_bias(float *x, const float *bias, size_t rows, size_t width)
{
	for (size_t row = 0; row < rows; row++, x += width)
		for (size_t i = 0; i < width; i += LANES) {
			size_t n = lanes_left(i, width);
			struct lanes a, b;

			load(&a, x + i, n, 0);
			load(&b, bias + i, n, 0);
			a.v += b.v;
			store(x + i, &a, n);
		}
}

/* Sum of (x - shift)^power over a row, power 1 or 2. */
INLINE float row_sum(const float *x, float shift, bool squared, size_t width)
{
	struct lanes sum = { { 0 } };

	for (size_t i = 0; i < width; i += LANES) {
		struct lanes a;

		load(&a, x + i, lanes_left(i, width), shift);
		a.v -= shift;
		sum.v += squared ? a.v * a.v : a.v;
	}
	return lanes_sum(&sum);
}

KERNEL void layer_norm(float *x, const float *weight, const float *bias, float eps, size_t rows,
		       size_t width)
{
	for (size_t row = 0; row < rows; row++, x += width) {
		float mean = row_sum(x, 0, false, width) / (float)width;
		float variance = row_sum(x, mean, true, width) / (float)width;
		float scale = 1 / sqrtf(variance + eps);

		for (size_t i = 0; i < width; i += LANES) {
			size_t n = lanes_left(i, width);
			struct lanes a, w, b;

			load(&a, x + i, n, 0);
			load(&w, weight + i, n, 0);
			load(&b, bias + i, n, 0);
			a.v = (a.v - mean) * scale * w.v + b.v;
			store(x + i, &a, n);
		}
	}
}

KERNEL void gelu(float *x, const float *bias, size_t rows, size_t width)
{
	for (size_t row = 0; row < rows; row++, x += width)
		for (size_t i = 0; i < width; i += LANES) {
			size_t n = lanes_left(i, width);
			struct lanes a, b;

			load(&a, x + i, n, 0);
			load(&b, bias + i, n, 0);
			a.v += b.v;
			lanes_gelu(&a);
			store(x + i, &a, n);
		}
}

INLINE float row_max(const float *x, size_t width)
{
	struct lanes highest;

	load(&highest, x, lanes_left(0, width), -INFINITY);
	for (size_t i = LANES; i < width; i += LANES) {
		struct lanes a;

		load(&a, x + i, lanes_left(i, width), -INFINITY);
		lanes_select_max(&highest, &a);
	}
	return lanes_max(&highest);
}

KERNEL void softmax(float *x, float scale, size_t rows, size_t width)
{
	for (size_t row = 0; row < rows; row++, x += width) {
		float highest = row_max(x, width), factor;
		struct lanes sum = { { 0 } };

		for (size_t i = 0; i < width; i += LANES) {
			size_t n = lanes_left(i, width);
			struct lanes a;

			load(&a, x + i, n, -INFINITY);
			a.v = (a.v - highest) * scale;
			lanes_exp(&a);
			store(x + i, &a, n);
			/* Lanes past the end hold exp(-87), which float32 does not see beside the 1 of
			 * the highest. */
			sum.v += a.v;
		}
		factor = 1 / lanes_sum(&sum);
		for (size_t i = 0; i < width; i += LANES) {
			size_t n = lanes_left(i, width);
			struct lanes a;

			load(&a, x + i, n, 0);
			a.v *= factor;
			store(x + i, &a, n);
		}
	}
}

KERNEL void leaky(float *x, float bias, float slope, size_t n)
{
	for (size_t i = 0; i < n; i += LANES) {
		size_t m = lanes_left(i, n);
		struct lanes a, scaled;

		load(&a, x + i, m, 0);
		a.v += bias;
		scaled.v = a.v * slope;
		lanes_select_max(&a, &scaled);
		store(x + i, &a, m);
	}
}

KERNEL void add(float *to, const float *from, size_t n)
{
	add_bias(to, from, 1, n);
}

const struct kernels KERNEL_SET = {
	.name = KERNEL_NAME,
	.add_bias = add_bias,
	.layer_norm = layer_norm,
	.gelu = gelu,
	.softmax = softmax,
	.leaky = leaky,
	.add = add,
};
