/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernels that product.c chooses from. A tile is PRODUCT_ROWS rows by `panel` columns, whose sums
 * stay in registers while the depth passes by.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_PRODUCT_PRIV_H
#define TAGSIGHT_INFERENCE_CORE_PRODUCT_PRIV_H

#include <stdbool.h>
#include <stddef.h>

#define PRODUCT_ROWS 6
#define PRODUCT_PANEL 64      /* the widest panel of any kernel */
#define PRODUCT_PANEL_FLOATS 12288 /* panel * depth of any kernel */

struct product_tile {
	size_t rows, columns;           /* at most PRODUCT_ROWS; at most the kernel's panel */
	const float *x[PRODUCT_ROWS];   /* where each row is read; those past `rows` are not */
	float *y[PRODUCT_ROWS];         /* and written */
	const float *weight;            /* [runs * run], each `panel` columns, `step` floats apart */
	size_t step;
	size_t runs, run;
	const size_t *offsets; /* [runs] */
	const float *bias;     /* [columns], what the sums start from; NULL: zero */
	bool add;              /* to y */
	bool relu, leaky;
	float slope; /* of leaky, below zero */
};

struct product_kernel {
	const char *name;
	size_t panel; /* columns of a tile */
	size_t depth; /* at most in one tile: panel * depth floats stay in a cache */
	void (*run)(const struct product_tile *tile);
	/* weight [columns, depth], rows `stride` apart, to [depth, panel]; columns past `columns` are
	 * zeros. */
	void (*pack)(const float *weight, size_t stride, size_t columns, size_t depth, float *packed);
};

extern const struct product_kernel product_portable;
#if defined(__x86_64__)
extern const struct product_kernel product_avx2, product_avx512;
#endif

/* The fastest for this processor. */
const struct product_kernel *product_kernel(void);

/* Take one by its name from now on, NULL: the fastest again. False when it is unknown or this processor
 * cannot run it. For tests; what was packed for another kernel must not be used. */
bool product_choose(const char *name);

#endif
