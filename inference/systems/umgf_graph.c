/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/umgf_graph.h"

#include "inference/core/attention.h"
#include "inference/core/blas.h"
#include "inference/core/kernels.h"

#include <stdio.h>
#include <string.h>

#define W UMGF_WIDTH
#define HEADS 8
#define HIDDEN 256 /* of the feed-forward layers */
#define EPS 1e-5f

struct name {
	char text[60];
};

/* "mhatt_" and "x" of a layer and ".linears.1" are "mhatt_x.0.linears.1". */
static struct name part(const char *stem, const char *side, size_t layer, const char *rest)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s%s.%zu%s", stem, side, layer, rest);
	return name;
}

static int load_norms(struct umgf_side *side, const char *letter, size_t layer,
		      struct weights *weights, struct err *err)
{
	if (norm_get(&side->attended, weights, part("res4mes_", letter, layer, ".norm").text, W, EPS,
		     err) < 0 ||
	    norm_get(&side->received, weights, part(letter, "gate", layer, ".norm").text, W, EPS,
		     err) < 0)
		return -1;
	return norm_get(&side->expanded, weights, part("res4ffn_", letter, layer, ".norm").text, W, EPS,
			err);
}

static int load_side(struct umgf_side *side, const char *letter, size_t layer,
		     struct weights *weights, struct err *err)
{
	struct {
		const char *stem, *rest;
		struct linear *linear;
		size_t in, out;
	} linears[] = {
		{ "mhatt_", ".linears.0", &side->query, W, W },
		{ "mhatt_", ".linears.1", &side->key, W, W },
		{ "ffn_", ".w_1", &side->expand, W, HIDDEN },
		{ "ffn_", ".w_2", &side->contract, HIDDEN, W },
		{ "mhatt_", ".linears.2", &side->value, W, W },
		{ "mhatt_", ".linears.3", &side->output, W, W },
	};
	size_t n = sizeof(linears) / sizeof(*linears) - (*letter == 'o' ? 2 : 0);

	memset(side, 0, sizeof(*side));
	for (size_t i = 0; i < n; i++)
		if (linear_get(linears[i].linear, weights,
			       part(linears[i].stem, letter, layer, linears[i].rest).text,
			       linears[i].in, linears[i].out, err) < 0)
			return -1;
	return load_norms(side, letter, layer, weights, err);
}

int umgf_graph_init(struct umgf_graph *graph, struct weights *weights, struct err *err)
{
	size_t n = 0;

	do {
		struct umgf_layer *layer = &graph->layers[n];

		if (load_side(&layer->text, "x", n, weights, err) < 0 ||
		    load_side(&layer->objects, "o", n, weights, err) < 0 ||
		    linear_get(&layer->to_text, weights, part("mhatt_", "x2o", n, "").text, 2 * W, W,
			       err) < 0 ||
		    linear_get(&layer->to_objects, weights, part("mhatt_", "o2x", n, "").text, 2 * W, W,
			       err) < 0)
			return -1;
		n++;
	} while (n < UMGF_LAYERS && weights_have(weights, part("mhatt_", "x2o", n, ".weight").text));
	graph->n_layers = n;
	return 0;
}

/* The states of one side, of all records. */
struct nodes {
	char letter;          /* in the names of the dump */
	const size_t *starts; /* [records + 1] */
	size_t n;
	float *states; /* [n, W] */
	float *sums;   /* [n, W], what a step adds */
	float *wide;   /* [n, 3 W] */
};

struct run {
	const struct batch *batch;
	struct nodes text, objects;
	float *scores, *gates; /* of one record */
};

static size_t longest(const struct batch *batch)
{
	size_t most = UMGF_OBJECTS;

	for (size_t i = 0; i < batch->n; i++)
		if (most < batch->rows[i + 1] - batch->rows[i])
			most = batch->rows[i + 1] - batch->rows[i];
	return most;
}

