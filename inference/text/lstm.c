/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/lstm.h"

#include "inference/core/kernels.h"
#include "lib/base/checked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GATES 4
#define HIDDEN_LIMIT 8192
#define INPUT_LIMIT 65536

struct name {
	char text[100];
};

static struct name part(const char *prefix, const char *kind, size_t layer, size_t direction)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s%s_l%zu%s", prefix, kind, layer,
		 direction ? "_reverse" : "");
	return name;
}

/* Sizes, as the tensors of the first layer say them. */
static int read_sizes(struct lstm *lstm, const struct weights *weights, const char *prefix,
		      struct err *err)
{
	struct name first = part(prefix, "weight_ih", 0, 0);
	struct shape shape;

	if (!weights_shape(weights, first.text, &shape))
		return err_set_at(err, weights->path, 0, 0, "there is no tensor '%s'", first.text);
	if (shape.n != 2 || shape.dims[0] == 0 || shape.dims[0] % GATES ||
	    shape.dims[0] / GATES > HIDDEN_LIMIT || shape.dims[1] == 0 || shape.dims[1] > INPUT_LIMIT)
		return err_set_at(err, weights->path, 0, 0,
				  "tensor '%s' is no matrix of 4 times 1 to %d rows and 1 to %d columns",
				  first.text, HIDDEN_LIMIT, INPUT_LIMIT);
	*lstm = (struct lstm){ .input = shape.dims[1], .hidden = shape.dims[0] / GATES };
	lstm->directions = weights_have(weights, part(prefix, "weight_ih", 0, 1).text) ? 2 : 1;
	while (weights_have(weights, part(prefix, "weight_ih", lstm->layers, 0).text))
		if (++lstm->layers > LSTM_LAYERS)
			return err_set_at(err, weights->path, 0, 0, "it has more than %d layers of LSTM",
					  LSTM_LAYERS);
	return 0;
}

static int get_cell(struct lstm *lstm, struct weights *weights, const char *prefix, size_t layer,
		    size_t direction, struct err *err)
{
	struct lstm_cell *cell = &lstm->cells[layer][direction];
	size_t in = layer ? lstm_width(lstm) : lstm->input, hidden = lstm->hidden, out = GATES * hidden;
	const struct {
		const char *kind;
		struct shape shape;
		const float **pointer;
	} tensors[] = {
		{ "weight_ih", SHAPE(out, in), &cell->input.weight },
		{ "weight_hh", SHAPE(out, hidden), &cell->recurrent.weight },
		{ "bias_ih", SHAPE(out), &cell->input.bias },
		{ "bias_hh", SHAPE(out), &cell->recurrent.bias },
	};

	cell->input = (struct linear){ .in = in, .out = out };
	cell->recurrent = (struct linear){ .in = hidden, .out = out };
	for (size_t i = 0; i < sizeof(tensors) / sizeof(*tensors); i++)
		if (weights_get(weights, part(prefix, tensors[i].kind, layer, direction).text,
				tensors[i].shape, tensors[i].pointer, err) < 0)
			return -1;
	return 0;
}

int lstm_get(struct lstm *lstm, struct weights *weights, const char *prefix, struct err *err)
{
	if (read_sizes(lstm, weights, prefix, err) < 0)
		return -1;
	for (size_t layer = 0; layer < lstm->layers; layer++)
		for (size_t direction = 0; direction < lstm->directions; direction++)
			if (get_cell(lstm, weights, prefix, layer, direction, err) < 0)
				return -1;
	return 0;
}

size_t lstm_width(const struct lstm *lstm)
{
	return lstm->directions * lstm->hidden;
}

struct span {
	size_t first, n; /* rows */
};

struct run {
	const struct lstm *lstm;
	size_t rows, n;
	struct span *sequences; /* [n], the longest first: those that go on stand together */
	float *projected;       /* [rows, GATES * hidden] */
	float *gates;           /* [n, GATES * hidden] */
	float *h, *c;           /* [n, hidden] */
};

static int longer_first(const void *a, const void *b)
{
	const struct span *one = a, *other = b;

	if (one->n != other->n)
		return one->n < other->n ? 1 : -1;
	return one->first < other->first ? -1 : one->first > other->first;
}

static int prepare(struct run *run, const size_t *starts, struct arena *arena, struct err *err)
{
	size_t hidden = run->lstm->hidden, wide = GATES * hidden;

	run->rows = starts[run->n];
	run->sequences = arena_alloc(arena, run->n + 1, sizeof(*run->sequences));
	run->projected = arena_alloc(arena, run->rows + 1, wide * sizeof(*run->projected));
	run->gates = arena_alloc(arena, run->n + 1, wide * sizeof(*run->gates));
	run->h = arena_alloc(arena, run->n + 1, hidden * sizeof(*run->h));
	run->c = arena_alloc(arena, run->n + 1, hidden * sizeof(*run->c));
	if (!run->sequences || !run->projected || !run->gates || !run->h || !run->c)
		return err_set_memory(err);
	for (size_t s = 0; s < run->n; s++)
		run->sequences[s] = (struct span){ starts[s], starts[s + 1] - starts[s] };
	qsort(run->sequences, run->n, sizeof(*run->sequences), longer_first);
	return 0;
}

static float sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

static void step(const float *gates, size_t hidden, float *h, float *c)
{
	for (size_t i = 0; i < hidden; i++) {
		float kept = sigmoid(gates[hidden + i]) * c[i];

		c[i] = kept + sigmoid(gates[i]) * tanhf(gates[2 * hidden + i]);
		h[i] = sigmoid(gates[3 * hidden + i]) * tanhf(c[i]);
	}
}

/* All sequences a row at a time, from their first or their last; rows of `out` are `stride` apart. */
static void run_cell(const struct run *run, const struct lstm_cell *cell, const float *x, bool backward,
		     float *out, size_t stride)
{
	size_t hidden = run->lstm->hidden, wide = GATES * hidden, active = run->n;

	memset(run->h, 0, run->n * hidden * sizeof(*run->h));
	memset(run->c, 0, run->n * hidden * sizeof(*run->c));
	linear_run(&cell->input, x, run->rows, run->projected, wide);
	for (size_t place = 0;; place++) {
		while (active && run->sequences[active - 1].n <= place)
			active--;
		if (!active)
			return;
		linear_run(&cell->recurrent, run->h, active, run->gates, wide);
		for (size_t s = 0; s < active; s++) {
			struct span span = run->sequences[s];
			size_t row = span.first + (backward ? span.n - 1 - place : place);
			float *gates = run->gates + s * wide, *h = run->h + s * hidden;

			kernels()->add(gates, run->projected + row * wide, wide);
			step(gates, hidden, h, run->c + s * hidden);
			memcpy(out + row * stride, h, hidden * sizeof(*h));
		}
	}
}

int lstm_run(const struct lstm *lstm, const float *x, const size_t *starts, size_t n,
	     struct arena *arena, const float **states, struct err *err)
{
	struct run run = { .lstm = lstm, .n = n };
	size_t width = lstm_width(lstm);

	if (prepare(&run, starts, arena, err) < 0)
		return -1;
	for (size_t layer = 0; layer < lstm->layers; layer++) {
		float *out = arena_alloc(arena, run.rows + 1, width * sizeof(*out));

		if (!out)
			return err_set_memory(err);
		for (size_t direction = 0; direction < lstm->directions; direction++)
			run_cell(&run, &lstm->cells[layer][direction], x, direction == 1,
				 out + direction * lstm->hidden, width);
		x = out;
	}
	*states = x;
	return 0;
}
