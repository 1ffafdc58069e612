/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/crop.h"

#include <math.h>
#include <string.h>

static int clamp(float value, int most)
{
	if (value <= 0)
		return 0;
	return value >= (float)most ? most : (int)value;
}

struct image_rect image_rect_around(const struct image *image, float x0, float y0, float x1,
				    float y1)
{
	struct image_rect whole = { 0, 0, image->width, image->height }, rect;

	if (isnan(x0) || isnan(y0) || isnan(x1) || isnan(y1))
		return whole;
	rect.x0 = clamp(floorf(x0), image->width);
	rect.y0 = clamp(floorf(y0), image->height);
	rect.x1 = clamp(ceilf(x1), image->width);
	rect.y1 = clamp(ceilf(y1), image->height);
	return rect.x0 < rect.x1 && rect.y0 < rect.y1 ? rect : whole;
}

int image_crop(struct image *out, const struct image *image, struct image_rect rect,
	       struct err *err)
{
	size_t stride = (size_t)image->width * 3, bytes;

	if (rect.x0 < 0 || rect.y0 < 0 || rect.x1 > image->width || rect.y1 > image->height ||
	    rect.x0 >= rect.x1 || rect.y0 >= rect.y1)
		BUG("rectangle outside the picture");
	if (image_alloc(out, rect.x1 - rect.x0, rect.y1 - rect.y0, err) < 0)
		return -1;
	bytes = (size_t)out->width * 3;
	for (int y = 0; y < out->height; y++)
		memcpy(out->rgb + (size_t)y * bytes,
		       image->rgb + (size_t)(rect.y0 + y) * stride + (size_t)rect.x0 * 3, bytes);
	return 0;
}

void image_mirror(struct image *image)
{
	for (int y = 0; y < image->height; y++) {
		unsigned char *left = image->rgb + (size_t)y * (size_t)image->width * 3;

		for (unsigned char *right = left + (image->width - 1) * 3; left < right; left += 3, right -= 3)
			for (int i = 0; i < 3; i++) {
				unsigned char kept = left[i];

				left[i] = right[i];
				right[i] = kept;
			}
	}
}
