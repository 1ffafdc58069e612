/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Products of many rows with a matrix of weights, and what is done to a sum before it is written: bias,
 * residual, ReLU, leaky ReLU or GELU, while it is in a register or the nearest cache. A row may be read in several
 * runs, so that a convolution over [height, width, channels] is such a product without unrolling, and
 * is written where the caller says. Weights are taken as they are stored, or packed beforehand.
 *
 *	product_run(&(struct product){ .out = 768, .runs = 1, .run = 768, .weight = w, .bias = b },
 *		    x, &(struct product_rows){ n, 768, NULL }, y, &(struct product_rows){ n, 768, NULL });
 *
 * Kernels for AVX-512, AVX2 with FMA and plain C are compiled from the same lines (product_body.h). A
 * sum runs over the depth in rising order, whatever the rows around it, so that a row's result does not
 * depend on its batch; the bits of AVX-512 and AVX2 are the same, plain C rounds each product once more.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_PRODUCT_H
#define TAGSIGHT_INFERENCE_CORE_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

/* Where rows lie: row i is at places[i] floats from the start, or at i * stride without places. */
struct product_rows {
	size_t n, stride;
	const size_t *places; /* [n], or NULL */
};

enum product_end { PRODUCT_PLAIN, PRODUCT_RELU, PRODUCT_LEAKY, PRODUCT_GELU };

struct product {
	size_t out;            /* columns of the result */
	size_t runs, run;      /* the depth is runs * run */
	const size_t *offsets; /* [runs], where each run begins from a row's place; NULL: one run, at 0 */
	const float *weight;   /* [out, runs * run], when `packed` is NULL */
	size_t weight_stride;  /* from one row of it to the next; 0: it has no gaps */
	const float *packed;   /* of product_pack() */
	const float *bias;     /* [out]; NULL: none, which GELU does not take */
	bool add;              /* to what the result's place holds, before `end` */
	enum product_end end;
	float slope;           /* below zero, from 0 to 1, of PRODUCT_LEAKY */
};

/* The rows of x, multiplied, to those of y, as many and not overlapping them. */
void product_run(const struct product *product, const float *x, const struct product_rows *x_rows,
		 float *y, const struct product_rows *y_rows);

/* Threads of each large product that the calling thread runs from now on, at least 1, as at first. For who
 * has fewer pieces of work than processors. */
void product_set_threads(int threads);

/* Columns that are packed together: whole multiples of them may be multiplied apart. */
size_t product_panel(void);

/* Floats that product_pack() writes for a weight [out, depth]. */
size_t product_packed_size(size_t out, size_t depth);

/* Bring a weight [out, depth] into the order that the processor's kernel reads. */
void product_pack(const float *weight, size_t out, size_t depth, float *packed);

/* y [rows, columns], rows `y_stride` apart, = x [rows, depth] * weight [depth, columns], rows
 * `weight_stride` apart; `add`: plus y. For small matrices that are not constant. */
void product_multiply(const float *x, size_t x_stride, size_t rows, size_t depth, const float *weight,
		      size_t weight_stride, size_t columns, bool add, float *y, size_t y_stride);

/* Whether this processor has a kernel that outruns plain C. */
bool product_is_fast(void);

/* "avx512", "avx2" or "portable". */
const char *product_kernel_name(void);

#endif
