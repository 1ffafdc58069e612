/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/resample_area.h"

#include "lib/base/checked.h"
#include "lib/image/crop.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COVERED_LEAST 1e-3 /* of an input pixel; less is left out */
#define FIXED_ONE 2048     /* of the bilinear variant */

/* One input position's share of an output position. */
struct share {
	int from, to;
	float weight;
};

struct shares {
	struct share *items; /* by output position */
	size_t n;
};

static void add_share(struct shares *shares, int from, int to, double weight)
{
	shares->items[shares->n++] = (struct share){ from, to, (float)weight };
}

/* The inputs that each of `out` output positions covers. Room: each position has at most its whole inputs
 * and one at either end. */
static int shares_init(struct shares *shares, int in, int out, double scale, struct err *err)
{
	shares->n = 0;
	shares->items = checked_calloc((size_t)in + 2 * (size_t)out, sizeof(*shares->items));
	if (!shares->items)
		return err_set_memory(err);
	for (int to = 0; to < out; to++) {
		double start = to * scale, end = start + scale, width = fmin(scale, in - start);
		int last = (int)floor(end), first = (int)ceil(start);

		last = last < in - 1 ? last : in - 1;
		first = first < last ? first : last;
		if (first - start > COVERED_LEAST)
			add_share(shares, first - 1, to, (first - start) / width);
		for (int from = first; from < last; from++)
			add_share(shares, from, to, 1.0 / width);
		if (end - last > COVERED_LEAST)
			add_share(shares, last, to, fmin(fmin(end - last, 1.0), width) / width);
	}
	return 0;
}

