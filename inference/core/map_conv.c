/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/map_conv.h"

#include "inference/core/kernels.h"

#include <string.h>

#define SQUARE ((size_t)16) /* of a map that is turned over at once */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t row_floats(const struct map *map)
{
	return (map->side + 2 * map->border) * map->channels;
}

static size_t picture_floats(const struct map *map)
{
	return (map->side + 2 * map->border) * row_floats(map);
}

size_t map_floats(const struct map *map, size_t pictures)
{
	return pictures * picture_floats(map);
}

float *map_picture(const struct map *map, size_t i)
{
	return map->numbers + i * picture_floats(map);
}

void map_clear_border(const struct map *map, size_t pictures)
{
	size_t row = row_floats(map), edge = map->border * map->channels;

	for (size_t i = 0; i < pictures; i++) {
		float *at = map_picture(map, i);

		memset(at, 0, map->border * row * sizeof(*at));
		at += map->border * row;
		for (size_t y = 0; y < map->side; y++, at += row) {
			memset(at, 0, edge * sizeof(*at));
			memset(at + row - edge, 0, edge * sizeof(*at));
		}
		memset(at, 0, map->border * row * sizeof(*at));
	}
}

/* Where the first channel of the first place is, borders left out. */
static float *inside(const struct map *map, size_t i)
{
	return map_picture(map, i) + map->border * (row_floats(map) + map->channels);
}

void map_from_planes(const struct map *map, size_t i, const float *planes)
{
	size_t plane = map->side * map->side;

	for (size_t y = 0; y < map->side; y++) {
		float *to = inside(map, i) + y * row_floats(map);

		for (size_t x = 0; x < map->side; x++)
			for (size_t c = 0; c < map->channels; c++)
				*to++ = planes[c * plane + y * map->side + x];
	}
}

/* Some places by all channels, a square at a time, so that what is read and written stays in a cache. */
static void turn(const float *from, size_t places, size_t channels, float *planes, size_t step)
{
	for (size_t first = 0; first < channels; first += SQUARE) {
		size_t n = smaller(SQUARE, channels - first);

		for (size_t c = first; c < first + n; c++)
			for (size_t x = 0; x < places; x++)
				planes[c * step + x] = from[x * channels + c];
	}
}

void map_to_planes(const struct map *map, size_t i, float *planes, size_t step)
{
	for (size_t y = 0; y < map->side; y++)
		for (size_t x = 0; x < map->side; x += SQUARE)
			turn(inside(map, i) + y * row_floats(map) + x * map->channels,
			     smaller(SQUARE, map->side - x), map->channels, planes + y * map->side + x,
			     step);
}

size_t map_conv_places(size_t outputs)
{
	return 2 * outputs;
}

/* The places of an output's rows in a map that is read or written `stride` places apart, from `start` floats
 * into each picture on. */
static void note_places(const struct map *map, size_t pictures, size_t side, size_t stride, size_t start,
			size_t *places)
{
	size_t row = row_floats(map);

	for (size_t i = 0; i < pictures; i++)
		for (size_t y = 0; y < side; y++) {
			size_t at = i * picture_floats(map) + start + y * stride * row;

			for (size_t x = 0; x < side; x++, at += stride * map->channels)
				*places++ = at;
		}
}

void map_conv_run(const struct map_conv *conv, const struct map *input, size_t pictures,
		  enum product_end end, bool add, const struct map *output, size_t *places)
{
	size_t n = pictures * output->side * output->side, row = row_floats(input);
	size_t before = input->border - conv->kernel / 2; /* of the border is not looked at */
	size_t offsets[MAP_KERNEL];
	const struct product product = { .out = conv->out,
					 .runs = conv->kernel,
					 .run = conv->kernel * conv->in,
					 .offsets = offsets,
					 .packed = conv->packed,
					 .bias = conv->bias,
					 .add = add,
					 .end = end };
	const struct product_rows from = { n, 0, places }, to = { n, 0, places + n };

	for (size_t i = 0; i < conv->kernel; i++)
		offsets[i] = i * row;
	note_places(input, pictures, output->side, conv->stride, before * (row + input->channels), places);
	note_places(output, pictures, output->side, 1,
		    output->border * (row_floats(output) + output->channels), places + n);
	product_run(&product, input->numbers, &from, output->numbers, &to);
}

/* The largest of each channel around one place of a picture. */
static void pool_place(const struct map *map, const float *picture, size_t y, size_t x, float *out)
{
	size_t channels = map->channels, row = row_floats(map);

	memcpy(out, picture + y * row + x * channels, channels * sizeof(*out));
	for (size_t j = y ? y - 1 : 0; j < smaller(y + 2, map->side); j++)
		for (size_t i = x ? x - 1 : 0; i < smaller(x + 2, map->side); i++)
			kernels()->keep_larger(out, picture + j * row + i * channels, channels);
}

void map_max_pool(const struct map *input, size_t pictures, const struct map *output)
{
	for (size_t i = 0; i < pictures; i++) {
		float *out = map_picture(output, i);

		for (size_t y = 0; y < input->side; y += 2)
			for (size_t x = 0; x < input->side; x += 2, out += input->channels)
				pool_place(input, map_picture(input, i), y, x, out);
	}
}
