/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/kernels.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

#define ROWS 3
#define WIDTH 37 /* two whole vectors and a rest */
#define SIZE (ROWS * WIDTH)
#define STRIDE 48 /* of rows in softmax */

static const char *const names[] = { "portable", "avx2", "avx512" };

/* Numbers from -8 to 8, always the same. */
static void fill(float *x, size_t n, unsigned seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		x[i] = (float)(seed >> 8) / (float)(1 << 20) - 8;
	}
}

static void check(const char *what, const float *got, const double *wanted, double tolerance)
{
	for (size_t i = 0; i < SIZE; i++)
		if (!(fabs(got[i] - wanted[i]) <= tolerance * fmax(1, fabs(wanted[i]))))
			fail_msg("%s: number %zu is %.9g, not %.9g", what, i, (double)got[i], wanted[i]);
}

/* Ten float32 roundings, or what the formula says of itself. */
#define ROUNDING 1e-6

static void check_gelu(const struct kernels *kernels)
{
	float x[SIZE], bias[WIDTH];
	double wanted[SIZE];

	fill(x, SIZE, 1);
	fill(bias, WIDTH, 2);
	for (size_t i = 0; i < SIZE; i++) {
		double v = (double)(x[i] + bias[i % WIDTH]);

		wanted[i] = v / 2 * (1 + erf(v / sqrt(2)));
	}
	kernels->gelu(x, bias, ROWS, WIDTH);
	check("gelu", x, wanted, ROUNDING);
}

static void check_softmax(const struct kernels *kernels)
{
	float x[SIZE], spread[ROWS * STRIDE];
	double wanted[SIZE];

	fill(x, SIZE, 3);
	x[5] = -INFINITY;
	x[WIDTH] = 1000;
	for (size_t row = 0; row < ROWS; row++) {
		double sum = 0, highest = -INFINITY;

		for (size_t i = 0; i < WIDTH; i++)
			highest = fmax(highest, (double)x[row * WIDTH + i]);
		for (size_t i = 0; i < WIDTH; i++)
			sum += exp(0.25 * ((double)x[row * WIDTH + i] - highest));
		for (size_t i = 0; i < WIDTH; i++)
			wanted[row * WIDTH + i] =
				exp(0.25 * ((double)x[row * WIDTH + i] - highest)) / sum;
	}
	fill(spread, ROWS * STRIDE, 11);
	for (size_t row = 0; row < ROWS; row++)
		memcpy(spread + row * STRIDE, x + row * WIDTH, WIDTH * sizeof(*x));
	spread[WIDTH] = NAN;
	kernels->softmax(spread, 0.25f, ROWS, WIDTH, STRIDE);
	for (size_t row = 0; row < ROWS; row++)
		memcpy(x + row * WIDTH, spread + row * STRIDE, WIDTH * sizeof(*x));
	check("softmax", x, wanted, ROUNDING);
}

static void check_layer_norm(const struct kernels *kernels)
{
	float x[SIZE], weight[WIDTH], bias[WIDTH];
	double wanted[SIZE];

	fill(x, SIZE, 4);
	fill(weight, WIDTH, 5);
	fill(bias, WIDTH, 6);
	for (size_t row = 0; row < ROWS; row++) {
		double mean = 0, variance = 0;

		for (size_t i = 0; i < WIDTH; i++)
			mean += (double)x[row * WIDTH + i] / WIDTH;
		for (size_t i = 0; i < WIDTH; i++)
			variance += pow((double)x[row * WIDTH + i] - mean, 2) / WIDTH;
		for (size_t i = 0; i < WIDTH; i++)
			wanted[row * WIDTH + i] = ((double)x[row * WIDTH + i] - mean) /
							  sqrt(variance + 1e-12) * (double)weight[i] +
						  (double)bias[i];
	}
	kernels->layer_norm(x, weight, bias, 1e-12f, ROWS, WIDTH);
	check("layer_norm", x, wanted, ROUNDING);
}

static void test_each_set_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct kernels *kernels = kernels_named(names[i]);

		if (!kernels)
			continue;
		assert_string_equal(kernels->name, names[i]);
		check_gelu(kernels);
		check_softmax(kernels);
		check_layer_norm(kernels);
	}
	assert_null(kernels_named("none"));
}

/* All kernels one after the other over the same numbers. */
static void run_all(const struct kernels *kernels, float *x)
{
	float weight[WIDTH], bias[WIDTH], other[SIZE];

	fill(x, SIZE, 7);
	fill(weight, WIDTH, 8);
	fill(bias, WIDTH, 9);
	fill(other, SIZE, 10);
	kernels->add_bias(x, bias, ROWS, WIDTH);
	kernels->layer_norm(x, weight, bias, 1e-12f, ROWS, WIDTH);
	kernels->gelu(x, bias, ROWS, WIDTH);
	kernels->add(x, other, SIZE);
	kernels->add_norm(x, other, bias, weight, bias, 1e-12f, ROWS, WIDTH);
	kernels->softmax(x, 0.5f, 2, WIDTH, STRIDE);
}

static void test_all_sets_give_the_same_bits(void **state)
{
	float portable[SIZE], x[SIZE];

	(void)state;
	run_all(kernels_named("portable"), portable);
	for (size_t i = 1; i < sizeof(names) / sizeof(*names); i++)
		if (kernels_named(names[i])) {
			run_all(kernels_named(names[i]), x);
			assert_memory_equal(x, portable, sizeof(x));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_set_is_right),
		cmocka_unit_test(test_all_sets_give_the_same_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
