/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/resample_cubic.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define TAPS 4
#define SLOPE -0.75f /* of the kernel at a distance of 1 */

/* Where a number of the result comes from. */
struct taps {
	int places[TAPS];
	float weights[TAPS];
};

static void set_weights(float share, float weights[TAPS])
{
	float far = share + 1, other = 1 - share;

	weights[0] = ((SLOPE * far - 5 * SLOPE) * far + 8 * SLOPE) * far - 4 * SLOPE;
	weights[1] = ((SLOPE + 2) * share - (SLOPE + 3)) * share * share + 1;
	weights[2] = ((SLOPE + 2) * other - (SLOPE + 3)) * other * other + 1;
	weights[3] = 1 - weights[0] - weights[1] - weights[2];
}

static struct taps *make_taps(int from, int to)
{
	struct taps *taps = checked_calloc((size_t)to, sizeof(*taps));
	double scale = (double)from / to;

	for (int i = 0; taps && i < to; i++) {
		float at = (float)((i + 0.5) * scale - 0.5);
		int first = (int)floorf(at);

		set_weights(at - (float)first, taps[i].weights);
		for (int k = 0; k < TAPS; k++) {
			int place = first - 1 + k;

			taps[i].places[k] = place < 0 ? 0 : place >= from ? from - 1 : place;
		}
	}
	return taps;
}

/* One row, stretched: out [width, 3]. */
static void stretch(const float *row, const struct taps *across, int width, float *out)
{
	for (int x = 0; x < width; x++, across++)
		for (int c = 0; c < 3; c++) {
			float sum = 0;

			for (int k = 0; k < TAPS; k++)
				sum += row[3 * across->places[k] + c] * across->weights[k];
			*out++ = sum;
		}
}

/* A row of the result from all rows, stretched. */
static void mix(const float *rows, const struct taps *down, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++) {
		float sum = 0;

		for (int k = 0; k < TAPS; k++)
			sum += rows[(size_t)down->places[k] * n + i] * down->weights[k];
		out[i] = sum;
	}
}

int resize_cubic(const float *numbers, int from_width, int from_height, float *out, int width, int height,
		 struct err *err)
{
	struct taps *across = make_taps(from_width, width), *down = make_taps(from_height, height);
	size_t n = (size_t)width * 3, size = 0;
	bool fits = size_multiply(n, (size_t)from_height, &size);
	float *rows = fits ? checked_calloc(size, sizeof(*rows)) : NULL;
	int rc = across && down && rows ? 0 : err_set_memory(err);

	for (int y = 0; rc == 0 && y < from_height; y++)
		stretch(numbers + (size_t)y * (size_t)from_width * 3, across, width, rows + (size_t)y * n);
	for (int y = 0; rc == 0 && y < height; y++)
		mix(rows, &down[y], n, out + (size_t)y * n);
	free(rows);
	free(across);
	free(down);
	return rc;
}
