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

/* A window over the inputs, `reach` of them to either side when the picture does not shrink. */
struct window {
	double reach;
	double (*weight)(double x);
};

static double triangle(double x)
{
	x = fabs(x);
	return x < 1.0 ? 1.0 - x : 0.0;
}

static double sinc(double x)
{
	return x == 0.0 ? 1.0 : sin(x * M_PI) / (x * M_PI);
}

static double lanczos(double x)
{
	return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
}

static const struct window windows[] = { [RESAMPLE_BILINEAR] = { 1.0, triangle },
					 [RESAMPLE_LANCZOS] = { 3.0, lanczos } };

/* The weights of one output position; `scratch` is [taps]. */
static void filter_position(struct filter *filter, const struct window *window, int position,
			    int in, double scale, double *scratch)
{
	double support = window->reach * fmax(scale, 1.0);
	double centre = (position + 0.5) * scale, inverse = 1.0 / fmax(scale, 1.0), sum = 0.0;
	int32_t *weights = filter->weights + (size_t)position * (size_t)filter->taps;
	int first = (int)(centre - support + 0.5), end = (int)(centre + support + 0.5);

	first = first < 0 ? 0 : first;
	end = end > in ? in : end;
	for (int i = 0; i < end - first; i++) {
		scratch[i] = window->weight((i + first - centre + 0.5) * inverse);
		sum += scratch[i];
	}
	for (int i = 0; i < end - first; i++) {
		double weight = sum != 0.0 ? scratch[i] / sum : scratch[i];

		weights[i] = (int32_t)((weight < 0 ? -0.5 : 0.5) + weight * (1 << FRACTION_BITS));
	}
	filter->first[position] = first;
	filter->count[position] = end - first;
}

static int filter_init(struct filter *filter, enum resample_window kind, int in, int out,
		       struct err *err)
{
	const struct window *window = &windows[kind];
	double scale = (double)in / out, support = window->reach * fmax(scale, 1.0);
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
		filter_position(filter, window, position, in, scale, scratch);
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

static int resize_rows(struct image *out, const struct image *image, int width,
		       enum resample_window window, struct err *err)
{
	struct filter filter = { 0 };
	int rc = -1;

	if (filter_init(&filter, window, image->width, width, err) < 0 ||
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
			  enum resample_window window, struct err *err)
{
	size_t stride = (size_t)image->width * 3;
	struct filter filter = { 0 };
	int32_t *sums = NULL;
	int rc = -1;

	if (filter_init(&filter, window, image->height, height, err) < 0)
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

int image_resize_by(struct image *out, const struct image *image, int width, int height,
		    enum resample_window window, struct err *err)
{
	struct image_rect whole = { 0, 0, image->width, image->height };
	struct image narrow = IMAGE_INIT;
	int rc;

	if (width <= 0 || height <= 0)
		BUG("resize to nothing");
	if (width == image->width && height == image->height)
		return image_crop(out, image, whole, err);
	if (width == image->width)
		return resize_columns(out, image, height, window, err);
	if (height == image->height)
		return resize_rows(out, image, width, window, err);
	if (resize_rows(&narrow, image, width, window, err) < 0)
		return -1;
	rc = resize_columns(out, &narrow, height, window, err);
	image_release(&narrow);
	return rc;
}

int image_resize(struct image *out, const struct image *image, int width, int height,
		 struct err *err)
{
	return image_resize_by(out, image, width, height, RESAMPLE_BILINEAR, err);
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

static void block_mean(unsigned char *out, const struct image *image, int x0, int y0, int factor)
{
	int x1 = x0 + factor < image->width ? x0 + factor : image->width;
	int y1 = y0 + factor < image->height ? y0 + factor : image->height;
	unsigned sums[3] = { 0, 0, 0 }, n = (unsigned)((x1 - x0) * (y1 - y0));

	for (int y = y0; y < y1; y++) {
		const unsigned char *pixel =
			image->rgb + ((size_t)y * (size_t)image->width + (size_t)x0) * 3;

		for (int x = x0; x < x1; x++, pixel += 3) {
			sums[0] += pixel[0];
			sums[1] += pixel[1];
			sums[2] += pixel[2];
		}
	}
	for (int channel = 0; channel < 3; channel++)
		out[channel] = (unsigned char)((sums[channel] + n / 2) / n);
}

int image_shrink(struct image *out, const struct image *image, int factor, struct err *err)
{
	int width = (image->width - 1) / factor + 1, height = (image->height - 1) / factor + 1;
	unsigned char *pixel;

	if (image_alloc(out, width, height, err) < 0)
		return -1;
	pixel = out->rgb;
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++, pixel += 3)
			block_mean(pixel, image, x * factor, y * factor, factor);
	return 0;
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
