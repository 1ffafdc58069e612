/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/encoder.h"

#include "inference/core/attention.h"
#include "inference/core/kernels.h"
#include "inference/core/layers.h"

#include <string.h>

/* The parts of the scratch for n rows, of which the longest sequence has `longest`. */
struct run {
	const struct encoder *encoder;
	const struct kernels *kernels;
	const struct encoder_batch *batch;
	size_t n;
	float *x;      /* [n, H], the states */
	float *y;      /* [n, H], the heads, then what is added to x */
	float *qkv;    /* [n, 3 H] */
	float *wide;   /* [n, I] */
	float *scores; /* of the longest sequence */
};

size_t encoder_first_row(const struct encoder_batch *batch, size_t sequence)
{
	return batch->starts[sequence] + sequence * batch->extra_length;
}

static size_t sequence_rows(const struct encoder_batch *batch, size_t sequence)
{
	return encoder_first_row(batch, sequence + 1) - encoder_first_row(batch, sequence);
}

static int prepare(struct run *run, struct scratch *scratch, struct err *err)
{
	const struct encoder_config *config = &run->encoder->config;
	const struct encoder_batch *batch = run->batch;
	size_t longest = 0, hidden = config->hidden, scores, n;

	for (size_t s = 0; s < batch->n_sequences; s++)
		if (sequence_rows(batch, s) > longest)
			longest = sequence_rows(batch, s);
	if (longest > config->max_position)
		BUG("encoder_run: a sequence is longer than the positions");
	n = run->n = encoder_first_row(batch, batch->n_sequences);
	scores = attention_scores(longest, batch->prefix_length + longest);
	run->x = scratch_reserve(scratch, n * (5 * hidden + config->intermediate) + scores, err);
	if (!run->x)
		return -1;
	run->y = run->x + n * hidden;
	run->qkv = run->y + n * hidden;
	run->wide = run->qkv + n * 3 * hidden;
	run->scores = run->wide + n * config->intermediate;
	return 0;
}

/* Add the vectors of position and token type to row `place` of a sequence. */
static void embed_place(const struct run *run, size_t row, size_t place, size_t type)
{
	const struct encoder *encoder = run->encoder;
	size_t hidden = encoder->config.hidden;
	float *x = run->x + row * hidden, *position = run->y + row * hidden;

	weight_table_row(&encoder->position, encoder->config.first_position + place, position);
	run->kernels->add(x, position, hidden);
	run->kernels->add(x, encoder->token_types + type * hidden, hidden);
}

static void embed_sequence(const struct run *run, size_t s)
{
	const struct encoder *encoder = run->encoder;
	const struct encoder_batch *batch = run->batch;
	size_t hidden = encoder->config.hidden, row = encoder_first_row(batch, s), place = 0;

	for (size_t i = batch->starts[s]; i < batch->starts[s + 1]; i++, row++, place++) {
		float *x = run->x + row * hidden;

		weight_table_row(&encoder->word, (size_t)batch->ids[i], x);
		embed_place(run, row, place, 0);
		if (encoder->cases)
			run->kernels->add(x, encoder->cases + batch->cases[i] * hidden, hidden);
	}
	if (batch->extra_length)
		memcpy(run->x + row * hidden, batch->extras[s],
		       batch->extra_length * hidden * sizeof(*run->x));
	for (size_t i = 0; i < batch->extra_length; i++, row++, place++)
		embed_place(run, row, place, 1);
}

static void embed(const struct run *run)
{
	const struct encoder *encoder = run->encoder;

	for (size_t s = 0; s < run->batch->n_sequences; s++)
		embed_sequence(run, s);
	run->kernels->layer_norm(run->x, encoder->norm_weight, encoder->norm_bias,
				 encoder->config.eps, run->n, encoder->config.hidden);
}

/* y [n, outputs] = x [n, inputs] * weight [outputs, inputs] transposed; rows of y are `stride`
 * apart. */
