/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/winograd.h"

#include <string.h>

#define SQUARE ((size_t)6) /* places that a tile reads, each way */
#define POINTS (SQUARE * SQUARE)
#define BATCH ((size_t)96) /* tiles that are multiplied together: weights are read once for all */
#define LANES ((size_t)4)

typedef float four __attribute__((vector_size(16)));
typedef int int_four __attribute__((vector_size(16)));

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t winograd_packed_size(size_t out, size_t in)
{
	return POINTS * product_packed_size(out, in);
}

size_t winograd_room(size_t out, size_t in)
{
	return in + POINTS * BATCH * (in + out);
}

size_t winograd_tiles(const struct map *output)
{
	return (output->height + WINOGRAD_SIDE - 1) / WINOGRAD_SIDE *
	       ((output->width + WINOGRAD_SIDE - 1) / WINOGRAD_SIDE);
}

/* How much each of 3 x 3 taps is to a point. */
static void tap_shares(size_t point, double shares[9])
{
	static const double matrix[SQUARE][3] = {
		{ 1.0 / 4, 0, 0 },
		{ -1.0 / 6, -1.0 / 6, -1.0 / 6 },
		{ -1.0 / 6, 1.0 / 6, -1.0 / 6 },
		{ 1.0 / 24, 1.0 / 12, 1.0 / 6 },
		{ 1.0 / 24, -1.0 / 12, 1.0 / 6 },
		{ 0, 0, 1 },
	};

	for (size_t i = 0; i < 9; i++)
		shares[i] = matrix[point / SQUARE][i / 3] * matrix[point % SQUARE][i % 3];
}

void winograd_pack(const float *weight, size_t out, size_t in, float *room, float *packed)
{
	for (size_t point = 0; point < POINTS; point++) {
		double shares[9];

		tap_shares(point, shares);
		for (size_t i = 0; i < out * in; i++) {
			const float *taps = weight + i / in * 9 * in + i % in;
			double sum = 0;

			for (size_t tap = 0; tap < 9; tap++)
				sum += shares[tap] * (double)taps[tap * in];
			room[i] = (float)sum;
		}
		product_pack(room, out, in, packed);
		packed += product_packed_size(out, in);
	}
}

/* Six numbers, `step` apart, to six points. */
static inline void to_points(const four *d, size_t step, four *to, size_t to_step)
{
	four d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
	four even = d4 - 4 * d2, odd = d3 - 4 * d1, near = d4 - d2, far = 2 * (d3 - d1);

	to[0] = 4 * (d0 - d2) + near;
	to[to_step] = even + odd;
	to[2 * to_step] = even - odd;
	to[3 * to_step] = near + far;
	to[4 * to_step] = near - far;
	to[5 * to_step] = 4 * (d1 - d3) + (d[5 * step] - d3);
}

/* Six points to four numbers. */
static inline void from_points(const four *m, size_t step, four *to, size_t to_step)
{
	four sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
	four outer = m[3 * step] + m[4 * step], far = 2 * (m[3 * step] - m[4 * step]);

	to[0] = m[0] + sum + outer;
	to[to_step] = difference + far;
	to[2 * to_step] = sum + 4 * outer;
	to[3 * to_step] = difference + 4 * far + m[5 * step];
}

/* A tile's place among those of a map. */
struct tile {
	size_t y, x; /* of its first place */
};

static struct tile tile_at(const struct map *map, size_t number)
{
	size_t across = (map->width + WINOGRAD_SIDE - 1) / WINOGRAD_SIDE;

	return (struct tile){ number / across * WINOGRAD_SIDE, number % across * WINOGRAD_SIDE };
}

/* Where the 36 places of a tile lie; `zeros` stand for those around the map. */
static void find_places(const struct map *input, struct tile tile, const float *zeros,
			const float *places[POINTS])
{
	const float *inside = map_inside(input, 0);

	for (size_t i = 0; i < POINTS; i++) {
		/* What is before the first row or column wraps around. */
		size_t y = tile.y + i / SQUARE - 1, x = tile.x + i % SQUARE - 1;

		places[i] = y < input->height && x < input->width ?
				    inside + y * map_row(input) + x * input->channels :
				    zeros;
	}
}

