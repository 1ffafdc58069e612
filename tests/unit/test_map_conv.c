/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/map_conv.h"
#include "inference/core/map_resize.h"
#include "tests/unit/test.h"

#include <float.h>
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

/* A convolution by its definition, weight [out, in, kernel, kernel]. */
struct plain_conv {
	size_t in, out, kernel, stride;
	const float *weight, *bias;
};

/* One number of the output of planes [in, height, width]. */
static double wanted(const struct plain_conv *conv, const float *input, const struct map *shape, size_t out,
		     size_t y, size_t x)
{
	size_t pad = conv->kernel / 2, taps = conv->kernel * conv->kernel;
	double sum = conv->bias[out];

	for (size_t in = 0; in < conv->in; in++)
		for (size_t tap = 0; tap < taps; tap++) {
			size_t j = y * conv->stride + tap / conv->kernel - pad;
			size_t i = x * conv->stride + tap % conv->kernel - pad;

			/* What is before the first row or column has wrapped around. */
			if (j < shape->height && i < shape->width)
				sum += (double)conv->weight[(out * conv->in + in) * taps + tap] *
				       input[(in * shape->height + j) * shape->width + i];
		}
	return sum;
}

/* [out, in, taps] to [out, taps, in], packed. */
static float *pack(const struct plain_conv *conv)
{
	size_t in = conv->in, taps = conv->kernel * conv->kernel, out = conv->out;
	float *turned = malloc(out * in * taps * sizeof(*turned));
	float *packed = malloc(product_packed_size(out, in * taps) * sizeof(*packed));

	assert_non_null(turned);
	assert_non_null(packed);
	for (size_t i = 0; i < out * in * taps; i++)
		turned[(i / (in * taps) * taps + i % taps) * in + i / taps % in] = conv->weight[i];
	product_pack(turned, out, in * taps, packed);
	free(turned);
	return packed;
}

/* Planes through a bordered map to a bordered one, with an addend, and back. */
static void check_map(const struct plain_conv *conv, size_t height, size_t width, bool add)
{
	struct map from = { NULL, height, width, 3, conv->in };
	struct map to = { NULL, (height + conv->stride - 1) / conv->stride,
			  (width + conv->stride - 1) / conv->stride, 1, conv->out };
	size_t plane = height * width, out_plane = to.height * to.width, outs = to.channels;
	float *packed = pack(conv);
	const struct map_conv map_conv = { conv->in, outs, conv->kernel, conv->stride, conv->kernel / 2,
					   packed, conv->bias };
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
		double sum;

		if (at == 0)
			map_to_planes(&to, picture, output, out_plane);
		sum = wanted(conv, input + picture * from.channels * plane, &from, at / out_plane,
			     cell / to.width, cell % to.width);
		sum += add ? addend[at] : 0;
		assert_true(fabs(output[at] - (sum > 0 ? sum : 0)) <= TOLERANCE);
	}
	free(packed);
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
	const struct plain_conv convs[] = {
		{ 3, 8, 7, 2, weight, bias },  { 9, 16, 1, 1, weight, bias }, { 9, 5, 1, 2, weight, bias },
		{ 9, 8, 3, 1, weight, bias },  { 9, 16, 3, 2, weight, bias }, { 2, 3, 5, 1, weight, bias },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(convs) / sizeof(*convs); i++) {
		check_map(&convs[i], 13, 13, false);
		check_map(&convs[i], 14, 9, true);
		check_map(&convs[i], 1, 2, false);
	}
	free(weight);
	free(bias);
}