static void multiply(const struct run *run, const float *x, const float *weight, size_t inputs,
		     size_t outputs, float *y, size_t stride)
{
	const struct linear linear = { .in = inputs, .out = outputs, .weight = weight };

	linear_multiply(&linear, x, run->n, y, stride);
}

/* Keys or values of the rows that are attended to. */
static void project_attended(const struct run *run, const struct linear *linear, float *out)
{
	const struct encoder_batch *batch = run->batch;

	for (size_t s = 0; s < batch->n_sequences; s++) {
		size_t row = encoder_first_row(batch, s);

		linear_run(linear, run->x + row * linear->in, batch->keys[s], out + row * 3 * linear->in,
			   3 * linear->in);
	}
}

/* Queries, keys and values side by side. */
static void project(const struct run *run, const struct encoder_layer *layer)
{
	const float *const parts[] = { layer->query, layer->key, layer->value };
	size_t hidden = run->encoder->config.hidden;

	for (size_t i = 0; i < 3; i++) {
		const struct linear linear = { hidden, hidden, parts[i], layer->qkv_bias + i * hidden };

		if (i > 0 && run->batch->keys)
			project_attended(run, &linear, run->qkv + i * hidden);
		else
			linear_run(&linear, run->x, run->n, run->qkv + i * hidden, 3 * hidden);
	}
}

/* The heads of one sequence, to y; the prefix, if there is one, stands before its own keys. */
static void attend(const struct run *run, size_t s, size_t layer)
{
	const struct encoder_batch *batch = run->batch;
	const struct encoder_config *config = &run->encoder->config;
	size_t hidden = config->hidden, row = encoder_first_row(batch, s);
	const float *q = run->qkv + row * 3 * hidden;
	struct attention attention = {
		.heads = config->heads,
		.size = hidden / config->heads,
		.queries = q,
		.query_stride = 3 * hidden,
		.n = sequence_rows(batch, s),
		.keys = { q + hidden, q + 2 * hidden, 3 * hidden,
			  batch->keys ? batch->keys[s] : sequence_rows(batch, s) },
		.out = run->y + row * hidden,
		.out_stride = hidden,
	};

	if (batch->prefixes) {
		const struct encoder_prefix *prefix = &batch->prefixes[s * config->layers + layer];

		attention.before = (struct attention_keys){ prefix->keys, prefix->values, hidden,
							    batch->prefix_length };
	}
	attention_run(&attention, run->scores);
}

static void run_layer(const struct run *run, size_t number)
{
	const struct encoder_layer *layer = &run->encoder->layers[number];
	size_t hidden = run->encoder->config.hidden, wide = run->encoder->config.intermediate;
	const struct linear expand = { hidden, wide, layer->expand, layer->expand_bias };
	float eps = run->encoder->config.eps;

	project(run, layer);
	for (size_t s = 0; s < run->batch->n_sequences; s++)
		attend(run, s, number);
	multiply(run, run->y, layer->output, hidden, hidden, run->qkv, hidden);
	run->kernels->add_norm(run->x, run->qkv, layer->output_bias, layer->attention_norm_weight,
			       layer->attention_norm_bias, eps, run->n, hidden);

	linear_run_gelu(&expand, run->x, run->n, run->wide);
	multiply(run, run->wide, layer->contract, wide, hidden, run->y, hidden);
	run->kernels->add_norm(run->x, run->y, layer->contract_bias, layer->norm_weight,
			       layer->norm_bias, eps, run->n, hidden);
}

int encoder_run(const struct encoder *encoder, const struct encoder_batch *batch,
		struct scratch *scratch, const struct encoder_observer *observer,
		const float **states, struct err *err)
{
	struct run run = { .encoder = encoder, .kernels = kernels(), .batch = batch };

	if (prepare(&run, scratch, err) < 0)
		return -1;
	embed(&run);
	for (size_t i = 0; i < encoder->config.layers; i++) {
		if (observer)
			observer->see(observer->context, i, run.x);
		run_layer(&run, i);
	}
	if (observer)
		observer->see(observer->context, encoder->config.layers, run.x);
	*states = run.x;
	return 0;
}
