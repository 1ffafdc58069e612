/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/map_conv.h"

#include "inference/core/kernels.h"

#include <string.h>

#define SQUARE ((size_t)16) /* of a map that is turned over at once */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t map_row(const struct map *map)
{
	return (map->width + 2 * map->border) * map->channels;
}

static size_t picture_floats(const struct map *map)
{
	return (map->height + 2 * map->border) * map_row(map);
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
	size_t row = map_row(map), edge = map->border * map->channels;

	for (size_t i = 0; i < pictures; i++) {
		float *at = map_picture(map, i);

		memset(at, 0, map->border * row * sizeof(*at));
		at += map->border * row;
		for (size_t y = 0; y < map->height; y++, at += row) {
			memset(at, 0, edge * sizeof(*at));
			memset(at + row - edge, 0, edge * sizeof(*at));
		}
		memset(at, 0, map->border * row * sizeof(*at));
	}
}

float *map_inside(const struct map *map, size_t i)
{
	return map_picture(map, i) + map->border * (map_row(map) + map->channels);
}

void map_from_planes(const struct map *map, size_t i, const float *planes)
{
	size_t plane = map->height * map->width;

	for (size_t y = 0; y < map->height; y++) {
		float *to = map_inside(map, i) + y * map_row(map);

		for (size_t x = 0; x < map->width; x++)
			for (size_t c = 0; c < map->channels; c++)
				*to++ = planes[c * plane + y * map->width + x];
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
	for (size_t y = 0; y < map->height; y++)
		for (size_t x = 0; x < map->width; x += SQUARE)
			turn(map_inside(map, i) + y * map_row(map) + x * map->channels,
			     smaller(SQUARE, map->width - x), map->channels, planes + y * map->width + x,
			     step);
}

size_t map_conv_places(size_t outputs)
{
	return 2 * outputs;
}

/* The places of rows of an output in a map that is read or written `stride` places apart, from `start` floats
 * into each picture on. */
static size_t *note_places(const struct map *map, size_t picture, const struct map *output, size_t first,
			   size_t rows, size_t stride, size_t start, size_t *places)
{
	size_t row = map_row(map);

	for (size_t y = first; y < first + rows; y++) {
		size_t at = picture * picture_floats(map) + start + y * stride * row;

		for (size_t x = 0; x < output->width; x++, at += stride * map->channels)
			*places++ = at;
	}
	return places;
}

/* Where the runs of a place begin; whole rows of the kernel are one run where all channels are read. */
static void set_runs(const struct map_conv *conv, const struct map *input, struct product *product,
		     size_t offsets[MAP_KERNEL * MAP_KERNEL])
{
	size_t across = conv->in == input->channels ? 1 : conv->kernel;

	product->runs = conv->kernel * across;
	product->run = (across == 1 ? conv->kernel : 1) * conv->in;
	product->offsets = offsets;
	for (size_t i = 0; i < product->runs; i++)
		offsets[i] = i / across * map_row(input) + i % across * input->channels;
}

static size_t start_of(const struct map *map, size_t before)
{
	return (map->border - before) * (map_row(map) + map->channels);
}

void map_conv_run(const struct map_conv *conv, const struct map *input, size_t pictures,
		  enum product_end end, bool add, const struct map *output, size_t *places)
{
	size_t n = pictures * output->height * output->width, offsets[MAP_KERNEL * MAP_KERNEL];
	struct product product = { .out = conv->out, .packed = conv->packed, .bias = conv->bias,
				   .add = add, .end = end };
	const struct product_rows from = { n, 0, places }, to = { n, 0, places + n };

	set_runs(conv, input, &product, offsets);
	for (size_t i = 0; i < pictures; i++)
		places = note_places(input, i, output, 0, output->height, conv->stride,
				     start_of(input, conv->padding), places);
	for (size_t i = 0; i < pictures; i++)
		places = note_places(output, i, output, 0, output->height, 1, start_of(output, 0), places);
	product_run(&product, input->numbers, &from, output->numbers, &to);
}

void map_conv_run_part(const struct map_conv *conv, const struct map *input,
		       const struct map_conv_part *part, enum product_end end, float slope, bool add,
		       const struct map *output, size_t *places)
{
	size_t n = part->rows * output->width, offsets[MAP_KERNEL * MAP_KERNEL];
	struct product product = { .out = part->out, .bias = conv->bias + part->first_out, .add = add,
				   .end = end, .slope = slope };
	const struct product_rows from = { n, 0, places }, to = { n, 0, places + n };

	set_runs(conv, input, &product, offsets);
	product.packed = conv->packed + part->first_out * product.runs * product.run;
	places = note_places(input, 0, output, part->first_row, part->rows, conv->stride,
			     start_of(input, conv->padding), places);
	note_places(output, 0, output, part->first_row, part->rows, 1, start_of(output, 0), places);
	product_run(&product, input->numbers + part->channel, &from,
		    output->numbers + part->to + part->first_out, &to);
}

/* The largest of each channel around one place of a picture. */
static void pool_place(const struct map *map, const float *picture, size_t y, size_t x, float *out)
{
	size_t channels = map->channels, row = map_row(map);

	memcpy(out, picture + y * row + x * channels, channels * sizeof(*out));
	for (size_t j = y ? y - 1 : 0; j < smaller(y + 2, map->height); j++)
		for (size_t i = x ? x - 1 : 0; i < smaller(x + 2, map->width); i++)
			kernels()->keep_larger(out, picture + j * row + i * channels, channels);
}

void map_max_pool(const struct map *input, size_t pictures, const struct map *output)
{
	for (size_t i = 0; i < pictures; i++)
		for (size_t y = 0; y < output->height; y++) {
			float *out = map_inside(output, i) + y * map_row(output);

			for (size_t x = 0; x < output->width; x++, out += input->channels)
				pool_place(input, map_picture(input, i), 2 * y, 2 * x, out);
		}
}