static int prepare(struct run *run, struct scratch *scratch, struct err *err)
{
	size_t text = run->text.n * W, objects = run->objects.n * W, most = longest(run->batch);
	size_t scores = attention_scores(most, most);
	float *memory = scratch_reserve(scratch, 4 * (text + objects) + scores + most * UMGF_OBJECTS * W,
					err);

	if (!memory)
		return -1;
	run->scores = memory;
	run->text.sums = run->scores + scores;
	run->text.wide = run->text.sums + text;
	run->objects.sums = run->text.wide + 3 * text;
	run->objects.wide = run->objects.sums + objects;
	run->gates = run->objects.wide + 3 * objects;
	return 0;
}

static int dump_states(const struct batch *batch, const struct nodes *nodes, const char *kind,
		       size_t layer, struct err *err)
{
	char name[40];

	snprintf(name, sizeof(name), "%c%s_%zu", nodes->letter, kind, layer);
	for (size_t i = 0; batch->dump && i < batch->n; i++)
		if (prediction_dump_rows(batch->dump, batch->numbers[i], name,
					 nodes->starts[i + 1] - nodes->starts[i], W, W,
					 nodes->states + nodes->starts[i] * W, err) < 0)
			return -1;
	return 0;
}

/* Each side attends to itself, within its record. */
static void attend(const struct umgf_side *side, const struct nodes *nodes, size_t records,
		   float *scores)
{
	float *values = nodes->wide + 2 * W;
	const float *addend = nodes->sums;

	linear_run(&side->query, nodes->states, nodes->n, nodes->wide, 3 * W);
	linear_run(&side->key, nodes->states, nodes->n, nodes->wide + W, 3 * W);
	if (side->value.weight)
		linear_run(&side->value, nodes->states, nodes->n, values, 3 * W);
	else
		for (size_t i = 0; i < nodes->n; i++)
			memcpy(values + i * 3 * W, nodes->states + i * W, W * sizeof(*values));
	for (size_t i = 0; i < records; i++) {
		size_t start = nodes->starts[i], n = nodes->starts[i + 1] - start;
		const float *wide = nodes->wide + start * 3 * W;

		attention_run(&(struct attention){ .heads = HEADS, .size = W / HEADS, .queries = wide,
						   .query_stride = 3 * W, .n = n,
						   .keys = { wide + W, wide + 2 * W, 3 * W, n },
						   .out = nodes->sums + start * W, .out_stride = W },
			      scores);
	}
	if (side->output.weight) {
		linear_run(&side->output, nodes->sums, nodes->n, nodes->wide, W);
		addend = nodes->wide;
	}
	norm_run_sum(&side->attended, nodes->states, addend, NULL, nodes->n);
}

/* A gate's product falls into what a piece and what an object give to it: halves [n, W] of each side. */
static void halve(const struct linear *gate, const struct nodes *nodes, const float *weight, float *half)
{
	blas_sgemm(false, true, (int)nodes->n, (int)W, (int)W, 1, nodes->states, (int)W, weight,
		   (int)gate->in, 0, half, (int)W);
}

/* Messages between the nodes of one record: out[t] [W] is the sum over f of gates[t, f] * from[f]. */
static void send(const float *to_half, size_t n_to, const float *from_half, const float *from,
		 size_t n_from, float *gates, float *out)
{
	for (size_t t = 0; t < n_to; t++)
		for (size_t f = 0; f < n_from; f++)
			for (size_t i = 0; i < W; i++)
				gates[(t * n_from + f) * W + i] = to_half[t * W + i] + from_half[f * W + i];
	sigmoid_run(gates, n_to * n_from * W);
	memset(out, 0, n_to * W * sizeof(*out));
	for (size_t t = 0; t < n_to; t++)
		for (size_t f = 0; f < n_from; f++)
			for (size_t i = 0; i < W; i++)
				out[t * W + i] += gates[(t * n_from + f) * W + i] * from[f * W + i];
}

static int dump_gates(const struct run *run, size_t record, const char *kind, size_t layer,
		      size_t n_to, size_t n_from, struct err *err)
{
	const size_t shape[] = { n_to, n_from, W };
	char name[40];

	snprintf(name, sizeof(name), "%s_gate_%zu", kind, layer);
	return prediction_dump_add(run->batch->dump, run->batch->numbers[record], name, TENSOR_F32, 3,
				   shape, run->gates, err);
}

