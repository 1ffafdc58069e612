/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/encoder.h"

#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The parts of the scratch for n pieces, of which the longest sequence has `longest`. */
struct run {
	const struct encoder *encoder;
	const struct kernels *kernels;
	const struct encoder_batch *batch;
	size_t n;
	float *x;      /* [n, H], the states */
	float *y;      /* [n, H], the heads, then what is added to x */
	float *qkv;    /* [n, 3 H] */
	float *wide;   /* [n, I] */
	float *scores; /* [longest, padded(prefix length + longest)] */
};

void encoder_scratch_release(struct encoder_scratch *scratch)
{
	free(scratch->memory);
	memset(scratch, 0, sizeof(*scratch));
}

static int reserve(struct encoder_scratch *scratch, size_t size, struct err *err)
{
	float *memory;

	if (size <= scratch->size)
		return 0;
	free(scratch->memory);
	scratch->size = 0;
	memory = checked_realloc(NULL, size, sizeof(*memory));
	scratch->memory = memory;
	if (!memory)
		return err_set_memory(err);
	scratch->size = size;
	return 0;
}

/* The elements from one row of scores to the next. */
static size_t padded(size_t width)
{
	return (width + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
}

static int prepare(struct run *run, struct encoder_scratch *scratch, struct err *err)
{
	const struct encoder_config *config = &run->encoder->config;
	const struct encoder_batch *batch = run->batch;
	size_t longest = 0, hidden = config->hidden, n;

	for (size_t s = 0; s < batch->n_sequences; s++)
		if (batch->starts[s + 1] - batch->starts[s] > longest)
			longest = batch->starts[s + 1] - batch->starts[s];
	if (longest > config->max_position)
		BUG("encoder_run: a sequence is longer than the positions");
	n = batch->starts[batch->n_sequences];
	run->n = n;
	if (reserve(scratch, n * (5 * hidden + config->intermediate) + longest * padded(batch->prefix_length + longest), err) < 0)
		return -1;
	run->x = scratch->memory;
	run->y = run->x + n * hidden;
	run->qkv = run->y + n * hidden;
	run->wide = run->qkv + n * 3 * hidden;
	run->scores = run->wide + n * config->intermediate;
	return 0;
}

static void embed_sequence(const struct run *run, size_t begin, size_t end)
{
	const struct encoder *encoder = run->encoder;
	size_t hidden = encoder->config.hidden;

	for (size_t i = begin; i < end; i++) {
		float *x = run->x + i * hidden, *position = run->y + i * hidden;

		weight_table_row(&encoder->word, (size_t)run->batch->ids[i], x);
		weight_table_row(&encoder->position, i - begin, position);
		run->kernels->add(x, position, hidden);
		run->kernels->add(x, encoder->token_type, hidden);
		if (encoder->cases)
			run->kernels->add(x, encoder->cases + run->batch->cases[i] * hidden, hidden);
	}
}

static void embed(const struct run *run)
{
	const struct encoder *encoder = run->encoder;

	for (size_t s = 0; s < run->batch->n_sequences; s++)
		embed_sequence(run, run->batch->starts[s], run->batch->starts[s + 1]);
	run->kernels->layer_norm(run->x, encoder->norm_weight, encoder->norm_bias,
				 encoder->config.eps, run->n, encoder->config.hidden);
}

/* y [n, outputs] = x [n, inputs] * weight [outputs, inputs] transposed; rows of y are `stride`
 * apart. */
static void multiply(const struct run *run, const float *x, const float *weight, size_t inputs,
		     size_t outputs, float *y, size_t stride)
{
	blas_sgemm(false, true, (int)run->n, (int)outputs, (int)inputs, 1, x, (int)inputs, weight,
		   (int)inputs, 0, y, (int)stride);
}

/* Queries, keys and values side by side: one product where their matrices are one after another. */
static void project(const struct run *run, const struct encoder_layer *layer)
{
	const float *const parts[] = { layer->query, layer->key, layer->value };
	size_t hidden = run->encoder->config.hidden, wide = 3 * hidden;

	if (parts[1] == parts[0] + hidden * hidden && parts[2] == parts[1] + hidden * hidden)
		multiply(run, run->x, parts[0], hidden, wide, run->qkv, wide);
	else
		for (size_t i = 0; i < 3; i++)
			multiply(run, run->x, parts[i], hidden, hidden, run->qkv + i * hidden, wide);
	run->kernels->add_bias(run->qkv, layer->qkv_bias, run->n, wide);
}

/* The heads of one sequence: y = softmax(q k^T / sqrt(d)) v, for each head in its own columns, where
 * the prefix, if there is one, stands before the sequence's own keys and values. */
static void attend(const struct run *run, size_t begin, size_t end,
		   const struct encoder_prefix *prefix)
{
	size_t hidden = run->encoder->config.hidden, size = hidden / run->encoder->config.heads;
	size_t before = prefix ? run->batch->prefix_length : 0, length = before + end - begin;
	size_t row = padded(length);
	int n = (int)(end - begin), stride = (int)(3 * hidden), d = (int)size;
	float scale = 1 / sqrtf((float)size), *own = run->scores + before;

	for (size_t column = 0; column < hidden; column += size) {
		const float *q = run->qkv + begin * 3 * hidden + column;
		float *y = run->y + begin * hidden + column;

		if (before)
			blas_sgemm(false, true, n, (int)before, d, 1, q, stride, prefix->keys + column,
				   (int)hidden, 0, run->scores, (int)row);
		blas_sgemm(false, true, n, n, d, 1, q, stride, q + hidden, stride, 0, own, (int)row);
		run->kernels->softmax(run->scores, scale, (size_t)n, length, row);
		blas_sgemm(false, false, n, d, n, 1, own, (int)row, q + 2 * hidden, stride, 0, y,
			   (int)hidden);
		if (before)
			blas_sgemm(false, false, n, d, (int)before, 1, run->scores, (int)row,
				   prefix->values + column, (int)hidden, 1, y, (int)hidden);
	}
}

static void run_layer(const struct run *run, size_t number)
{
	const struct encoder_layer *layer = &run->encoder->layers[number];
	size_t hidden = run->encoder->config.hidden, wide = run->encoder->config.intermediate;
	size_t layers = run->encoder->config.layers;
	float eps = run->encoder->config.eps;
	const struct encoder_batch *batch = run->batch;

	project(run, layer);
	for (size_t s = 0; s < batch->n_sequences; s++)
		attend(run, batch->starts[s], batch->starts[s + 1],
		       batch->prefixes ? &batch->prefixes[s * layers + number] : NULL);
	multiply(run, run->y, layer->output, hidden, hidden, run->qkv, hidden);
	run->kernels->add_norm(run->x, run->qkv, layer->output_bias, layer->attention_norm_weight,
			       layer->attention_norm_bias, eps, run->n, hidden);

	multiply(run, run->x, layer->expand, hidden, wide, run->wide, wide);
	run->kernels->gelu(run->wide, layer->expand_bias, run->n, wide);
	multiply(run, run->wide, layer->contract, wide, hidden, run->y, hidden);
	run->kernels->add_norm(run->x, run->y, layer->contract_bias, layer->norm_weight,
			       layer->norm_bias, eps, run->n, hidden);
}

int encoder_run(const struct encoder *encoder, const struct encoder_batch *batch,
		struct encoder_scratch *scratch, const float **states, struct err *err)
{
	struct run run = { .encoder = encoder, .kernels = kernels(), .batch = batch };

	if (prepare(&run, scratch, err) < 0)
		return -1;
	embed(&run);
	for (size_t i = 0; i < encoder->config.layers; i++)
		run_layer(&run, i);
	*states = run.x;
	return 0;
}
