/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LSTMs as PyTorch's nn.LSTM: several layers, one way or both, on ragged sequences. Layer l reads
 * what layer l - 1 gave. With x a row, h and c the states of the row before it (zeros at first) and
 * i, f, g, o the quarters of w_ih x + b_ih + w_hh h + b_hh in this order:
 *
 *	c = sigmoid(f) c + sigmoid(i) tanh(g),  h = sigmoid(o) tanh(c)
 *
 * Tensors are named weight_ih_l0, bias_hh_l1_reverse and so on behind a prefix; sizes, layers and
 * directions come from them. Arrays belong to the weights.
 *
 *	lstm_get(&lstm, &weights, "rnn.", &err);
 *	lstm_run(&lstm, x, starts, n, &arena, &states, &err);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_LSTM_H
#define TAGSIGHT_INFERENCE_TEXT_LSTM_H

#include "inference/core/layers.h"
#include "lib/base/arena.h"

#define LSTM_LAYERS 8 /* at most */
#define LSTM_DIRECTIONS 2

/* One layer in one direction. */
struct lstm_cell {
	struct linear input;     /* of the row, to 4 hidden */
	struct linear recurrent; /* of the state, hidden to 4 hidden */
};

struct lstm {
	size_t input, hidden, layers;
	size_t directions; /* 2: from both ends */
	struct lstm_cell cells[LSTM_LAYERS][LSTM_DIRECTIONS];
};

/* `prefix` has at most 60 bytes. */
int lstm_get(struct lstm *lstm, struct weights *weights, const char *prefix, struct err *err);

/* Columns of a state: hidden, from both ends side by side. */
size_t lstm_width(const struct lstm *lstm);

/* The last layer's states [rows, lstm_width()] of n sequences, in the arena. Sequence s has the rows starts[s]
 * to starts[s + 1] - 1 of x [rows, input]; starts [n + 1] begins with 0. Requires blas_open(). Fails only
 * when memory is out. */
int lstm_run(const struct lstm *lstm, const float *x, const size_t *starts, size_t n,
	     struct arena *arena, const float **states, struct err *err);

#endif
