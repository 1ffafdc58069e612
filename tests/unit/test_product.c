/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/product.h"
#include "inference/core/product_priv.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "portable", "avx2", "avx512" };

/* Sums of about a thousand products of numbers below 1, in another order than the double ones. */
#define TOLERANCE 1e-4

/* Numbers from -1 to 1, always the same. */
static float *random_floats(size_t n, unsigned seed)
{
	float *x = malloc(n * sizeof(*x));

	assert_non_null(x);
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		x[i] = (float)(seed >> 8) / (float)(1 << 23) - 1;
	}
	return x;
}

/* Rows of `runs` runs that overlap, as those of a convolution do. */
struct kind {
	size_t n, out, runs, run;
	bool packed, bias, add;
	enum product_end end;
};

struct example {
	struct kind kind;
	size_t x_places[40], y_places[40], offsets[4];
	float *x, *y, *before, *weight, *biases;
};

static void lay_out(struct example *e)
{
	for (size_t i = 0; i < e->kind.n; i++) {
		e->x_places[i] = i * 7 + i / 5 * 3;
		e->y_places[i] = (e->kind.n - 1 - i) * (e->kind.out + 3);
	}
	for (size_t i = 0; i < e->kind.runs; i++)
		e->offsets[i] = i * (e->kind.run + 50);
	e->x = random_floats(40 * 10 + 4 * (e->kind.run + 50), 1);
	e->weight = random_floats(e->kind.out * e->kind.runs * e->kind.run, 2);
	e->biases = random_floats(e->kind.out, 3);
	e->before = random_floats(e->kind.n * (e->kind.out + 3), 4);
	e->y = random_floats(e->kind.n * (e->kind.out + 3), 4);
}

static void release(struct example *e)
{
	free(e->x);
	free(e->y);
	free(e->before);
	free(e->weight);
	free(e->biases);
}

static double wanted(const struct example *e, size_t row, size_t column)
{
	size_t depth = e->kind.runs * e->kind.run;
	double sum = e->kind.bias ? e->biases[column] : 0;

	if (e->kind.add)
		sum += e->before[e->y_places[row] + column];
	for (size_t k = 0; k < depth; k++)
		sum += (double)e->x[e->x_places[row] + e->offsets[k / e->kind.run] + k % e->kind.run] *
		       e->weight[column * depth + k];
	if (e->kind.end == PRODUCT_RELU)
		return sum > 0 ? sum : 0;
	return e->kind.end == PRODUCT_GELU ? sum / 2 * (1 + erf(sum / sqrt(2))) : sum;
}

static void check(const struct example *e)
{
	for (size_t i = 0; i < e->kind.n; i++) {
		const float *row = e->y + e->y_places[i];

		for (size_t j = 0; j < e->kind.out; j++)
			if (!(fabs(row[j] - wanted(e, i, j)) <= TOLERANCE))
				fail_msg("%s: row %zu of %zu, column %zu of %zu is %g, not %g",
					 product_kernel_name(), i, e->kind.n, j, e->kind.out, (double)row[j],
					 wanted(e, i, j));
		/* What lies between rows stays. */
		assert_memory_equal(row + e->kind.out, e->before + e->y_places[i] + e->kind.out, 3 * sizeof(*row));
	}
}

static void run(struct kind kind)
{
	struct example e = { .kind = kind };
	size_t depth = e.kind.runs * e.kind.run;
	struct product product = { .out = e.kind.out, .runs = e.kind.runs, .run = e.kind.run, .offsets = e.offsets,
				   .weight = e.weight, .add = e.kind.add, .end = e.kind.end };
	float *packed;

	lay_out(&e);
	packed = malloc(product_packed_size(e.kind.out, depth) * sizeof(*packed));
	assert_non_null(packed);
	product.weight = e.weight;
	product.bias = e.kind.bias ? e.biases : NULL;
	if (e.kind.packed) {
		product_pack(e.weight, e.kind.out, depth, packed);
		product.packed = packed;
		product.weight = NULL;
	}
	product_run(&product, e.x, &(struct product_rows){ e.kind.n, 0, e.x_places }, e.y,
		    &(struct product_rows){ e.kind.n, 0, e.y_places });
	check(&e);
	free(packed);
	release(&e);
}

static void test_products(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!product_choose(names[i]))
			continue;
		for (int packed = 0; packed < 2; packed++) {
			run((struct kind){ 1, 1, 1, 1, packed, true, false, PRODUCT_PLAIN });
			run((struct kind){ 5, 13, 1, 768, packed, false, false, PRODUCT_PLAIN });
			run((struct kind){ 12, 64, 1, 147, packed, true, false, PRODUCT_RELU });
			run((struct kind){ 13, 80, 3, 192, packed, true, true, PRODUCT_RELU });
			run((struct kind){ 7, 48, 3, 1000, packed, true, false, PRODUCT_GELU });
			run((struct kind){ 40, 70, 4, 100, packed, true, true, PRODUCT_PLAIN });
		}
	}
	product_choose(NULL);
}

static void test_small_products(void **state)
{
	enum { ROWS = 9, DEPTH = 1000, COLUMNS = 70 };
	float *x = random_floats(ROWS * DEPTH, 1), *weight = random_floats(DEPTH * COLUMNS, 2);
	float y[ROWS * COLUMNS];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!product_choose(names[i]))
			continue;
		product_multiply(x, DEPTH, ROWS, DEPTH, weight, COLUMNS, COLUMNS, false, y, COLUMNS);
		product_multiply(x, DEPTH, ROWS, DEPTH, weight, COLUMNS, COLUMNS, true, y, COLUMNS);
		for (size_t j = 0; j < ROWS * COLUMNS; j++) {
			double sum = 0;

			for (size_t k = 0; k < DEPTH; k++)
				sum += 2.0 * x[j / COLUMNS * DEPTH + k] * weight[k * COLUMNS + j % COLUMNS];
			assert_true(fabs(y[j] - sum) <= 2 * TOLERANCE);
		}
	}
	product_choose(NULL);
	free(x);
	free(weight);
}

/* The bits of a row are the same whatever rows are beside it, and whether its weights are packed. */
static void test_rows_do_not_depend_on_others(void **state)
{
	enum { ROWS = 11, DEPTH = 1000, OUT = 40 };
	float *x = random_floats(ROWS * DEPTH, 1), *weight = random_floats(OUT * DEPTH, 2);
	float all[ROWS * OUT], one[OUT], *packed;
	struct product product = { .out = OUT, .runs = 1, .run = DEPTH, .weight = weight };

	(void)state;
	packed = malloc(product_packed_size(OUT, DEPTH) * sizeof(*packed));
	assert_non_null(packed);
	product_run(&product, x, &(struct product_rows){ ROWS, DEPTH, NULL }, all,
		    &(struct product_rows){ ROWS, OUT, NULL });
	product_pack(weight, OUT, DEPTH, packed);
	product.packed = packed;
	for (size_t i = 0; i < ROWS; i++) {
		product_run(&product, x + i * DEPTH, &(struct product_rows){ 1, DEPTH, NULL }, one,
			    &(struct product_rows){ 1, OUT, NULL });
		assert_memory_equal(one, all + i * OUT, sizeof(one));
	}
	free(packed);
	free(x);
	free(weight);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_products),
		cmocka_unit_test(test_small_products),
		cmocka_unit_test(test_rows_do_not_depend_on_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