/* Some channels of a map to some of another, leaky, in two bands of rows: nothing else is touched. */
static void test_parts(void **state)
{
	enum { SIDE = 11, IN = 5, BEFORE = 3, OUT = 8, TO = 4, CHANNELS = 20, PLANE = SIDE * SIDE };
	const float slope = 0.25f;
	float *weight = random_floats(OUT * IN * 9, 1), *bias = random_floats(OUT, 2);
	const struct plain_conv conv = { IN, OUT, 3, 1, weight, bias };
	float *packed = pack(&conv), *input = random_floats((BEFORE + IN + 1) * PLANE, 3);
	float output[CHANNELS * PLANE], before[CHANNELS * PLANE];
	struct map from = { NULL, SIDE, SIDE, 1, BEFORE + IN + 1 }, to = { NULL, SIDE, SIDE, 0, CHANNELS };
	const struct map_conv map_conv = { IN, OUT, 3, 1, 1, packed, bias };
	size_t places[2 * PLANE];

	(void)state;
	from.numbers = random_floats(map_floats(&from, 1), 4);
	to.numbers = random_floats(map_floats(&to, 1), 5);
	map_clear_border(&from, 1);
	map_from_planes(&from, 0, input);
	map_to_planes(&to, 0, before, PLANE);
	for (size_t row = 0; row < SIDE; row += 6) {
		const struct map_conv_part part = { row, row ? SIDE - 6 : 6, BEFORE, 0, OUT, TO };

		map_conv_run_part(&map_conv, &from, &part, PRODUCT_LEAKY, slope, false, &to, places);
	}
	map_to_planes(&to, 0, output, PLANE);
	for (size_t i = 0; i < CHANNELS * PLANE; i++) {
		size_t channel = i / PLANE, cell = i % PLANE;
		double sum = before[i];

		if (channel >= TO && channel < TO + OUT) {
			sum = wanted(&conv, input + BEFORE * PLANE, &from, channel - TO, cell / SIDE,
				     cell % SIDE);
			sum = sum < 0 ? slope * sum : sum;
		}
		assert_true(fabs(output[i] - sum) <= TOLERANCE);
	}
	free(weight);
	free(bias);
	free(packed);
	free(input);
	free(from.numbers);
	free(to.numbers);
}

/* Against its definition, on an odd and an even side, to a map with a border. */
static void test_max_pool(void **state)
{
	enum { HEIGHT = 9, WIDTH = 6, CHANNELS = 20, HIGH = 5, WIDE = 3 };
	float *planes = random_floats(CHANNELS * HEIGHT * WIDTH, 1);
	float *numbers = random_floats(HEIGHT * WIDTH * CHANNELS, 2);
	const struct map from = { numbers, HEIGHT, WIDTH, 0, CHANNELS };
	struct map to = { NULL, HIGH, WIDE, 1, CHANNELS };
	float got[CHANNELS * HIGH * WIDE];

	(void)state;
	to.numbers = random_floats(map_floats(&to, 1), 3);
	map_from_planes(&from, 0, planes);
	map_max_pool(&from, 1, &to);
	map_to_planes(&to, 0, got, HIGH * WIDE);
	for (size_t i = 0; i < CHANNELS * HIGH * WIDE; i++) {
		const float *plane = planes + i / (HIGH * WIDE) * HEIGHT * WIDTH;
		size_t y = i / WIDE % HIGH * 2, x = i % WIDE * 2;
		float most = -FLT_MAX;

		for (size_t j = y ? y - 1 : 0; j < y + 2 && j < HEIGHT; j++)
			for (size_t k = x ? x - 1 : 0; k < x + 2 && k < WIDTH; k++)
				most = fmaxf(most, plane[j * WIDTH + k]);
		assert_true(got[i] == most);
	}
	free(planes);
	free(numbers);
	free(to.numbers);
}

/* By hand, in the second of two channels; the first is zero. */
static void test_bilinear(void **state)
{
	float input[] = { 0, 0, 0, 4, 0, 8, 0, 12 }, half[2] = { 0, 10 }, twice[32] = { 0, 1 };
	const struct map from = { input, 2, 2, 0, 2 }, one = { half, 1, 1, 0, 2 }, four = { twice, 4, 4, 0, 2 };

	(void)state;
	map_bilinear_add(&from, &one);
	assert_float_equal(half[1], 16, 0);
	map_bilinear_add(&from, &four);
	assert_float_equal(twice[1], 1, 0);
	assert_float_equal(twice[3], 1, 0);
	assert_float_equal(twice[5], 3, 0);
	assert_float_equal(twice[7], 4, 0);
	assert_float_equal(twice[11], 0.75 * 1 + 0.25 * 9, 1e-6);
	assert_float_equal(twice[31], 12, 0);
	for (size_t i = 0; i < 32; i += 2)
		assert_float_equal(twice[i], 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_max_pool),
		cmocka_unit_test(test_bilinear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
