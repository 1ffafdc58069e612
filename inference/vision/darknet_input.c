/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/darknet_input.h"

#include "lib/base/checked.h"
#include "lib/image/resample_linear.h"

#include <stdlib.h>

#define GREY 0.5f

/* Sides of the picture within a letterbox. */
struct inner {
	int width, height;
};

static int at_least_one(int side)
{
	return side < 1 ? 1 : side;
}

static struct inner fit(const struct image *image, int width, int height)
{
	if ((float)width / (float)image->width < (float)height / (float)image->height)
		return (struct inner){ width,
				       at_least_one((int)((long long)image->height * width / image->width)) };
	return (struct inner){ at_least_one((int)((long long)image->width * height / image->height)), height };
}

struct darknet_frame darknet_frame(const struct image *image, bool letter_box, int width, int height)
{
	struct inner inner;

	if (!letter_box)
		return (struct darknet_frame){ 0, 0, 1, 1 };
	inner = fit(image, width, height);
	return (struct darknet_frame){ (float)(width - inner.width) / 2 / (float)width,
				       (float)(height - inner.height) / 2 / (float)height,
				       (float)inner.width / (float)width, (float)inner.height / (float)height };
}

/* Where place `at` of `to` lies among `from`, first upon first and last upon last; and how near the next
 * one is. */
static int position(int at, int from, int to, float *next)
{
	float place;

	*next = 0;
	if (at == to - 1 || from == 1)
		return from - 1;
	place = (float)at * ((float)(from - 1) / (float)(to - 1));
	*next = place - (float)(int)place;
	return (int)place < from - 1 ? (int)place : from - 1;
}

static void row_between(const struct image *image, const float levels[256], int y, int width, float *out)
{
	const unsigned char *row = image->rgb + (size_t)y * (size_t)image->width * 3;

	for (int x = 0; x < width; x++) {
		float next;
		int left = position(x, image->width, width, &next);
		const unsigned char *pixel = row + 3 * (size_t)left;
		size_t step = left + 1 < image->width ? 3 : 0;

		for (size_t c = 0; c < 3; c++)
			out[(size_t)x * 3 + c] =
				(1 - next) * levels[pixel[c]] + next * levels[pixel[c + step]];
	}
}

/* `rows`: room for two rows of the picture within. */
static void put_picture(const struct image *image, const float levels[256], struct inner inner, int width,
			int height, float *rows, float *planes)
{
	size_t plane = (size_t)width * (size_t)height, row = (size_t)inner.width * 3;
	size_t first = (size_t)((height - inner.height) / 2 * width + (width - inner.width) / 2);

	for (int y = 0; y < inner.height; y++) {
		float next, *to = planes + first + (size_t)y * (size_t)width;
		int top = position(y, image->height, inner.height, &next);

		row_between(image, levels, top, inner.width, rows);
		row_between(image, levels, top + 1 < image->height ? top + 1 : top, inner.width, rows + row);
		for (size_t i = 0; i < row; i++)
			to[i % 3 * plane + i / 3] = (1 - next) * rows[i] + next * rows[row + i];
	}
}

static int letterbox(const struct image *image, const float levels[256], int width, int height,
		     float *planes, struct err *err)
{
	struct inner inner = fit(image, width, height);
	float *rows = checked_calloc(2 * (size_t)inner.width * 3, sizeof(*rows));

	if (!rows)
		return err_set_memory(err);
	for (size_t i = 0; i < (size_t)width * (size_t)height * 3; i++)
		planes[i] = GREY;
	put_picture(image, levels, inner, width, height, rows, planes);
	free(rows);
	return 0;
}

static int stretch(const struct image *image, const float levels[256], int width, int height, float *planes,
		   struct err *err)
{
	size_t plane = (size_t)width * (size_t)height;
	struct image resized = IMAGE_INIT;

	if (image_resize_linear(&resized, image, width, height, err) < 0)
		return -1;
	for (size_t i = 0; i < plane; i++)
		for (size_t c = 0; c < 3; c++)
			planes[c * plane + i] = levels[resized.rgb[3 * i + c]];
	image_release(&resized);
	return 0;
}

int darknet_input(const struct image *image, bool letter_box, int width, int height, float *planes,
		  struct err *err)
{
	float levels[256];

	for (int value = 0; value < 256; value++)
		levels[value] = (float)value / 255;
	return letter_box ? letterbox(image, levels, width, height, planes, err) :
			    stretch(image, levels, width, height, planes, err);
}
