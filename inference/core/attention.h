/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attention of several heads: out = softmax(q k^T / sqrt(size)) v, for each head in its own columns.
 * Nothing is masked: who has rows that must not be attended to gives fewer keys.
 *
 *	attention_run(&(struct attention){ .heads = 12, .size = 64, ... }, scores);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_ATTENTION_H
#define TAGSIGHT_INFERENCE_CORE_ATTENTION_H

#include <stddef.h>

/* Keys and values [n, heads * size], rows `stride` floats apart. */
struct attention_keys {
	const float *keys, *values;
	size_t stride, n;
};

struct attention {
	size_t heads, size;   /* heads, and columns of each */
	const float *queries; /* [n, heads * size] */
	size_t query_stride, n;
	struct attention_keys keys;
	struct attention_keys before; /* keys and values that stand before them; n 0: none */
	float *out;                   /* [n, heads * size], not overlapping what is read */
	size_t out_stride;
};

/* Floats of scores for n queries and so many keys, those before included. */
size_t attention_scores(size_t n, size_t keys);

/* `scores` has room for attention_scores(). Requires blas_open(). */
void attention_run(const struct attention *attention, float *scores);

#endif
