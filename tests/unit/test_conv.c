/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/blas.h"
#include "inference/core/conv.h"
#include "inference/core/conv_direct.h"
#include "inference/core/map_conv.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of at most 441 products of numbers below 1, in another order than the double ones. */
#define TOLERANCE 1e-5
#define PICTURES 2

/* Numbers from -1 to 1, always the same. */
static float *random_floats(size_t n, unsigned seed)
{
	float *x = malloc((n + 1) * sizeof(*x));

	assert_non_null(x);
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		x[i] = (float)(seed >> 8) / (float)(1 << 23) - 1;
	}
	return x;
}

/* One number of the output of a map [in, height, width]. */
static double wanted(const struct conv *conv, const float *input, int height, int width, int out, int y,
		     int x)
{
	int pad = conv->kernel / 2;
	double sum = conv->bias[out];

	for (int in = 0; in < conv->in; in++)
		for (int tap = 0; tap < conv->kernel * conv->kernel; tap++) {
			int j = y * conv->stride + tap / conv->kernel - pad;
			int i = x * conv->stride + tap % conv->kernel - pad;
			int weight = (out * conv->in + in) * conv->kernel * conv->kernel + tap;

			if (j >= 0 && j < height && i >= 0 && i < width)
				sum += (double)conv->weight[weight] * input[(in * height + j) * width + i];
		}
	return sum < 0 ? conv->slope * sum : sum;
}

static void check_conv(const struct conv *conv, const struct conv *reference, int height, int width)
{
	int out_height = conv_output_size(conv, height), out_width = conv_output_size(conv, width);
	float *input = random_floats((size_t)(conv->in * height * width), 3);
	float *output = random_floats((size_t)(conv->out * out_height * out_width), 4);
	float *scratch = random_floats(conv_scratch(conv, height, width), 5);

	conv_run(conv, input, height, width, output, scratch);
	for (int i = 0; i < conv->out * out_height * out_width; i++) {
		int x = i % out_width, y = i / out_width % out_height;
		double number = wanted(reference, input, height, width, i / out_width / out_height, y, x);

		assert_true(fabs(output[i] - number) <= TOLERANCE);
	}
	free(input);
	free(output);
	free(scratch);
}

static const struct conv convs[] = {
	{ .in = 3, .out = 8, .kernel = 7, .stride = 2 },
	{ .in = 9, .out = 16, .kernel = 1, .stride = 1 },
	{ .in = 9, .out = 5, .kernel = 1, .stride = 2, .slope = 1 },
	{ .in = 9, .out = 8, .kernel = 3, .stride = 1 },
	{ .in = 9, .out = 16, .kernel = 3, .stride = 2, .slope = 0.1f },
};

static void test_planes(void **state)
{
	float *weight = random_floats(9 * 16 * 9, 1), *bias = random_floats(16, 2);
	float *packed = malloc(sizeof(*packed) * 9 * 16 * 9);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(blas_open(&err), 0);
	for (size_t i = 0; i < sizeof(convs) / sizeof(*convs); i++) {
		struct conv conv = convs[i], direct;

		conv.weight = weight;
		conv.bias = bias;
		check_conv(&conv, &conv, 9, 13);
		check_conv(&conv, &conv, 40, 37);
		direct = conv;
		if (!conv_direct_serves(&conv))
			continue;
		conv_direct_pack(&conv, packed);
		direct.packed = packed;
		check_conv(&direct, &conv, 9, 13);
	}
	free(weight);
	free(bias);
	free(packed);
}

/* [out, in, taps] to [out, taps, in], packed. */
static float *pack(const struct conv *conv)
{
	size_t in = (size_t)conv->in, taps = (size_t)(conv->kernel * conv->kernel);
	size_t out = (size_t)conv->out, size = product_packed_size(out, in * taps);
	float *turned = malloc(out * in * taps * sizeof(*turned)), *packed = malloc(size * sizeof(*packed));

	assert_non_null(turned);
	assert_non_null(packed);
	for (size_t i = 0; i < out * in * taps; i++)
		turned[(i / (in * taps) * taps + i % taps) * in + i / taps % in] = conv->weight[i];
	product_pack(turned, out, in * taps, packed);
	free(turned);
	return packed;
}

