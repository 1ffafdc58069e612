/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/winograd.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>

#define IN ((size_t)36)
#define OUT ((size_t)136)
#define TOLERANCE 2e-5 /* of the largest number */

/* Numbers from -1 to 1, always the same. */
static float *random_floats(size_t n, unsigned seed)
{
	float *x = malloc(n * sizeof(*x));

	assert_non_null(x);
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		x[i] = (float)(seed >> 8) / (float)(1 << 23) - 1;
	}
	return x;
}

/* One convolution, by tiles and plainly. */
struct both {
	float *weight, *bias, *room, *packed, *plain;
	struct map input, tiled, wanted;
	size_t *places;
};

static struct map new_map(size_t height, size_t width, size_t border, size_t channels)
{
	struct map map = { NULL, height, width, border, channels };

	map.numbers = random_floats(map_floats(&map, 1), (unsigned)channels);
	return map;
}

static void open_both(struct both *both, size_t height, size_t width)
{
	both->weight = random_floats(OUT * 9 * IN, 1);
	both->bias = random_floats(OUT, 2);
	both->room = random_floats(winograd_room(OUT, IN) + OUT * IN, 3);
	both->packed = random_floats(winograd_packed_size(OUT, IN), 4);
	both->plain = random_floats(product_packed_size(OUT, 9 * IN), 5);
	both->places = calloc(map_conv_places(height * width), sizeof(*both->places));
	assert_non_null(both->places);
	both->input = new_map(height, width, 1, IN);
	map_clear_border(&both->input, 1);
	both->tiled = new_map(height, width, 2, OUT);
	both->wanted = new_map(height, width, 2, OUT);
	winograd_pack(both->weight, OUT, IN, both->room, both->packed);
	product_pack(both->weight, OUT, 9 * IN, both->plain);
}

static void close_both(struct both *both)
{
	free(both->weight);
	free(both->bias);
	free(both->room);
	free(both->packed);
	free(both->plain);
	free(both->places);
	free(both->input.numbers);
	free(both->tiled.numbers);
	free(both->wanted.numbers);
}

/* The whole maps, as nothing may be written around the places. */
static void compare(const struct both *both)
{
	size_t n = map_floats(&both->wanted, 1);
	double largest = 0, off = 0;

	for (size_t i = 0; i < n; i++) {
		largest = fmax(largest, fabs((double)both->wanted.numbers[i]));
		off = fmax(off, fabs((double)both->tiled.numbers[i] - (double)both->wanted.numbers[i]));
	}
	if (!(off <= TOLERANCE * largest))
		fail_msg("off by %g of %g", off, largest);
}

/* Tiles and filters in several parts, as threads share them. */
static void check(size_t height, size_t width, enum product_end end)
{
	struct both both;
	struct winograd conv = { IN, OUT, NULL, NULL };
	size_t tiles;

	open_both(&both, height, width);
	conv.packed = both.packed;
	conv.bias = both.bias;
	tiles = winograd_tiles(&both.tiled);
	for (size_t part = 0; part < 2; part++) {
		size_t first = part * tiles / 2, to = (part + 1) * tiles / 2;

		winograd_run(&conv, &both.input, &(struct winograd_part){ first, to, 0, 128 }, end, 0.1f,
			     &both.tiled, both.room);
		winograd_run(&conv, &both.input, &(struct winograd_part){ first, to, 128, OUT - 128 }, end,
			     0.1f, &both.tiled, both.room);
	}
	map_conv_run_part(&(struct map_conv){ IN, OUT, 3, 1, 1, both.plain, both.bias }, &both.input,
			  &(struct map_conv_part){ 0, height, 0, 0, OUT, 0 }, end, 0.1f, false, &both.wanted,
			  both.places);
	compare(&both);
	close_both(&both);
}

static void test_sides(void **state)
{
	(void)state;
	check(4, 4, PRODUCT_PLAIN);
	check(1, 1, PRODUCT_RELU);
	check(13, 6, PRODUCT_LEAKY);
	check(7, 29, PRODUCT_LEAKY);
	check(41, 50, PRODUCT_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
