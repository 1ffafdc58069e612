/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Convolutions over maps whose channels lie side by side, [pictures, height, width, channels]: a product
 * of each place's row of channels, or of the rows around it, with no unrolling. A map whose edges the
 * next convolution looks past has a border of zeros.
 *
 *	map_clear_border(&padded, pictures);
 *	map_conv_run(&reduce, &input, pictures, PRODUCT_RELU, false, &padded, places);
 *	map_conv_run(&spread, &padded, pictures, PRODUCT_RELU, false, &output, places);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_MAP_CONV_H
#define TAGSIGHT_INFERENCE_CORE_MAP_CONV_H

#include "inference/core/product.h"

#include <stdbool.h>
#include <stddef.h>

#define MAP_KERNEL 11 /* the largest */

struct map {
	float *numbers; /* [pictures, height + 2 border, width + 2 border, channels] */
	size_t height, width, border, channels;
};

size_t map_floats(const struct map *map, size_t pictures);

/* Where picture number `i` begins. */
float *map_picture(const struct map *map, size_t i);

/* Zeros around each picture. */
void map_clear_border(const struct map *map, size_t pictures);

/* Where the first channel of the first place of picture `i` is, borders left out. */
float *map_inside(const struct map *map, size_t i);

/* Floats from one row of places to the next. */
size_t map_row(const struct map *map);

/* Planes [channels, height, width] of one picture into picture i of a map. */
void map_from_planes(const struct map *map, size_t i, const float *planes);

/* Picture i of a map to planes, which are `step` floats apart. */
void map_to_planes(const struct map *map, size_t i, float *planes, size_t step);

/* A square convolution. */
struct map_conv {
	size_t in, out, kernel, stride, padding;
	const float *packed; /* of product_pack(), from a weight [out, kernel, kernel, in] */
	const float *bias;   /* [out] */
};

/* The places that a run notes, for so many places of the output in all pictures. */
size_t map_conv_places(size_t outputs);

/* The border of the input is at least the padding; the output's sides are (side + 2 padding - kernel) /
 * stride + 1, rounded down. With `add` to what the output holds, before `end`. They do not overlap. */
void map_conv_run(const struct map_conv *conv, const struct map *input, size_t pictures,
		  enum product_end end, bool add, const struct map *output, size_t *places);

/* Some channels of rows of places of one picture: what one of several threads does of a convolution whose
 * input's channels may be only some of the map's, from `channel` on. `first_out` is a multiple of
 * product_panel(), but where it is a group's, which has a `conv` of its own. */
struct map_conv_part {
	size_t first_row, rows;   /* of the output */
	size_t channel;           /* of the input, the first that is read */
	size_t first_out, out;    /* of the convolution, to the same ones of the output ... */
	size_t to;                /* ... after so many */
};

void map_conv_run_part(const struct map_conv *conv, const struct map *input,
		       const struct map_conv_part *part, enum product_end end, float slope, bool add,
		       const struct map *output, size_t *places);

/* Max pooling 3 x 3, stride 2, padding 1 of minus infinity, of a map without a border. The output's sides are
 * half the input's, rounded up. */
void map_max_pool(const struct map *input, size_t pictures, const struct map *output);

#endif
