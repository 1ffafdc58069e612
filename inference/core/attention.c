/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/attention.h"

#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "inference/core/product.h"

#include <math.h>

/* The floats from one row of scores to the next. */
static size_t row_floats(size_t keys)
{
	return (keys + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
}

size_t attention_scores(size_t n, size_t keys)
{
	return n * row_floats(keys);
}

/* Scores [n, keys] of one head, rows `row` floats apart. */
static void score(const struct attention *attention, const struct attention_keys *keys, size_t column,
		  float *scores, size_t row)
{
	const float *q = attention->queries + column, *k = keys->keys + column;
	const struct product product = { .out = keys->n,
					 .runs = 1,
					 .run = attention->size,
					 .weight = k,
					 .weight_stride = keys->stride };

	if (product_is_fast())
		product_run(&product, q,
			    &(struct product_rows){ attention->n, attention->query_stride, NULL }, scores,
			    &(struct product_rows){ attention->n, row, NULL });
	else
		blas_sgemm(false, true, (int)attention->n, (int)keys->n, (int)attention->size, 1, q,
			   (int)attention->query_stride, k, (int)keys->stride, 0, scores, (int)row);
}

/* The values of one head, mixed by scores [n, keys]; `add`: to what is there. */
static void mix(const struct attention *attention, const struct attention_keys *keys, size_t column,
		const float *scores, size_t row, bool add)
{
	const float *values = keys->values + column;
	float *out = attention->out + column;

	if (product_is_fast())
		product_multiply(scores, row, attention->n, keys->n, values, keys->stride,
				 attention->size, add, out, attention->out_stride);
	else
		blas_sgemm(false, false, (int)attention->n, (int)attention->size, (int)keys->n, 1,
			   scores, (int)row, values, (int)keys->stride, add ? 1 : 0, out,
			   (int)attention->out_stride);
}

void attention_run(const struct attention *attention, float *scores)
{
	const struct attention_keys *keys = &attention->keys, *before = &attention->before;
	size_t length = before->n + keys->n, row = row_floats(length);
	float scale = 1 / sqrtf((float)attention->size), *own = scores + before->n;

	for (size_t head = 0; head < attention->heads; head++) {
		size_t column = head * attention->size;

		if (before->n)
			score(attention, before, column, scores, row);
		score(attention, keys, column, own, row);
		kernels()->softmax(scores, scale, attention->n, length, row);
		mix(attention, keys, column, own, row, false);
		if (before->n)
			mix(attention, before, column, scores, row, true);
	}
}
