/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Convolutions 3 x 3, stride 1, padding 1 over maps by Winograd's algorithm F(4 x 4, 3 x 3): squares of 6 x 6
 * places and filters are brought to 36 points, where a sum over the channels, a product, makes what becomes
 * 4 x 4 places: a quarter of the multiplications. Weights take four times the memory, and rounding errors
 * are larger than those of map_conv_run(), but below 2e-5 of the largest number.
 *
 *	winograd_pack(weight, out, in, room, packed);
 *	winograd_run(&(struct winograd){ in, out, packed, bias }, &input,
 *		     &(struct winograd_part){ 0, winograd_tiles(&output), 0, out }, PRODUCT_LEAKY, 0.1f,
 *		     &output, room);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_WINOGRAD_H
#define TAGSIGHT_INFERENCE_CORE_WINOGRAD_H

#include "inference/core/map_conv.h"

#include <stdbool.h>
#include <stddef.h>

#define WINOGRAD_SIDE ((size_t)4) /* of a tile */

struct winograd {
	size_t in, out;      /* multiples of 4 */
	const float *packed; /* of winograd_pack() */
	const float *bias;   /* [out] */
};

size_t winograd_packed_size(size_t out, size_t in);

/* From a weight [out, 3, 3, in]; room [out * in]. */
void winograd_pack(const float *weight, size_t out, size_t in, float *room, float *packed);

/* Squares of 4 x 4 places, row by row, the last ones of a row or column cut short. */
size_t winograd_tiles(const struct map *output);

/* Some filters of some tiles: `first_out` is a multiple of product_panel(). */
struct winograd_part {
	size_t first, end; /* tiles */
	size_t first_out, out;
};

/* Floats that a run works in. */
size_t winograd_room(size_t out, size_t in);

/* The output has the input's sides; `end` is not GELU. They do not overlap. */
void winograd_run(const struct winograd *conv, const struct map *input, const struct winograd_part *part,
		  enum product_end end, float slope, const struct map *output, float *room);

#endif