/* Planes through a bordered map to a bordered one, with an addend, and back. */
static void check_map(const struct conv *conv, size_t side, bool add)
{
	struct map from = { NULL, side, side, 3, (size_t)conv->in };
	size_t to_side = (side + (size_t)conv->stride - 1) / (size_t)conv->stride;
	struct map to = { NULL, to_side, to_side, 1, (size_t)conv->out };
	size_t plane = side * side, out_plane = to.width * to.width, outs = to.channels;
	const struct map_conv map_conv = { from.channels, outs, (size_t)conv->kernel, (size_t)conv->stride,
					   (size_t)conv->kernel / 2,
					   pack(conv), conv->bias };
	float *input = random_floats(PICTURES * from.channels * plane, 3);
	float *addend = random_floats(outs * out_plane, 4), *output = random_floats(outs * out_plane, 5);
	size_t *places = malloc(map_conv_places(PICTURES * out_plane) * sizeof(*places));

	from.numbers = random_floats(map_floats(&from, PICTURES), 6);
	to.numbers = random_floats(map_floats(&to, PICTURES), 7);
	map_clear_border(&from, PICTURES);
	for (size_t i = 0; i < PICTURES; i++) {
		map_from_planes(&from, i, input + i * from.channels * plane);
		map_from_planes(&to, i, addend);
	}
	map_conv_run(&map_conv, &from, PICTURES, PRODUCT_RELU, add, &to, places);
	for (size_t i = 0; i < PICTURES * outs * out_plane; i++) {
		size_t picture = i / (outs * out_plane), at = i % (outs * out_plane), cell = at % out_plane;
		struct conv linear = *conv;
		double sum;

		if (at == 0)
			map_to_planes(&to, picture, output, out_plane);
		linear.slope = 1;
		sum = wanted(&linear, input + picture * from.channels * plane, (int)side, (int)side,
			     (int)(at / out_plane), (int)(cell / to.width), (int)(cell % to.width));
		sum += add ? addend[at] : 0;
		assert_true(fabs(output[at] - (sum > 0 ? sum : 0)) <= TOLERANCE);
	}
	free((void *)(uintptr_t)map_conv.packed);
	free(input);
	free(addend);
	free(output);
	free(places);
	free(from.numbers);
	free(to.numbers);
}

static void test_maps(void **state)
{
	float *weight = random_floats(9 * 16 * 9, 1), *bias = random_floats(16, 2);

	(void)state;
	for (size_t i = 0; i < sizeof(convs) / sizeof(*convs); i++) {
		struct conv conv = convs[i];

		conv.weight = weight;
		conv.bias = bias;
		check_map(&conv, 13, false);
		check_map(&conv, 14, true);
	}
	free(weight);
	free(bias);
}

/* Against the pooling of planes. */
static void test_max_pool(void **state)
{
	enum { SIDE = 9, CHANNELS = 20, OUT = (SIDE + 1) / 2 };
	float *planes = random_floats(CHANNELS * SIDE * SIDE, 1), *numbers = random_floats(SIDE * SIDE * CHANNELS, 2);
	float pooled[CHANNELS * OUT * OUT], wanted_planes[CHANNELS * OUT * OUT], got[CHANNELS * OUT * OUT];
	const struct map from = { numbers, SIDE, SIDE, 0, CHANNELS };
	const struct map to = { pooled, OUT, OUT, 0, CHANNELS };

	(void)state;
	map_from_planes(&from, 0, planes);
	map_max_pool(&from, 1, &to);
	map_to_planes(&to, 0, got, OUT * OUT);
	max_pool(planes, CHANNELS, SIDE, SIDE, wanted_planes);
	assert_memory_equal(got, wanted_planes, sizeof(got));
	free(planes);
	free(numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planes),
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_max_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
