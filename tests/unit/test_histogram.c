/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/histogram.h"

#include "tests/unit/test.h"

static void test_empty(void **state)
{
	struct histogram histogram = HISTOGRAM_INIT;

	(void)state;
	assert_true(histogram_mean(&histogram) == 0 && histogram_median(&histogram) == 0);
	assert_int_equal(histogram_percentile(&histogram, 95), 0);
	assert_int_equal(histogram_largest(&histogram), 0);
	histogram_release(&histogram);
}

static void test_values(void **state)
{
	static const size_t values[] = { 3, 0, 7, 3, 1, 10 };
	struct histogram histogram = HISTOGRAM_INIT;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(histogram_add(&histogram, values[i]), 0);
	assert_int_equal(histogram_count(&histogram, 3), 2);
	assert_int_equal(histogram_count(&histogram, 99), 0);
	assert_int_equal(histogram_largest(&histogram), 10);
	assert_true(histogram_mean(&histogram) == 4);
	assert_true(histogram_median(&histogram) == 3);
	assert_int_equal(histogram_percentile(&histogram, 0), 0);
	assert_int_equal(histogram_percentile(&histogram, 50), 3);
	assert_int_equal(histogram_percentile(&histogram, 51), 3);
	assert_int_equal(histogram_percentile(&histogram, 75), 7);
	assert_int_equal(histogram_percentile(&histogram, 100), 10);
	assert_int_equal(histogram_add(&histogram, 4), 0);
	assert_true(histogram_median(&histogram) == 3);
	histogram_release(&histogram);
}

static void test_even_median(void **state)
{
	struct histogram histogram = HISTOGRAM_INIT;

	(void)state;
	assert_int_equal(histogram_add(&histogram, 1), 0);
	assert_int_equal(histogram_add(&histogram, 2), 0);
	assert_true(histogram_median(&histogram) == 1.5);
	assert_int_equal(histogram_add(&histogram, SIZE_MAX), 0);
	assert_int_equal(histogram_largest(&histogram), HISTOGRAM_LARGEST);
	histogram_release(&histogram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_even_median),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
