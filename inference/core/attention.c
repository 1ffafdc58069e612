/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/attention.h"

#include "inference/core/blas.h"
#include "inference/core/kernels.h"

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

void attention_run(const struct attention *attention, float *scores)
{
	const struct attention_keys *keys = &attention->keys, *before = &attention->before;
	size_t length = before->n + keys->n, row = row_floats(length);
	int n = (int)attention->n, size = (int)attention->size, stride = (int)row;
	int query_stride = (int)attention->query_stride, out_stride = (int)attention->out_stride;
	float scale = 1 / sqrtf((float)attention->size), *own = scores + before->n;

	for (size_t head = 0; head < attention->heads; head++) {
		size_t column = head * attention->size;
		const float *q = attention->queries + column;
		float *out = attention->out + column;

		if (before->n)
			blas_sgemm(false, true, n, (int)before->n, size, 1, q, query_stride,
				   before->keys + column, (int)before->stride, 0, scores, stride);
		blas_sgemm(false, true, n, (int)keys->n, size, 1, q, query_stride, keys->keys + column,
			   (int)keys->stride, 0, own, stride);
		kernels()->softmax(scores, scale, attention->n, length, row);
		blas_sgemm(false, false, n, size, (int)keys->n, 1, own, stride, keys->values + column,
			   (int)keys->stride, 0, out, out_stride);
		if (before->n)
			blas_sgemm(false, false, n, size, (int)before->n, 1, scores, stride,
				   before->values + column, (int)before->stride, 1, out, out_stride);
	}
}
