/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/transformer_layer.h"

#include "inference/core/attention.h"

#include <stdio.h>

struct name {
	char text[160];
};

static struct name part(const char *stack, size_t layer, const char *kind)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s.layer.%zu.%s", stack, layer, kind);
	return name;
}

static int get_layer(struct transformer_layer *layer, struct weights *weights, const char *name,
		     size_t number, const struct transformer_stack *stack, float eps, struct err *err)
{
	size_t hidden = stack->hidden, wide = stack->intermediate;
	const struct {
		const char *part;
		struct linear *linear;
		size_t in, out;
	} linears[] = {
		{ "attention.self.query", &layer->query, hidden, hidden },
		{ "attention.self.key", &layer->key, hidden, hidden },
		{ "attention.self.value", &layer->value, hidden, hidden },
		{ "attention.output.dense", &layer->output, hidden, hidden },
		{ "intermediate.dense", &layer->expand, hidden, wide },
		{ "output.dense", &layer->contract, wide, hidden },
	};

	for (size_t i = 0; i < sizeof(linears) / sizeof(*linears); i++)
		if (linear_get(linears[i].linear, weights, part(name, number, linears[i].part).text,
			       linears[i].in, linears[i].out, err) < 0)
			return -1;
	if (norm_get(&layer->attention_norm, weights,
		     part(name, number, "attention.output.LayerNorm").text, hidden, eps, err) < 0)
		return -1;
	return norm_get(&layer->norm, weights, part(name, number, "output.LayerNorm").text, hidden, eps,
			err);
}

/* Layers in the file, at least 1: then it is the tensors of the first that are missed. */
static size_t count_layers(const struct weights *weights, const char *name)
{
	size_t n = 1;

	while (weights_have(weights, part(name, n, "intermediate.dense.weight").text))
		n++;
	return n;
}

int transformer_stack_get(struct transformer_stack *stack, struct weights *weights, const char *name,
			  size_t hidden, size_t heads, float eps, struct err *err)
{
	struct shape shape;

	*stack = (struct transformer_stack){ hidden, heads, .intermediate = 4 * hidden };
	if (weights_shape(weights, part(name, 0, "intermediate.dense.weight").text, &shape) &&
	    shape.n == 2 && shape.dims[0])
		stack->intermediate = shape.dims[0];
	stack->n = count_layers(weights, name);
	if (stack->n > TRANSFORMER_LAYERS)
		return err_set_at(err, weights->path, 0, 0, "'%s' has more than %d layers", name,
				  TRANSFORMER_LAYERS);
	for (size_t i = 0; i < stack->n; i++)
		if (get_layer(&stack->layers[i], weights, name, i, stack, eps, err) < 0)
			return -1;
	return 0;
}

/* A run over n rows that attend to m, and its parts of the scratch. */
struct run {
	const struct transformer_stack *stack;
	const struct transformer_batch *batch;
	size_t n, m;
	float *queries; /* [n, H], then what is added to the input */
	float *heads;   /* [n, H] */
	float *keys;    /* [m, 2 H], keys and values side by side */
	float *wide;    /* [n, I] */
	float *scores;  /* of the largest sequence */
};

static const size_t *key_starts(const struct transformer_batch *batch)
{
	return batch->others ? batch->other_starts : batch->starts;
}

static size_t score_floats(const struct transformer_batch *batch)
{
	const size_t *starts = batch->starts, *others = key_starts(batch);
	size_t most = 0;

	for (size_t s = 0; s < batch->n; s++) {
		size_t floats = attention_scores(starts[s + 1] - starts[s], others[s + 1] - others[s]);

		most = floats > most ? floats : most;
	}
	return most;
}

static int prepare(struct run *run, struct scratch *scratch, struct err *err)
{
	size_t hidden = run->stack->hidden, wide = run->stack->intermediate;
	size_t n = run->n = run->batch->starts[run->batch->n];
	size_t m = run->m = key_starts(run->batch)[run->batch->n];
	size_t size = n * (2 * hidden + wide) + m * 2 * hidden + score_floats(run->batch);

	run->queries = scratch_reserve(scratch, size, err);
	if (!run->queries)
		return -1;
	run->heads = run->queries + n * hidden;
	run->keys = run->heads + n * hidden;
	run->wide = run->keys + m * 2 * hidden;
	run->scores = run->wide + n * wide;
	return 0;
}

static void attend(const struct run *run, size_t s)
{
	size_t hidden = run->stack->hidden, row = run->batch->starts[s];
	const size_t *starts = key_starts(run->batch);
	const float *keys = run->keys + starts[s] * 2 * hidden;
	const struct attention attention = {
		.heads = run->stack->heads,
		.size = hidden / run->stack->heads,
		.queries = run->queries + row * hidden,
		.query_stride = hidden,
		.n = run->batch->starts[s + 1] - row,
		.keys = { keys, keys + hidden, 2 * hidden, starts[s + 1] - starts[s] },
		.out = run->heads + row * hidden,
		.out_stride = hidden,
	};

	attention_run(&attention, run->scores);
}

static void run_layer(const struct run *run, const struct transformer_layer *layer, float *x)
{
	size_t hidden = run->stack->hidden, n = run->n;
	const float *others = run->batch->others ? run->batch->others : x;

	linear_run(&layer->query, x, n, run->queries, hidden);
	linear_run(&layer->key, others, run->m, run->keys, 2 * hidden);
	linear_run(&layer->value, others, run->m, run->keys + hidden, 2 * hidden);
	for (size_t s = 0; s < run->batch->n; s++)
		attend(run, s);
	linear_multiply(&layer->output, run->heads, n, run->queries, hidden);
	norm_run_sum(&layer->attention_norm, x, run->queries, layer->output.bias, n);

	linear_run_gelu(&layer->expand, x, n, run->wide);
	linear_multiply(&layer->contract, run->wide, n, run->queries, hidden);
	norm_run_sum(&layer->norm, x, run->queries, layer->contract.bias, n);
}

int transformer_stack_run(const struct transformer_stack *stack,
			  const struct transformer_batch *batch, float *x, struct scratch *scratch,
			  struct err *err)
{
	struct run run = { .stack = stack, .batch = batch };

	if (prepare(&run, scratch, err) < 0)
		return -1;
	for (size_t i = 0; i < stack->n; i++)
		run_layer(&run, &stack->layers[i], x);
	return 0;
}
