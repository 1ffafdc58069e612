/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/histogram.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>

void histogram_release(struct histogram *histogram)
{
	free(histogram->counts);
	*histogram = (struct histogram)HISTOGRAM_INIT;
}

int histogram_add(struct histogram *histogram, size_t value)
{
	value = value < HISTOGRAM_LARGEST ? value : HISTOGRAM_LARGEST;
	while (histogram->n <= value) {
		if (GROW(histogram->counts, histogram->n, histogram->capacity) < 0)
			return -1;
		histogram->counts[histogram->n++] = 0;
	}
	histogram->counts[value]++;
	histogram->values++;
	return 0;
}

size_t histogram_count(const struct histogram *histogram, size_t value)
{
	return value < histogram->n ? histogram->counts[value] : 0;
}

double histogram_mean(const struct histogram *histogram)
{
	double sum = 0;

	for (size_t i = 0; i < histogram->n; i++)
		sum += (double)i * (double)histogram->counts[i];
	return histogram->values ? sum / (double)histogram->values : 0;
}

/* The value at this place, from 1, of all values in order. */
static size_t value_at(const struct histogram *histogram, size_t place)
{
	size_t seen = 0;

	for (size_t i = 0; i < histogram->n; i++) {
		seen += histogram->counts[i];
		if (seen >= place)
			return i;
	}
	return 0;
}

double histogram_median(const struct histogram *histogram)
{
	size_t n = histogram->values;

	if (n == 0)
		return 0;
	return ((double)value_at(histogram, (n + 1) / 2) + (double)value_at(histogram, n / 2 + 1)) / 2;
}

size_t histogram_percentile(const struct histogram *histogram, double percent)
{
	double place = ceil(percent / 100 * (double)histogram->values);

	return histogram->values ? value_at(histogram, place < 1 ? 1 : (size_t)place) : 0;
}

size_t histogram_largest(const struct histogram *histogram)
{
	return histogram->n ? histogram->n - 1 : 0;
}
