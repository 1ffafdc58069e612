/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often each small whole number was seen, and what is to be said of them all.
 *
 *	struct histogram lengths = HISTOGRAM_INIT;
 *	histogram_add(&lengths, sentence.n_tokens);
 *	printf("%zu", histogram_percentile(&lengths, 95));
 *	histogram_release(&lengths);
 */
#ifndef TAGSIGHT_BASE_HISTOGRAM_H
#define TAGSIGHT_BASE_HISTOGRAM_H

#include <stddef.h>

#define HISTOGRAM_LARGEST ((size_t)1 << 20) /* larger values count as this */

struct histogram {
	size_t *counts; /* [n] of the values from 0 */
	size_t n, capacity;
	size_t values;  /* how many were added */
};

#define HISTOGRAM_INIT { NULL, 0, 0, 0 }

void histogram_release(struct histogram *histogram);

/* 0, or -1 when memory is out. */
int histogram_add(struct histogram *histogram, size_t value);

/* How often the value was added. */
size_t histogram_count(const struct histogram *histogram, size_t value);

/* Of no values these are 0. The median of an even number is the mean of the two in the middle; a
 * percentile is the least value that `percent` of the values do not exceed. */
double histogram_mean(const struct histogram *histogram);
double histogram_median(const struct histogram *histogram);
size_t histogram_percentile(const struct histogram *histogram, double percent);
size_t histogram_largest(const struct histogram *histogram);

#endif
