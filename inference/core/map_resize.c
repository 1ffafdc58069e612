/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/map_resize.h"

/* The two inputs that output `i` lies between, and the weight of the second. */
static float between(size_t i, size_t in, size_t out, size_t *first, size_t *second)
{
	float source = ((float)i + 0.5f) * ((float)in / (float)out) - 0.5f;

	if (source < 0)
		source = 0;
	*first = (size_t)source < in - 1 ? (size_t)source : in - 1;
	*second = *first < in - 1 ? *first + 1 : *first;
	return source - (float)*first;
}

static void add_row(const struct map *input, const float *above, const float *below, float down,
		    const struct map *output, float *out)
{
	for (size_t x = 0; x < output->width; x++, out += output->channels) {
		size_t left, right, channels = input->channels;
		float across = between(x, input->width, output->width, &left, &right);

		left *= channels;
		right *= channels;
		for (size_t c = 0; c < channels; c++) {
			float top = (1 - across) * above[left + c] + across * above[right + c];
			float bottom = (1 - across) * below[left + c] + across * below[right + c];

			out[c] += (1 - down) * top + down * bottom;
		}
	}
}

void map_bilinear_add(const struct map *input, const struct map *output)
{
	const float *from = map_inside(input, 0);
	float *to = map_inside(output, 0);

	for (size_t y = 0; y < output->height; y++) {
		size_t above, below;
		float down = between(y, input->height, output->height, &above, &below);

		add_row(input, from + above * map_row(input), from + below * map_row(input), down, output,
			to + y * map_row(output));
	}
}