/* Messages to the nodes `to` of all records. */
static int send_all(const struct run *run, const struct nodes *to, const float *to_half,
		    const struct nodes *from, const float *from_half, const char *kind, size_t layer,
		    struct err *err)
{
	for (size_t i = 0; i < run->batch->n; i++) {
		size_t t = to->starts[i], f = from->starts[i];
		size_t n_to = to->starts[i + 1] - t, n_from = from->starts[i + 1] - f;

		send(to_half + t * W, n_to, from_half + f * W, from->states + f * W, n_from, run->gates,
		     to->sums + t * W);
		if (dump_gates(run, i, kind, layer, n_to, n_from, err) < 0)
			return -1;
	}
	return 0;
}

/* Both sides' messages are made of the states before either is received. */
static int exchange(const struct run *run, const struct umgf_layer *layer, size_t number,
		    struct err *err)
{
	const struct nodes *text = &run->text, *objects = &run->objects;
	float *text_halves[] = { text->wide, text->wide + text->n * W };
	float *object_halves[] = { objects->wide, objects->wide + objects->n * W };
	const struct linear *gates[] = { &layer->to_text, &layer->to_objects };

	for (int i = 0; i < 2; i++) {
		halve(gates[i], text, gates[i]->weight, text_halves[i]);
		halve(gates[i], objects, gates[i]->weight + W, object_halves[i]);
		kernels()->add_bias(object_halves[i], gates[i]->bias, objects->n, W);
	}
	if (send_all(run, text, text_halves[0], objects, object_halves[0], "x2o", number, err) < 0 ||
	    send_all(run, objects, object_halves[1], text, text_halves[1], "o2x", number, err) < 0)
		return -1;
	norm_run_sum(&layer->text.received, text->states, text->sums, NULL, text->n);
	norm_run_sum(&layer->objects.received, objects->states, objects->sums, NULL, objects->n);
	return 0;
}

static void expand(const struct umgf_side *side, const struct nodes *nodes)
{
	linear_run(&side->expand, nodes->states, nodes->n, nodes->wide, HIDDEN);
	relu_run(nodes->wide, nodes->n * HIDDEN);
	linear_run(&side->contract, nodes->wide, nodes->n, nodes->sums, W);
	norm_run_sum(&side->expanded, nodes->states, nodes->sums, NULL, nodes->n);
}

static int run_layer(const struct run *run, const struct umgf_layer *layer, size_t number,
		     struct err *err)
{
	const struct nodes *text = &run->text, *objects = &run->objects;
	const struct batch *batch = run->batch;

	attend(&layer->text, text, batch->n, run->scores);
	attend(&layer->objects, objects, batch->n, run->scores);
	if (dump_states(batch, text, "_self", number, err) < 0 ||
	    dump_states(batch, objects, "_self", number, err) < 0 ||
	    exchange(run, layer, number, err) < 0 ||
	    dump_states(batch, text, "_fused", number, err) < 0 ||
	    dump_states(batch, objects, "_fused", number, err) < 0)
		return -1;
	expand(&layer->text, text);
	expand(&layer->objects, objects);
	if (dump_states(batch, text, "", number, err) < 0)
		return -1;
	return dump_states(batch, objects, "", number, err);
}

int umgf_graph_run(const struct umgf_graph *graph, const struct batch *batch, float *text,
		   float *objects, struct worker *worker, struct err *err)
{
	size_t *starts = arena_alloc(&worker->arena, batch->n + 1, sizeof(*starts));
	struct run run = { .batch = batch };

	if (!starts)
		return err_set_memory(err);
	for (size_t i = 0; i <= batch->n; i++)
		starts[i] = i * UMGF_OBJECTS;
	run.text = (struct nodes){ 'x', batch->rows, batch->rows[batch->n], text, NULL, NULL };
	run.objects = (struct nodes){ 'o', starts, starts[batch->n], objects, NULL, NULL };
	if (prepare(&run, &worker->own, err) < 0)
		return -1;
	for (size_t i = 0; i < graph->n_layers; i++)
		if (run_layer(&run, &graph->layers[i], i, err) < 0)
			return -1;
	return 0;
}
