/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/resample_linear.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONE 2048 /* a weight of 1 */

/* The two pixels that one of the result lies between, and their weights. */
struct pair {
	int first, second;
	int weights[2];
};

static struct pair *make_pairs(int from, int to)
{
	struct pair *pairs = checked_calloc((size_t)to, sizeof(*pairs));
	double scale = (double)from / to;

	for (int i = 0; pairs && i < to; i++) {
		float at = (float)((i + 0.5) * scale - 0.5);
		int first = (int)floorf(at);
		float share = at - (float)first;

		if (first < 0) {
			first = 0;
			share = 0;
		}
		if (first >= from - 1) {
			first = from - 1;
			share = 0;
		}
		pairs[i].first = first;
		pairs[i].second = first + 1 < from ? first + 1 : first;
		pairs[i].weights[0] = (int)lrintf((1 - share) * ONE);
		pairs[i].weights[1] = (int)lrintf(share * ONE);
	}
	return pairs;
}

/* One row of the picture, stretched: out [width, 3]. */
static void stretch(const unsigned char *row, const struct pair *pairs, int width, int *out)
{
	for (int x = 0; x < width; x++) {
		const unsigned char *a = row + 3 * (size_t)pairs[x].first, *b = row + 3 * (size_t)pairs[x].second;

		for (int c = 0; c < 3; c++)
			*out++ = a[c] * pairs[x].weights[0] + b[c] * pairs[x].weights[1];
	}
}

static void mix(const int *above, const int *below, const int weights[2], size_t n, unsigned char *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(((weights[0] * (above[i] >> 4) >> 16) +
					  (weights[1] * (below[i] >> 4) >> 16) + 2) >> 2);
}

/* rows [2, width, 3], with the numbers of the picture's rows that they hold. */
static void resize(struct image *out, const struct image *image, const struct pair *across,
		   const struct pair *down, int *rows)
{
	size_t n = (size_t)out->width * 3, row = (size_t)image->width * 3;
	int held[2] = { -1, -1 };

	for (int y = 0; y < out->height; y++) {
		const int wanted[2] = { down[y].first, down[y].second };

		if (held[1] == wanted[0]) {
			memcpy(rows, rows + n, n * sizeof(*rows));
			held[0] = held[1];
		}
		for (size_t i = 0; i < 2; i++) {
			if (held[i] == wanted[i])
				continue;
			stretch(image->rgb + (size_t)wanted[i] * row, across, out->width, rows + i * n);
			held[i] = wanted[i];
		}
		mix(rows, rows + n, down[y].weights, n, out->rgb + (size_t)y * n);
	}
}

int image_resize_linear(struct image *out, const struct image *image, int width, int height,
			struct err *err)
{
	struct pair *across = make_pairs(image->width, width), *down = make_pairs(image->height, height);
	int *rows = checked_calloc((size_t)width, 6 * sizeof(*rows));
	int rc = across && down && rows ? 0 : err_set_memory(err);

	if (rc == 0)
		rc = image_alloc(out, width, height, err);
	if (rc == 0)
		resize(out, image, across, down, rows);
	free(across);
	free(down);
	free(rows);
	return rc;
}
