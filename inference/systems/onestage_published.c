/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_published.h"

#include "lib/base/checked.h"
#include "lib/image/resample_cubic.h"

#include <math.h>
#include <stdlib.h>

/* The scaled picture as the network reads it, [height, width, 3]. */
static void read_square(const struct image *square, const struct area_letterbox *letterbox, float *out)
{
	static const float mean[] = { 0.485f, 0.456f, 0.406f }, deviation[] = { 0.229f, 0.224f, 0.225f };

	for (int y = 0; y < letterbox->height; y++) {
		size_t first = (size_t)(letterbox->top + y) * (size_t)square->width + (size_t)letterbox->left;
		const unsigned char *from = square->rgb + 3 * first;

		for (size_t i = 0; i < 3 * (size_t)letterbox->width; i++)
			*out++ = ((float)from[i] / 255 - mean[i % 3]) / deviation[i % 3];
	}
}

/* The script's way back to levels, in double precision as NumPy has it. */
static void to_levels(float *numbers, size_t n)
{
	static const double mean[] = { 0.485, 0.456, 0.406 }, deviation[] = { 0.299, 0.224, 0.225 };

	for (size_t i = 0; i < n; i++)
		numbers[i] = (float)(((double)numbers[i] * deviation[i % 3] + mean[i % 3]) * 255);
}

int onestage_published_open(struct onestage_published *published, const struct image *square,
			    const struct area_letterbox *letterbox, struct err *err)
{
	int width = letterbox->back_width, height = letterbox->back_height, rc = -1;
	size_t n = (size_t)width * (size_t)height * 3;
	float *small = checked_calloc((size_t)letterbox->width * (size_t)letterbox->height * 3, sizeof(*small));

	*published = (struct onestage_published){ width, height, checked_calloc(n, sizeof(float)) };
	if (small && published->levels) {
		read_square(square, letterbox, small);
		rc = resize_cubic(small, letterbox->width, letterbox->height, published->levels, width, height,
				  err);
	} else {
		err_set_memory(err);
	}
	free(small);
	if (rc < 0)
		onestage_published_release(published);
	else
		to_levels(published->levels, n);
	return rc;
}

void onestage_published_release(struct onestage_published *published)
{
	free(published->levels);
	*published = (struct onestage_published){ 0, 0, NULL };
}

/* Python's start:stop of a side, cut to what is there; false where nothing is. */
static bool slice(float start, float stop, int side, int *first, int *end)
{
	*first = start < (float)side ? (int)start : side;
	*end = stop > (float)-side ? (int)fminf(stop, (float)side) : 0;
	if (*end < 0)
		*end += side;
	return *first < *end;
}

bool onestage_published_slice(const struct onestage_published *published, const float corners[4],
			      struct image_rect *rect)
{
	bool across = slice(corners[0], corners[2], published->width, &rect->x0, &rect->x1);
	bool down = slice(corners[1], corners[3], published->height, &rect->y0, &rect->y1);

	return across && down;
}

int onestage_published_crop(struct image *crop, const struct onestage_published *published,
			    struct image_rect rect, struct err *err)
{
	size_t row = 3 * (size_t)(rect.x1 - rect.x0);

	if (image_alloc(crop, rect.x1 - rect.x0, rect.y1 - rect.y0, err) < 0)
		return -1;
	for (int y = rect.y0; y < rect.y1; y++) {
		const float *from =
			published->levels + 3 * ((size_t)y * (size_t)published->width + (size_t)rect.x0);
		unsigned char *to = crop->rgb + (size_t)(y - rect.y0) * row;

		for (size_t i = 0; i < row; i++)
			to[i] = (unsigned char)fminf(fmaxf(rintf(from[i]), 0), 255);
	}
	return 0;
}