static unsigned char round_float(float value)
{
	long rounded = lrintf(value);

	return (unsigned char)(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

/* One input row by the shares of columns: sums [width, 3]. */
static void sum_columns(float *sums, size_t floats, const unsigned char *row, const struct shares *columns)
{
	memset(sums, 0, floats * sizeof(*sums));
	for (size_t i = 0; i < columns->n; i++) {
		const struct share *share = &columns->items[i];
		const unsigned char *pixel = row + (size_t)share->from * 3;
		float *sum = sums + (size_t)share->to * 3;

		for (int channel = 0; channel < 3; channel++)
			sum[channel] += (float)pixel[channel] * share->weight;
	}
}

/* `total` and `sums` are [width, 3]. */
static void mean_rows(struct image *out, const struct image *image, const struct shares *columns,
		      const struct shares *rows, float *total, float *sums)
{
	size_t floats = (size_t)out->width * 3;

	for (size_t i = 0; i < rows->n; i++) {
		const struct share *share = &rows->items[i];
		unsigned char *to = out->rgb + (size_t)share->to * floats;
		bool first = i == 0 || rows->items[i - 1].to != share->to;
		bool last = i + 1 == rows->n || rows->items[i + 1].to != share->to;

		sum_columns(sums, floats, image->rgb + (size_t)share->from * (size_t)image->width * 3,
			    columns);
		for (size_t x = 0; x < floats; x++)
			total[x] = first ? share->weight * sums[x] : total[x] + share->weight * sums[x];
		for (size_t x = 0; last && x < floats; x++)
			to[x] = round_float(total[x]);
	}
}

static int resize_mean(struct image *out, const struct image *image, double scale_x, double scale_y,
		       struct err *err)
{
	struct shares columns = { NULL, 0 }, rows = { NULL, 0 };
	float *sums = checked_calloc((size_t)out->width, 6 * sizeof(*sums));
	int rc = -1;

	if (!sums)
		err_set_memory(err);
	else if (shares_init(&columns, image->width, out->width, scale_x, err) == 0 &&
		 shares_init(&rows, image->height, out->height, scale_y, err) == 0)
		rc = 0;
	if (rc == 0)
		mean_rows(out, image, &columns, &rows, sums, sums + (size_t)out->width * 3);
	free(sums);
	free(columns.items);
	free(rows.items);
	return rc;
}

/* The mean of a block of whole pixels. */
static void mean_block(unsigned char *out, const unsigned char *block, size_t stride, int wide, int high)
{
	unsigned sums[3] = { 0, 0, 0 };
	float share = 1.0f / (float)(wide * high);

	for (int y = 0; y < high; y++, block += stride)
		for (int x = 0; x < 3 * wide; x++)
			sums[x % 3] += block[x];
	for (int channel = 0; channel < 3; channel++)
		out[channel] = wide == 2 && high == 2 ? (unsigned char)((sums[channel] + 2) >> 2)
						      : round_float((float)sums[channel] * share);
}

static void resize_blocks(struct image *out, const struct image *image, int wide, int high)
{
	size_t stride = (size_t)image->width * 3;
	unsigned char *to = out->rgb;

	for (int y = 0; y < out->height; y++) {
		const unsigned char *block = image->rgb + (size_t)y * (size_t)high * stride;

		for (int x = 0; x < out->width; x++, to += 3, block += (size_t)wide * 3)
			mean_block(to, block, stride, wide, high);
	}
}

/* Two inputs of an output position and their weights in fixed point. */
struct pair {
	int at[2];
	int weight[2];
};

static struct pair *pairs_new(int in, int out, double inverse, struct err *err)
{
	struct pair *pairs = checked_calloc((size_t)out, sizeof(*pairs));
	double scale = 1.0 / inverse;

	if (!pairs)
		err_set_memory(err);
	for (int to = 0; pairs && to < out; to++) {
		int first = (int)floor(to * scale);
		float part = (float)((to + 1) - (first + 1) * inverse);

		part = part <= 0 ? 0 : part - floorf(part);
		if (first >= in - 1) {
			first = in - 1;
			part = 0;
		}
		pairs[to] = (struct pair){ { first, first + 1 < in ? first + 1 : first },
					   { (int)lrintf((1 - part) * FIXED_ONE), (int)lrintf(part * FIXED_ONE) } };
	}
	return pairs;
}

static void blend_columns(int32_t *out, const unsigned char *row, const struct pair *columns, int width)
{
	for (int x = 0; x < width; x++)
		for (int channel = 0; channel < 3; channel++)
			*out++ = row[columns[x].at[0] * 3 + channel] * columns[x].weight[0] +
				 row[columns[x].at[1] * 3 + channel] * columns[x].weight[1];
}

/* `sums` is [2, width, 3]. */
static void blend_rows(struct image *out, const struct image *image, const struct pair *columns,
		       const struct pair *rows, int32_t *sums)
{
	size_t floats = (size_t)out->width * 3, stride = (size_t)image->width * 3;
	unsigned char *to = out->rgb;

	for (int y = 0; y < out->height; y++) {
		const int *weight = rows[y].weight;

		for (int i = 0; i < 2; i++)
			blend_columns(sums + (size_t)i * floats,
				      image->rgb + (size_t)rows[y].at[i] * stride, columns, out->width);
		for (size_t x = 0; x < floats; x++)
			*to++ = (unsigned char)((((weight[0] * (sums[x] >> 4)) >> 16) +
						 ((weight[1] * (sums[floats + x] >> 4)) >> 16) + 2) >>
						2);
	}
}

static int resize_growing(struct image *out, const struct image *image, double inverse_x, double inverse_y,
			  struct err *err)
{
	struct pair *columns = pairs_new(image->width, out->width, inverse_x, err);
	struct pair *rows = columns ? pairs_new(image->height, out->height, inverse_y, err) : NULL;
	int32_t *sums = checked_calloc((size_t)out->width, 6 * sizeof(*sums));
	int rc = -1;

	if (!sums)
		err_set_memory(err);
	if (columns && rows && sums) {
		blend_rows(out, image, columns, rows, sums);
		rc = 0;
	}
	free(columns);
	free(rows);
	free(sums);
	return rc;
}

/* Whole within what a double can tell, so that other programs' ratios come out as theirs. */
static bool is_whole(double scale)
{
	return fabs(scale - rint(scale)) < DBL_EPSILON;
}

static int resize(struct image *out, const struct image *image, struct err *err)
{
	double inverse_x = (double)out->width / image->width, scale_x = 1.0 / inverse_x;
	double inverse_y = (double)out->height / image->height, scale_y = 1.0 / inverse_y;

	if (scale_x < 1 || scale_y < 1)
		return resize_growing(out, image, inverse_x, inverse_y, err);
	if (!is_whole(scale_x) || !is_whole(scale_y))
		return resize_mean(out, image, scale_x, scale_y, err);
	resize_blocks(out, image, (int)rint(scale_x), (int)rint(scale_y));
	return 0;
}

int image_resize_area(struct image *out, const struct image *image, int width, int height,
		      struct err *err)
{
	struct image_rect whole = { 0, 0, image->width, image->height };

	if (width <= 0 || height <= 0)
		BUG("resize to nothing");
	if (width == image->width && height == image->height)
		return image_crop(out, image, whole, err);
	if (image_alloc(out, width, height, err) < 0)
		return -1;
	if (resize(out, image, err) == 0)
		return 0;
	image_release(out);
	return -1;
}
