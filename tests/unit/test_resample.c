/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/resample.h"

#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>

#define FIXTURE "tests/oracle/intervals/intervals.json"
#define MOST_RECORDS 200

static size_t read_records(json_t *array, struct record_counts *out)
{
	size_t i;
	json_t *item;

	assert_true(json_array_size(array) <= MOST_RECORDS);
	json_array_foreach(array, i, item) {
		out[i].gold = (uint32_t)json_integer_value(json_array_get(item, 0));
		out[i].found = (uint32_t)json_integer_value(json_array_get(item, 1));
		out[i].correct = (uint32_t)json_integer_value(json_array_get(item, 2));
	}
	return json_array_size(array);
}

static void assert_near(double got, json_t *expected)
{
	assert_true(fabs(got - json_number_value(expected)) < 1e-12);
}

static void assert_interval(struct interval got, json_t *of, const char *key)
{
	json_t *pair = json_object_get(of, key);

	assert_near(got.low, json_array_get(pair, 0));
	assert_near(got.high, json_array_get(pair, 1));
}

/* With one thread and with several. */
static void assert_case(json_t *expected, int jobs)
{
	struct record_counts records[MOST_RECORDS], others[MOST_RECORDS];
	size_t n = read_records(json_object_get(expected, "records"), records);
	struct resample_plan plan = {
		(size_t)json_integer_value(json_object_get(expected, "resamples")),
		(uint64_t)json_integer_value(json_object_get(expected, "seed")), jobs
	};
	struct resample_comparison comparison;
	struct resample_intervals intervals;
	struct err err = ERR_INIT;

	assert_int_equal(read_records(json_object_get(expected, "others"), others), n);
	assert_int_equal(resample_intervals(records, n, &plan, &intervals, &err), 0);
	assert_interval(intervals.precision, expected, "precision");
	assert_interval(intervals.recall, expected, "recall");
	assert_interval(intervals.f1, expected, "f1");
	assert_int_equal(resample_compare(records, others, n, &plan, &comparison, &err), 0);
	assert_near(comparison.difference, json_object_get(expected, "difference"));
	assert_interval(comparison.interval, expected, "interval");
	assert_near(comparison.bootstrap_p, json_object_get(expected, "bootstrap_p"));
	assert_near(comparison.randomisation_p, json_object_get(expected, "randomisation_p"));
}

static void test_numpy(void **state)
{
	json_t *cases = json_load_file(FIXTURE, 0, NULL), *one;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(cases), 3);
	json_array_foreach(cases, i, one) {
		assert_case(one, 1);
		assert_case(one, 3);
	}
	json_decref(cases);
}

/* A prediction against itself is no better, and one that finds all is better than one that finds little. */
static void test_extremes(void **state)
{
	struct record_counts all[MOST_RECORDS], little[MOST_RECORDS];
	struct resample_plan plan = { 500, 3, 1 };
	struct resample_comparison out;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < MOST_RECORDS; i++) {
		all[i] = (struct record_counts){ 2, 2, 2 };
		little[i] = (struct record_counts){ 2, 2, i % 4 == 0 };
	}
	assert_int_equal(resample_compare(all, all, MOST_RECORDS, &plan, &out, &err), 0);
	assert_true(out.difference == 0 && out.bootstrap_p == 1 && out.randomisation_p == 1);
	assert_int_equal(resample_compare(all, little, MOST_RECORDS, &plan, &out, &err), 0);
	assert_true(out.difference > 0.8 && out.interval.low > 0.8 && out.interval.high < 0.95);
	assert_true(fabs(out.bootstrap_p - 1.0 / 501) < 1e-12);
	assert_true(fabs(out.randomisation_p - 1.0 / 501) < 1e-12);
	assert_int_equal(resample_compare(little, all, MOST_RECORDS, &plan, &out, &err), 0);
	assert_true(out.difference < -0.8 && out.interval.high < -0.8);
}

/* The interval covers the true rate about as often as it says: of 200 samples from a known one, 95 % of
 * the intervals hold it, and by chance hardly fewer than 88 % or more than 99.5 %. */
static void test_coverage(void **state)
{
	struct resample_plan plan = { 200, 0, 1 };
	uint64_t number = 1;
	size_t covered = 0;

	(void)state;
	for (size_t sample = 0; sample < 200; sample++) {
		struct record_counts records[MOST_RECORDS];
		struct resample_intervals intervals;
		struct err err = ERR_INIT;

		for (size_t i = 0; i < MOST_RECORDS; i++) {
			number = number * 6364136223846793005u + 1442695040888963407u;
			records[i] = (struct record_counts){ 1, 1, number >> 33 < (1u << 31) / 10 * 7 };
		}
		plan.seed = sample;
		assert_int_equal(resample_intervals(records, MOST_RECORDS, &plan, &intervals, &err), 0);
		covered += intervals.f1.low <= 0.7 && 0.7 <= intervals.f1.high;
	}
	assert_true(covered >= 176 && covered <= 199);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numpy),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
