/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/resample.h"

#include "lib/base/checked.h"
#include "lib/base/pool.h"
#include "lib/base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Two differences that are equal but for rounding count as equal. */
#define ROUNDING 1e-12

struct work {
	const struct record_counts *records, *others; /* [n]; others NULL: none */
	size_t n;
	uint64_t seed;
	struct ratios *drawn;              /* [resamples] */
	double *differences, *swapped;     /* [resamples] */
};

static struct random_stream stream_of(const struct work *work, const char *purpose, size_t resample)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/%zu", purpose, resample);
	return random_stream(work->seed, name);
}

static void add_record(struct type_score *sum, const struct record_counts *record)
{
	sum->gold += record->gold;
	sum->found += record->found;
	sum->correct += record->correct;
}

struct type_score resample_total(const struct record_counts *records, size_t n)
{
	struct type_score sum = { NULL, 0, 0, 0 };

	for (size_t i = 0; i < n; i++)
		add_record(&sum, &records[i]);
	return sum;
}

static void draw(void *context, size_t resample, int thread)
{
	struct work *work = context;
	struct random_stream stream = stream_of(work, "bootstrap", resample);
	struct type_score sum = { NULL, 0, 0, 0 }, other = { NULL, 0, 0, 0 };

	(void)thread;
	for (size_t i = 0; i < work->n; i++) {
		size_t record = random_below(&stream, work->n);

		add_record(&sum, &work->records[record]);
		if (work->others)
			add_record(&other, &work->others[record]);
	}
	if (work->drawn)
		work->drawn[resample] = score_ratios(&sum);
	if (work->differences)
		work->differences[resample] = score_ratios(&sum).f1 - score_ratios(&other).f1;
}

/* One bit of the stream a record. */
static void swap(void *context, size_t resample, int thread)
{
	struct work *work = context;
	struct random_stream stream = stream_of(work, "randomisation", resample);
	struct type_score sum = { NULL, 0, 0, 0 }, other = { NULL, 0, 0, 0 };
	uint64_t bits = 0;

	(void)thread;
	for (size_t i = 0; i < work->n; i++, bits >>= 1) {
		if (i % 64 == 0)
			bits = random_next(&stream);
		add_record(bits & 1 ? &other : &sum, &work->records[i]);
		add_record(bits & 1 ? &sum : &other, &work->others[i]);
	}
	work->swapped[resample] = score_ratios(&sum).f1 - score_ratios(&other).f1;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, size_t n, double part)
{
	double position = part * (double)(n - 1);
	size_t below = (size_t)position, above = below + 1 < n ? below + 1 : below;

	return sorted[below] + (position - (double)below) * (sorted[above] - sorted[below]);
}

/* Sorts the values. */
static struct interval interval_of(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare_doubles);
	return (struct interval){ quantile(values, n, 0.025), quantile(values, n, 0.975) };
}

int resample_intervals(const struct record_counts *records, size_t n,
		       const struct resample_plan *plan, struct resample_intervals *out,
		       struct err *err)
{
	struct work work = { .records = records, .n = n, .seed = plan->seed };
	double *values = checked_calloc(plan->resamples, sizeof(*values));
	int rc = -1;

	work.drawn = checked_calloc(plan->resamples, sizeof(*work.drawn));
	if (!values || !work.drawn) {
		err_set_memory(err);
		goto out;
	}
	pool_run(plan->jobs, plan->resamples, draw, &work);
	for (size_t i = 0; i < plan->resamples; i++)
		values[i] = work.drawn[i].precision;
	out->precision = interval_of(values, plan->resamples);
	for (size_t i = 0; i < plan->resamples; i++)
		values[i] = work.drawn[i].recall;
	out->recall = interval_of(values, plan->resamples);
	for (size_t i = 0; i < plan->resamples; i++)
		values[i] = work.drawn[i].f1;
	out->f1 = interval_of(values, plan->resamples);
	rc = 0;
out:
	free(work.drawn);
	free(values);
	return rc;
}

/* The part of the values at least `bound` away from `centre`, the data themselves counted as one. */
static double part_beyond(const double *values, size_t n, double centre, double bound)
{
	size_t beyond = 1;

	for (size_t i = 0; i < n; i++)
		beyond += fabs(values[i] - centre) >= bound - ROUNDING;
	return (double)beyond / (double)(n + 1);
}

int resample_compare(const struct record_counts *records, const struct record_counts *others,
		     size_t n, const struct resample_plan *plan, struct resample_comparison *out,
		     struct err *err)
{
	struct type_score total = resample_total(records, n), other = resample_total(others, n);
	struct work work = { .records = records, .others = others, .n = n, .seed = plan->seed };
	int rc = -1;

	work.differences = checked_calloc(plan->resamples, sizeof(*work.differences));
	work.swapped = checked_calloc(plan->resamples, sizeof(*work.swapped));
	if (!work.differences || !work.swapped) {
		err_set_memory(err);
		goto out;
	}
	pool_run(plan->jobs, plan->resamples, draw, &work);
	pool_run(plan->jobs, plan->resamples, swap, &work);
	out->f1 = score_ratios(&total).f1;
	out->other_f1 = score_ratios(&other).f1;
	out->difference = out->f1 - out->other_f1;
	out->bootstrap_p = part_beyond(work.differences, plan->resamples, out->difference,
				       fabs(out->difference));
	out->randomisation_p =
		part_beyond(work.swapped, plan->resamples, 0, fabs(out->difference));
	out->interval = interval_of(work.differences, plan->resamples);
	rc = 0;
out:
	free(work.differences);
	free(work.swapped);
	return rc;
}
