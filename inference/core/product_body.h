/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A product's kernel for one instruction set, which defines PRODUCT_TARGET, its attribute; VECTOR and
 * LANES; VECTOR_LOAD(from), VECTOR_STORE(to, v), VECTOR_ALL(number), VECTOR_PRODUCT(a, b, sum) and
 * VECTOR_POSITIVE(v), VECTOR_LARGER(a, b); PANEL, a multiple of LANES; DEPTH; and PRODUCT_KERNEL and PRODUCT_NAME. Included
 * once by each of product_*.c.
 */
#include "inference/core/product_priv.h"

#include <string.h>

#define VECTORS (PANEL / LANES)
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
#define INLINE static inline __attribute__((always_inline)) PRODUCT_TARGET

_Static_assert(PANEL <= PRODUCT_PANEL && PANEL * DEPTH <= PRODUCT_PANEL_FLOATS, "room in product.c");

INLINE void begin(const struct product_tile *tile, size_t rows, size_t vectors,
		  VECTOR sums[PRODUCT_ROWS][VECTORS])
{
	UNROLL for (size_t j = 0; j < vectors; j++) {
		VECTOR start = tile->bias ? VECTOR_LOAD(tile->bias + j * LANES) : VECTOR_ALL(0);

		UNROLL for (size_t i = 0; i < rows; i++)
			sums[i][j] = start;
	}
	if (!tile->add)
		return;
	UNROLL for (size_t i = 0; i < rows; i++)
		UNROLL for (size_t j = 0; j < vectors; j++)
			sums[i][j] += VECTOR_LOAD(tile->y[i] + j * LANES);
}

INLINE void end(const struct product_tile *tile, size_t rows, size_t vectors,
		VECTOR sums[PRODUCT_ROWS][VECTORS])
{
	if (tile->relu)
		UNROLL for (size_t i = 0; i < rows; i++)
			UNROLL for (size_t j = 0; j < vectors; j++)
				sums[i][j] = VECTOR_POSITIVE(sums[i][j]);
	if (tile->leaky) {
		VECTOR slope = VECTOR_ALL(tile->slope);

		UNROLL for (size_t i = 0; i < rows; i++)
			UNROLL for (size_t j = 0; j < vectors; j++)
				sums[i][j] = VECTOR_LARGER(sums[i][j] * slope, sums[i][j]);
	}
	UNROLL for (size_t i = 0; i < rows; i++)
		UNROLL for (size_t j = 0; j < vectors; j++)
			VECTOR_STORE(tile->y[i] + j * LANES, sums[i][j]);
}

/* One run over the depth, weights [run, panel]. */
INLINE void pass(const float *const x[PRODUCT_ROWS], size_t rows, size_t vectors, const float *weight,
		 size_t step, size_t run, VECTOR sums[PRODUCT_ROWS][VECTORS])
{
	for (size_t k = 0; k < run; k++, weight += step) {
		VECTOR weights[VECTORS];

		UNROLL for (size_t j = 0; j < vectors; j++)
			weights[j] = VECTOR_LOAD(weight + j * LANES);
		UNROLL for (size_t i = 0; i < rows; i++) {
			VECTOR number = VECTOR_ALL(x[i][k]);

			UNROLL for (size_t j = 0; j < vectors; j++)
				sums[i][j] = VECTOR_PRODUCT(number, weights[j], sums[i][j]);
		}
	}
}

INLINE void run_rows(const struct product_tile *tile, size_t rows, size_t vectors)
{
	VECTOR sums[PRODUCT_ROWS][VECTORS];
	const float *weight = tile->weight;

	begin(tile, rows, vectors, sums);
	for (size_t i = 0; i < tile->runs; i++, weight += tile->run * tile->step) {
		const float *x[PRODUCT_ROWS];

		UNROLL for (size_t row = 0; row < rows; row++)
			x[row] = tile->x[row] + tile->offsets[i];
		pass(x, rows, vectors, weight, tile->step, tile->run, sums);
	}
	end(tile, rows, vectors, sums);
}

/* The numbers of rows and of vectors are written out, so that the sums of each have registers. */
INLINE void run_vectors(const struct product_tile *tile, size_t vectors)
{
	switch (tile->rows) {
	case 1:
		run_rows(tile, 1, vectors);
		break;
	case 2:
		run_rows(tile, 2, vectors);
		break;
	case 3:
		run_rows(tile, 3, vectors);
		break;
	case 4:
		run_rows(tile, 4, vectors);
		break;
	case 5:
		run_rows(tile, 5, vectors);
		break;
	default:
		run_rows(tile, PRODUCT_ROWS, vectors);
		break;
	}
}

PRODUCT_TARGET static void run_whole(const struct product_tile *tile)
{
	run_vectors(tile, VECTORS);
}

PRODUCT_TARGET static void run_vector(const struct product_tile *tile)
{
	run_vectors(tile, 1);
}

#if VECTORS > 2
PRODUCT_TARGET static void run_pair(const struct product_tile *tile)
{
	run_vectors(tile, 2);
}
#endif

/* As many vectors as the columns need. */
static void run_columns(const struct product_tile *tile)
{
	if (tile->columns <= LANES)
		run_vector(tile);
#if VECTORS > 2
	else if (tile->columns <= 2 * LANES)
		run_pair(tile);
#endif
	else
		run_whole(tile);
}

static bool fills_vectors(size_t columns)
{
	return columns == PANEL || columns == LANES || (VECTORS > 2 && columns == 2 * LANES);
}

/* Columns that do not exist, but in the weights, go through room that has them. */
static void run_room(const struct product_tile *tile)
{
	float room[PRODUCT_ROWS][PANEL], bias[PANEL];
	struct product_tile whole = *tile;
	size_t bytes = tile->columns * sizeof(float);

	memset(room, 0, sizeof(room));
	for (size_t i = 0; i < tile->rows; i++) {
		whole.y[i] = room[i];
		if (tile->add)
			memcpy(room[i], tile->y[i], bytes);
	}
	if (tile->bias) {
		memset(bias, 0, sizeof(bias));
		memcpy(bias, tile->bias, bytes);
		whole.bias = bias;
	}
	run_columns(&whole);
	for (size_t i = 0; i < tile->rows; i++)
		memcpy(tile->y[i], room[i], bytes);
}

static void run(const struct product_tile *tile)
{
	if (fills_vectors(tile->columns))
		run_columns(tile);
	else
		run_room(tile);
}

#ifndef PRODUCT_PACK
#define PRODUCT_PACK pack

static void pack(const float *weight, size_t stride, size_t columns, size_t depth, float *packed)
{
	for (size_t k = 0; k < depth; k++)
		for (size_t j = 0; j < PANEL; j++)
			*packed++ = j < columns ? weight[j * stride + k] : 0;
}
#endif

const struct product_kernel PRODUCT_KERNEL = {
	.name = PRODUCT_NAME,
	.panel = PANEL,
	.depth = DEPTH,
	.run = run,
	.pack = PRODUCT_PACK,
};
