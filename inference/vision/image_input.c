/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/image_input.h"

#include "lib/base/random.h"
#include "lib/image/crop.h"
#include "lib/image/resample.h"

#include <math.h>
#include <string.h>

#define IMAGENET_RESIZE 256 /* of the shorter side, before the crop */
#define IMAGENET_RATIO 1000  /* of the sides; past it the resized picture would fill the memory */

static int scaled_side(int side, double ratio, int most)
{
	int scaled = (int)floor(side * ratio + 0.5);

	return scaled < 1 ? 1 : scaled > most ? most : scaled;
}

struct letterbox letterbox_place(int image_width, int image_height, int side)
{
	double ratio = fmin((double)side / image_width, (double)side / image_height);
	struct letterbox box = { .side = side, .image_width = image_width, .image_height = image_height };

	box.width = scaled_side(image_width, ratio, side);
	box.height = scaled_side(image_height, ratio, side);
	box.left = (side - box.width) / 2;
	box.top = (side - box.height) / 2;
	return box;
}

int letterbox_image(struct image *square, const struct image *image, const struct letterbox *box,
		    struct err *err)
{
	struct image scaled = IMAGE_INIT;
	size_t row = (size_t)box->width * 3;

	if (image_resize(&scaled, image, box->width, box->height, err) < 0)
		return -1;
	if (image_alloc(square, box->side, box->side, err) < 0) {
		image_release(&scaled);
		return -1;
	}
	for (int y = 0; y < box->height; y++)
		memcpy(square->rgb + ((size_t)(box->top + y) * (size_t)box->side + (size_t)box->left) * 3,
		       scaled.rgb + (size_t)y * row, row);
	image_release(&scaled);
	return 0;
}

static float undo(float value, int start, int scaled, int original)
{
	double point = ((double)value - start) * ((double)original / scaled);

	return (float)fmin(fmax(point, 0.0), original);
}

float letterbox_undo_x(const struct letterbox *box, float x)
{
	return undo(x, box->left, box->width, box->image_width);
}

float letterbox_undo_y(const struct letterbox *box, float y)
{
	return undo(y, box->top, box->height, box->image_height);
}

void image_to_bgr_planes(const struct image *image, const float mean[3], const float deviation[3],
			 float *out)
{
	size_t pixels = (size_t)image->width * (size_t)image->height;

	for (int plane = 0; plane < 3; plane++) {
		float levels[256];

		for (int value = 0; value < 256; value++)
			levels[value] = ((float)value - mean[plane]) / deviation[plane];
		for (size_t i = 0; i < pixels; i++)
			*out++ = levels[image->rgb[3 * i + (size_t)(2 - plane)]];
	}
}

#define IMAGENET_MEAN { 0.485f, 0.456f, 0.406f }
#define IMAGENET_DEVIATION { 0.229f, 0.224f, 0.225f }

const struct image_input image_input_shorter = { IMAGE_FIT_SHORTER, IMAGENET_MEAN, IMAGENET_DEVIATION };
const struct image_input image_input_both = { IMAGE_FIT_BOTH, IMAGENET_MEAN, IMAGENET_DEVIATION };
const struct image_input image_input_centre = { IMAGE_FIT_NONE, IMAGENET_MEAN, IMAGENET_DEVIATION };
const struct image_input image_input_vit = { IMAGE_FIT_BOTH, { 0.5f, 0.5f, 0.5f }, { 0.5f, 0.5f, 0.5f } };

static int fit_shorter(struct image *square, const struct image *image, struct err *err)
{
	struct image resized = IMAGE_INIT;
	int rc;

	if (image->width / image->height > IMAGENET_RATIO || image->height / image->width > IMAGENET_RATIO)
		return err_set(err, ERR_DATA, "a picture of %d x %d pixels is too narrow to be read",
			       image->width, image->height);
	if (image_resize_shorter(&resized, image, IMAGENET_RESIZE, err) < 0)
		return -1;
	rc = image_crop_centre(square, &resized, IMAGENET_SIDE, err);
	image_release(&resized);
	return rc;
}

static int check_large(const struct image *image, struct err *err)
{
	if (image->width >= IMAGENET_SIDE && image->height >= IMAGENET_SIDE)
		return 0;
	return err_set(err, ERR_DATA, "a picture of %d x %d pixels is too small: %d x %d are cut out of it",
		       image->width, image->height, IMAGENET_SIDE, IMAGENET_SIDE);
}

static int fit_square(struct image *square, const struct image *image, enum image_fit fit,
		      struct err *err)
{
	if (fit == IMAGE_FIT_SHORTER)
		return fit_shorter(square, image, err);
	if (fit == IMAGE_FIT_BOTH)
		return image_resize(square, image, IMAGENET_SIDE, IMAGENET_SIDE, err);
	return check_large(image, err) < 0 ? -1 : image_crop_centre(square, image, IMAGENET_SIDE, err);
}

int image_to_input(const struct image *image, const struct image_input *input, float *out,
		   struct err *err)
{
	const size_t pixels = (size_t)IMAGENET_SIDE * IMAGENET_SIDE;
	struct image square = IMAGE_INIT;

	if (fit_square(&square, image, input->fit, err) < 0)
		return -1;
	for (size_t plane = 0; plane < 3; plane++) {
		float levels[256];

		for (int value = 0; value < 256; value++)
			levels[value] = ((float)value / 255 - input->mean[plane]) / input->deviation[plane];
		for (size_t i = 0; i < pixels; i++)
			*out++ = levels[square.rgb[3 * i + plane]];
	}
	image_release(&square);
	return 0;
}

int image_crop_random(struct image *square, const struct image *image, uint64_t seed,
		      const char *name, struct err *err)
{
	struct random_stream stream = random_stream(seed, name);
	struct image_rect rect;

	if (check_large(image, err) < 0)
		return -1;
	rect.x0 = (int)random_below(&stream, (uint64_t)(image->width - IMAGENET_SIDE) + 1);
	rect.y0 = (int)random_below(&stream, (uint64_t)(image->height - IMAGENET_SIDE) + 1);
	rect.x1 = rect.x0 + IMAGENET_SIDE;
	rect.y1 = rect.y0 + IMAGENET_SIDE;
	if (image_crop(square, image, rect, err) < 0)
		return -1;
	if (random_below(&stream, 2))
		image_mirror(square);
	return 0;
}
