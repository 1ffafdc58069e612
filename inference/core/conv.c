/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/conv.h"

#include "inference/core/blas.h"
#include "inference/core/conv_direct.h"
#include "inference/core/kernels.h"

#include <limits.h>
#include <string.h>

#define BAND_FLOATS (192 * 1024) /* unrolled input that stays in a second-level cache */
#define BAND_COLUMNS 512         /* fewer would read the weights too often */

int conv_output_size(const struct conv *conv, int size)
{
	return (size + 2 * (conv->kernel / 2) - conv->kernel) / conv->stride + 1;
}

static int unrolled_rows(const struct conv *conv)
{
	return conv->in * conv->kernel * conv->kernel;
}

/* Output rows that are computed by one product, of so many. */
static int band_height(const struct conv *conv, int out_rows, int out_width)
{
	int columns = BAND_FLOATS / unrolled_rows(conv), rows;

	if (columns < BAND_COLUMNS)
		columns = BAND_COLUMNS;
	rows = (columns + out_width - 1) / out_width;
	return rows < out_rows ? rows : out_rows;
}

/* A kernel of one and no stride reads its input as it lies. */
static bool needs_unrolling(const struct conv *conv)
{
	return conv->kernel != 1 || conv->stride != 1;
}

size_t conv_scratch(const struct conv *conv, int height, int width)
{
	int out_width = conv_output_size(conv, width);

	if (conv->packed)
		return conv_direct_scratch(conv, height, width);
	if (!needs_unrolling(conv))
		return 0;
	return (size_t)unrolled_rows(conv) * (size_t)out_width *
	       (size_t)band_height(conv, INT_MAX, out_width);
}

/* What one kernel column sees of one input row (NULL: outside) along an output row. */
static void unroll_row(const float *row, int width, int shift, int stride, float *out, int out_width)
{
	int x = 0, end = out_width;

	if (!row) {
		memset(out, 0, (size_t)out_width * sizeof(*out));
		return;
	}
	while (end > 0 && (end - 1) * stride + shift >= width)
		end--;
	for (; x < end && x * stride + shift < 0; x++)
		out[x] = 0;
	if (stride == 1 && x < end) {
		memcpy(out + x, row + x + shift, (size_t)(end - x) * sizeof(*out));
		x = end;
	}
	for (; x < end; x++)
		out[x] = row[x * stride + shift];
	for (; x < out_width; x++)
		out[x] = 0;
}

/* The output rows from `first` on as a matrix [in * kernel * kernel, rows * out_width]. */
static void unroll(const struct conv *conv, const float *input, int height, int width, int first,
		   int rows, float *out)
{
	int pad = conv->kernel / 2, out_width = conv_output_size(conv, width);
	int taps = conv->kernel * conv->kernel;

	for (int i = 0; i < conv->in * taps; i++) {
		int tap = i % taps;

		for (int y = first; y < first + rows; y++, out += out_width) {
			int from = y * conv->stride + tap / conv->kernel - pad;
			bool inside = from >= 0 && from < height;
			size_t row = (size_t)(i / taps) * (size_t)height + (size_t)from;

			unroll_row(inside ? input + row * (size_t)width : NULL, width,
				   tap % conv->kernel - pad, conv->stride, out, out_width);
		}
	}
}

/* Some columns of the output [out, plane] from those of the unrolled input. */
static void run_band(const struct conv *conv, const float *columns, int stride, int n, float *output,
		     int plane)
{
	int depth = unrolled_rows(conv);

	blas_sgemm(false, false, conv->out, n, depth, 1, conv->weight, depth, columns, stride, 0,
		   output, plane);
	for (int channel = 0; channel < conv->out; channel++)
		kernels()->leaky(output + (size_t)channel * (size_t)plane, conv->bias[channel],
				 conv->slope, (size_t)n);
}

void conv_run(const struct conv *conv, const float *input, int height, int width, float *output,
	      float *scratch)
{
	int out_width = conv_output_size(conv, width), out_rows = conv_output_size(conv, height);
	int plane = out_rows * out_width, step = band_height(conv, out_rows, out_width);

	if (conv->packed) {
		conv_direct_run(conv, input, height, width, output, scratch);
		return;
	}
	for (int first = 0; first < out_rows; first += step) {
		int rows = first + step < out_rows ? step : out_rows - first, n = rows * out_width;
		size_t from = (size_t)first * (size_t)out_width;

		if (needs_unrolling(conv)) {
			unroll(conv, input, height, width, first, rows, scratch);
			run_band(conv, scratch, n, n, output + from, plane);
		} else {
			run_band(conv, input + from, plane, n, output + from, plane);
		}
	}
}

static float larger(float a, float b)
{
	return a > b ? a : b;
}

/* The largest of three neighbours in `row` around `x`. */
static float max_across(const float *row, int width, int x)
{
	float most = row[x];

	if (x > 0)
		most = larger(most, row[x - 1]);
	return x + 1 < width ? larger(most, row[x + 1]) : most;
}

static void max_pool_row(const float *above, const float *row, const float *below, int width,
			 float *output)
{
	for (int x = 0; x < width; x += 2)
		*output++ = larger(max_across(row, width, x), larger(max_across(above, width, x),
								     max_across(below, width, x)));
}

void max_pool(const float *input, int channels, int height, int width, float *output)
{
	for (int channel = 0; channel < channels; channel++) {
		for (int y = 0; y < height; y += 2, input += 2 * width, output += (width + 1) / 2) {
			const float *above = y > 0 ? input - width : input;
			const float *below = y + 1 < height ? input + width : input;

			max_pool_row(above, input, below, width, output);
		}
		input -= height % 2 ? width : 0;
	}
}

/* The two inputs that output `i` lies between, and the weight of the second. */
static float between(int i, int in, int out, int *first, int *second)
{
	float scale = (float)in / (float)out, source = ((float)i + 0.5f) * scale - 0.5f;

	if (source < 0)
		source = 0;
	*first = (int)source < in - 1 ? (int)source : in - 1;
	*second = *first < in - 1 ? *first + 1 : *first;
	return source - (float)*first;
}

static void bilinear_row(const float *above, const float *below, float down, int width,
			 float *output, int out_width)
{
	for (int x = 0; x < out_width; x++) {
		int left, right;
		float across = between(x, width, out_width, &left, &right);
		float top = (1 - across) * above[left] + across * above[right];
		float bottom = (1 - across) * below[left] + across * below[right];

		output[x] += (1 - down) * top + down * bottom;
	}
}

void bilinear_add(const float *input, int channels, int height, int width, float *output,
		  int out_height, int out_width)
{
	for (int channel = 0; channel < channels; channel++, input += (size_t)height * (size_t)width) {
		for (int y = 0; y < out_height; y++, output += out_width) {
			int above, below;
			float down = between(y, height, out_height, &above, &below);

			bilinear_row(input + (size_t)above * (size_t)width,
				     input + (size_t)below * (size_t)width, down, width, output,
				     out_width);
		}
	}
}