/* All channels of a tile to its row of each point's matrix, `step` floats apart. */
static void spread_tile(const float *const places[POINTS], size_t channels, float *to, size_t step)
{
	for (size_t c = 0; c < channels; c += LANES) {
		four square[POINTS], turned[POINTS];

		for (size_t i = 0; i < POINTS; i++)
			memcpy(&square[i], places[i] + c, sizeof(four));
		for (size_t i = 0; i < SQUARE; i++)
			to_points(square + i, SQUARE, turned + i, SQUARE);
		for (size_t i = 0; i < SQUARE; i++)
			to_points(turned + i * SQUARE, 1, square + i * SQUARE, 1);
		for (size_t i = 0; i < POINTS; i++)
			memcpy(to + i * step + c, &square[i], sizeof(four));
	}
}

/* What is done to sums before they are written. */
struct finish {
	const float *bias;
	float slope; /* below zero; 1: none */
};

static inline four finished(four sum, four bias, float slope)
{
	four low;
	int_four larger;

	sum += bias;
	low = sum * slope;
	larger = low > sum;
	return (four)(((int_four)sum & ~larger) | ((int_four)low & larger));
}

/* A tile's row of each point's matrix to the places that the map has of it. */
static void gather_tile(const float *from, size_t step, size_t channels, const struct finish *finish,
			const struct map *output, struct tile tile, float *to)
{
	size_t height = smaller(WINOGRAD_SIDE, output->height - tile.y);
	size_t width = smaller(WINOGRAD_SIDE, output->width - tile.x);

	for (size_t c = 0; c < channels; c += LANES) {
		four points[POINTS], turned[WINOGRAD_SIDE * SQUARE], sums[WINOGRAD_SIDE * WINOGRAD_SIDE], bias;

		memcpy(&bias, finish->bias + c, sizeof(bias));
		for (size_t i = 0; i < POINTS; i++)
			memcpy(&points[i], from + i * step + c, sizeof(four));
		for (size_t i = 0; i < SQUARE; i++)
			from_points(points + i, SQUARE, turned + i, SQUARE);
		for (size_t i = 0; i < WINOGRAD_SIDE; i++)
			from_points(turned + i * SQUARE, 1, sums + i * WINOGRAD_SIDE, 1);
		for (size_t y = 0; y < height; y++)
			for (size_t x = 0; x < width; x++) {
				four sum = finished(sums[y * WINOGRAD_SIDE + x], bias, finish->slope);

				memcpy(to + y * map_row(output) + x * output->channels + c, &sum, sizeof(sum));
			}
	}
}

/* The room of a run: zeros [in], the tiles' places at each point, [points, tiles, in], and their sums, [points,
 * tiles, out]. */
struct room {
	float *zeros, *spread, *sums;
};

static void multiply(const struct winograd *conv, const struct winograd_part *part, size_t tiles,
		     const struct room *room)
{
	const struct product_rows from = { tiles, conv->in, NULL }, to = { tiles, part->out, NULL };
	size_t packed = product_packed_size(conv->out, conv->in);
	struct product product = { .out = part->out, .runs = 1, .run = conv->in };

	for (size_t point = 0; point < POINTS; point++) {
		product.packed = conv->packed + point * packed + part->first_out * conv->in;
		product_run(&product, room->spread + point * tiles * conv->in, &from,
			    room->sums + point * tiles * part->out, &to);
	}
}

void winograd_run(const struct winograd *conv, const struct map *input, const struct winograd_part *part,
		  enum product_end end, float slope, const struct map *output, float *memory)
{
	const struct room room = { memory, memory + conv->in, memory + conv->in + POINTS * BATCH * conv->in };
	const struct finish finish = { conv->bias + part->first_out,
				       end == PRODUCT_RELU ? 0 : end == PRODUCT_LEAKY ? slope : 1 };

	memset(room.zeros, 0, conv->in * sizeof(*room.zeros));
	for (size_t first = part->first; first < part->end; first += BATCH) {
		size_t tiles = smaller(BATCH, part->end - first);

		for (size_t i = 0; i < tiles; i++) {
			const float *places[POINTS];

			find_places(input, tile_at(output, first + i), room.zeros, places);
			spread_tile(places, conv->in, room.spread + i * conv->in, tiles * conv->in);
		}
		multiply(conv, part, tiles, &room);
		for (size_t i = 0; i < tiles; i++) {
			struct tile tile = tile_at(output, first + i);

			gather_tile(room.sums + i * part->out, tiles * part->out, part->out, &finish, output, tile,
				    map_inside(output, 0) + tile.y * map_row(output) +
					    tile.x * output->channels + part->first_out);
		}
	}
}
