/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/area_letterbox.h"

#include "lib/image/resample_area.h"

#include <math.h>
#include <string.h>

/* ImageNet's mean of red, green and blue in whole levels. */
static const unsigned char border[3] = { 124, 116, 104 };

/* Python's round(); a picture much longer than wide would lose its shorter side altogether. */
static int scaled(int side, double ratio)
{
	int rounded = (int)rint(side * ratio);

	return rounded < 1 ? 1 : rounded;
}

void area_letterbox_place(struct area_letterbox *box, int width, int height, int side)
{
	double ratio = (double)side / (width > height ? width : height);

	box->side = side;
	box->width = scaled(width, ratio);
	box->height = scaled(height, ratio);
	box->ratio = (float)ratio;
	box->dw = (float)(side - box->width) / 2;
	box->dh = (float)(side - box->height) / 2;
	box->left = (int)rint((double)box->dw - 0.1);
	box->top = (int)rint((double)box->dh - 0.1);
	box->back_width = (int)rint(box->width / (double)box->ratio);
	box->back_height = (int)rint(box->height / (double)box->ratio);
}

static void fill(struct image *square)
{
	unsigned char *pixel = square->rgb;

	for (int i = 0; i < square->width * square->height; i++, pixel += sizeof(border))
		memcpy(pixel, border, sizeof(border));
}

int area_letterbox_image(struct image *square, const struct image *image, const struct area_letterbox *box,
			 struct err *err)
{
	struct image inner = IMAGE_INIT;
	size_t row = (size_t)box->width * 3, stride = (size_t)box->side * 3;
	unsigned char *to;

	if (image_resize_area(&inner, image, box->width, box->height, err) < 0)
		return -1;
	if (image_alloc(square, box->side, box->side, err) < 0) {
		image_release(&inner);
		return -1;
	}
	fill(square);
	to = square->rgb + (size_t)box->top * stride + (size_t)box->left * 3;
	for (int y = 0; y < box->height; y++)
		memcpy(to + (size_t)y * stride, inner.rgb + (size_t)y * row, row);
	image_release(&inner);
	return 0;
}

void area_letterbox_undo(const struct area_letterbox *box, float corners[4])
{
	for (int i = 0; i < 4; i++)
		corners[i] = (corners[i] - (i % 2 ? box->dh : box->dw)) / box->ratio;
	corners[0] = fmaxf(corners[0], 0);
	corners[1] = fmaxf(corners[1], 0);
	corners[2] = fminf(corners[2], (float)box->back_width);
	corners[3] = fminf(corners[3], (float)box->back_height);
}
