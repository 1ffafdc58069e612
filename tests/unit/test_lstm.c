/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/blas.h"
#include "inference/text/lstm.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

#define FIXTURE "tests/oracle/lstm/lstm.safetensors"
#define SEQUENCES 5
#define ROWS 16
#define INPUT 5
#define HIDDEN 3

/* Two layers of sums of eight products, whose order is free. */
#define TOLERANCE 1e-6

struct fixture {
	struct weights weights;
	struct arena arena;
	const float *x; /* [ROWS, INPUT] */
	size_t starts[SEQUENCES + 1];
};

static void open_fixture(struct fixture *fixture)
{
	const struct checkpoint_tensor *tensor;
	struct err err = ERR_INIT;
	int64_t starts[SEQUENCES + 1];

	assert_int_equal(blas_open(&err), 0);
	fixture->arena = (struct arena)ARENA_INIT;
	assert_int_equal(weights_open(&fixture->weights, FIXTURE, &err), 0);
	assert_int_equal(weights_get(&fixture->weights, "x", SHAPE(ROWS, INPUT), &fixture->x, &err), 0);
	tensor = checkpoint_find(&fixture->weights.file, "starts");
	assert_non_null(tensor);
	assert_int_equal(tensor->elements, SEQUENCES + 1);
	memcpy(starts, tensor->data, sizeof(starts));
	for (size_t i = 0; i <= SEQUENCES; i++)
		fixture->starts[i] = (size_t)starts[i];
	assert_int_equal(fixture->starts[SEQUENCES], ROWS);
}

static void close_fixture(struct fixture *fixture)
{
	weights_close(&fixture->weights);
	arena_release(&fixture->arena);
}

static void check(const float *got, const float *wanted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabs((double)got[i] - (double)wanted[i]) <= TOLERANCE))
			fail_msg("number %zu is %g, not %g", i, (double)got[i], (double)wanted[i]);
}

static void check_lstm(const char *prefix, const char *states, size_t layers, size_t directions)
{
	const float *wanted, *got;
	struct fixture fixture;
	struct err err = ERR_INIT;
	struct lstm lstm;

	open_fixture(&fixture);
	assert_int_equal(lstm_get(&lstm, &fixture.weights, prefix, &err), 0);
	assert_int_equal(lstm.input, INPUT);
	assert_int_equal(lstm.hidden, HIDDEN);
	assert_int_equal(lstm.layers, layers);
	assert_int_equal(lstm.directions, directions);
	assert_int_equal(weights_get(&fixture.weights, states, SHAPE(ROWS, directions * HIDDEN), &wanted,
				     &err), 0);
	assert_int_equal(lstm_run(&lstm, fixture.x, fixture.starts, SEQUENCES, &fixture.arena, &got,
				  &err), 0);
	check(got, wanted, ROWS * directions * HIDDEN);
	close_fixture(&fixture);
}

static void test_agrees_with_pytorch(void **state)
{
	(void)state;
	check_lstm("both.", "both.states", 2, 2);
	check_lstm("one.", "one.states", 1, 1);
}

/* A sequence without rows changes nothing for the others; none at all gives none. */
static void test_empty_sequences(void **state)
{
	const float *wanted, *got;
	struct fixture fixture;
	struct err err = ERR_INIT;
	struct lstm lstm;

	(void)state;
	open_fixture(&fixture);
	assert_int_equal(lstm_get(&lstm, &fixture.weights, "both.", &err), 0);
	assert_int_equal(weights_get(&fixture.weights, "both.states", SHAPE(ROWS, 2 * HIDDEN), &wanted,
				     &err), 0);
	assert_int_equal(lstm_run(&lstm, fixture.x, (const size_t[]){ 0, 0, 3, 3, 4, 4 }, 5,
				  &fixture.arena, &got, &err), 0);
	check(got, wanted, 4 * 2 * HIDDEN);
	assert_int_equal(lstm_run(&lstm, fixture.x, (const size_t[]){ 0 }, 0, &fixture.arena, &got, &err),
			 0);
	close_fixture(&fixture);
}

static void test_says_what_is_missing(void **state)
{
	struct fixture fixture;
	struct err err = ERR_INIT;
	struct lstm lstm;

	(void)state;
	open_fixture(&fixture);
	assert_int_equal(lstm_get(&lstm, &fixture.weights, "rnn.", &err), -1);
	assert_non_null(strstr(err.text, "'rnn.weight_ih_l0'"));
	close_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_pytorch),
		cmocka_unit_test(test_empty_sequences),
		cmocka_unit_test(test_says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
