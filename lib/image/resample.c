/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/resample.h"

#include "lib/base/checked.h"
#include "lib/image/crop.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FRACTION_BITS 22 /* Pillow's: 32 less 8 for the value and 2 for the sum */

/* For each output position, which inputs it reads and with what weight. */
struct filter {
	int taps;         /* room for each position's weights */
	int *first;       /* [positions] */
	int *count;       /* [positions] */
	int32_t *weights; /* [positions, taps] fixed point */
};

static void filter_release(struct filter *filter)
{
	free(filter->first);
	free(filter->count);
	free(filter->weights);
}

static double triangle(double x)
{
	x = fabs(x);
	return x < 1.0 ? 1.0 - x : 0.0;
}

/* The weights of one output position; `scratch` is [taps]. */
static void filter_position(struct filter *filter, int position, int in, double scale,
			    double support, double *scratch)
{
	double centre = (position + 0.5) * scale, inverse = 1.0 / fmax(scale, 1.0), sum = 0.0;
	int32_t *weights = filter->weights + (size_t)position * (size_t)filter->taps;
	int first = (int)(centre - support + 0.5), end = (int)(centre + support + 0.5);

	first = first < 0 ? 0 : first;
	end = end > in ? in : end;
	for (int i = 0; i < end - first; i++) {
		scratch[i] = triangle((i + first - centre + 0.5) * inverse);
		sum += scratch[i];
	}
	for (int i = 0; i < end - first; i++) {
		double weight = sum != 0.0 ? scratch[i] / sum : scratch[i];

		weights[i] = (int32_t)(0.5 + weight * (1 << FRACTION_BITS));
	}
	filter->first[position] = first;
	filter->count[position] = end - first;
}

static int filter_init(struct filter *filter, int in, int out, struct err *err)
{
	double scale = (double)in / out, support = fmax(scale, 1.0);
	double *scratch;

	filter->taps = (int)ceil(support) * 2 + 1;
	scratch = checked_calloc((size_t)filter->taps, sizeof(*scratch));
	filter->first = checked_calloc((size_t)out, sizeof(*filter->first));
	filter->count = checked_calloc((size_t)out, sizeof(*filter->count));
	filter->weights = checked_calloc((size_t)out * (size_t)filter->taps, sizeof(*filter->weights));
	if (!scratch || !filter->first || !filter->count || !filter->weights) {
		free(scratch);
		return err_set_memory(err);
	}
	for (int position = 0; position < out; position++)
		filter_position(filter, position, in, scale, support, scratch);
	free(scratch);
	return 0;
}

static unsigned char round_sum(int32_t sum)
{
	int32_t value = sum >> FRACTION_BITS;

	return (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void resize_row(unsigned char *out, const unsigned char *in, const struct filter *filter,
		       int width)
{
	for (int x = 0; x < width; x++, out += 3) {
		const unsigned char *pixel = in + (size_t)filter->first[x] * 3;
		const int32_t *weights = filter->weights + (size_t)x * (size_t)filter->taps;
		int32_t red, green, blue;

		red = green = blue = 1 << (FRACTION_BITS - 1);
		for (int i = 0; i < filter->count[x]; i++, pixel += 3) {
			red += pixel[0] * weights[i];
			green += pixel[1] * weights[i];
			blue += pixel[2] * weights[i];
		}
		out[0] = round_sum(red);
		out[1] = round_sum(green);
		out[2] = round_sum(blue);
	}
}

static int resize_rows(struct image *out, const struct image *image, int width, struct err *err)
{
	struct filter filter = { 0 };
	int rc = -1;

	if (filter_init(&filter, image->width, width, err) < 0 ||
	    image_alloc(out, width, image->height, err) < 0)
		goto out;
	for (int y = 0; y < image->height; y++)
		resize_row(out->rgb + (size_t)y * (size_t)width * 3,
			   image->rgb + (size_t)y * (size_t)image->width * 3, &filter, width);
	rc = 0;
out:
	filter_release(&filter);
	return rc;
}

/* One output row is a weighted sum of whole input rows; `sums` is [stride]. */
static void mix_rows(unsigned char *out, const unsigned char *in, size_t stride,
		     const int32_t *weights, int count, int32_t *sums)
{
	for (size_t x = 0; x < stride; x++)
		sums[x] = 1 << (FRACTION_BITS - 1);
	for (int i = 0; i < count; i++, in += stride)
		for (size_t x = 0; x < stride; x++)
			sums[x] += in[x] * weights[i];
	for (size_t x = 0; x < stride; x++)
		out[x] = round_sum(sums[x]);
}

static int resize_columns(struct image *out, const struct image *image, int height,
			  struct err *err)
{
	size_t stride = (size_t)image->width * 3;
	struct filter filter = { 0 };
	int32_t *sums = NULL;
	int rc = -1;

	if (filter_init(&filter, image->height, height, err) < 0)
		goto out;
	sums = checked_calloc(stride, sizeof(*sums));
	if (!sums) {
		err_set_memory(err);
		goto out;
	}
	if (image_alloc(out, image->width, height, err) < 0)
		goto out;
	for (int y = 0; y < height; y++)
		mix_rows(out->rgb + (size_t)y * stride,
			 image->rgb + (size_t)filter.first[y] * stride, stride,
			 filter.weights + (size_t)y * (size_t)filter.taps, filter.count[y], sums);
	rc = 0;
out:
	free(sums);
	filter_release(&filter);
	return rc;
}

int image_resize(struct image *out, const struct image *image, int width, int height,
		 struct err *err)
{
	struct image_rect whole = { 0, 0, image->width, image->height };
	struct image narrow = IMAGE_INIT;
	int rc;

	if (width <= 0 || height <= 0)
		BUG("resize to nothing");
	if (width == image->width && height == image->height)
		return image_crop(out, image, whole, err);
	if (width == image->width)
		return resize_columns(out, image, height, err);
	if (height == image->height)
		return resize_rows(out, image, width, err);
	if (resize_rows(&narrow, image, width, err) < 0)
		return -1;
	rc = resize_columns(out, &narrow, height, err);
	image_release(&narrow);
	return rc;
}

int image_resize_shorter(struct image *out, const struct image *image, int side, struct err *err)
{
	int width = side, height = side;

	if (image->width > image->height)
		width = (int)((int64_t)side * image->width / image->height);
	else
		height = (int)((int64_t)side * image->height / image->width);
	return image_resize(out, image, width, height, err);
}

static int half_to_even(int n)
{
	return n / 2 + (n % 4 == 3 ? 1 : 0);
}

int image_crop_centre(struct image *out, const struct image *image, int side, struct err *err)
{
	int left = half_to_even(image->width - side), top = half_to_even(image->height - side);
	struct image_rect rect = { left, top, left + side, top + side };

	return image_crop(out, image, rect, err);
}
