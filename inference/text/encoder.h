/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A BERT-architecture encoder: word, position, token type and case vectors, layer norm, then layers
 * of self-attention and feed-forward, each with a residual and a layer norm after it. Batches are
 * ragged: sequences stand one after another, no work is done on padding. inference/models/README.md
 * has the formulas. Tensors have tagsight's names or Hugging Face's, after a prefix of the system's.
 *
 *	encoder_init(&encoder, &weights, &config, jobs, &err);
 *	encoder_run(&encoder, &batch, &scratch, &states, &err);
 *	scratch_release(&scratch);
 *	encoder_release(&encoder);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_ENCODER_H
#define TAGSIGHT_INFERENCE_TEXT_ENCODER_H

#include "inference/core/scratch.h"
#include "inference/core/weights.h"
#include "lib/base/err.h"

#include <stddef.h>

#define ENCODER_LAYERS 48 /* at most */

/* Who named the tensors: encoder_load.c has the table. */
enum encoder_naming { ENCODER_TAGSIGHT, ENCODER_HUGGING_FACE, ENCODER_NAMINGS };

struct encoder_config {
	enum encoder_naming naming;
	const char *prefix; /* before all names, "bert."; of at most 60 bytes, borrowed */
	size_t layers, hidden, heads, intermediate;
	size_t max_position; /* most rows of one sequence */
	size_t first_position; /* row of the position table for a sequence's first piece; RoBERTa's is 2 */
	size_t token_types, vocabulary;
	size_t case_vectors; /* 0: none */
	float eps; /* of the layer norms */
};

/* H is hidden, I is intermediate. Matrices that need no conversion lie where the weights have them. */
struct encoder_layer {
	const float *query, *key, *value; /* [H, H] */
	const float *output;              /* [H, H] */
	const float *expand;              /* [I, H] */
	const float *contract;            /* [H, I] */
	float *qkv_bias;                  /* [3 H] */
	const float *output_bias, *attention_norm_weight, *attention_norm_bias; /* [H] */
	const float *expand_bias; /* [I] */
	const float *contract_bias, *norm_weight, *norm_bias; /* [H] */
};

struct encoder {
	struct encoder_config config;
	struct weight_table word, position; /* [vocabulary, H], [first_position + max_position, H] */
	float *token_types;                 /* [2, H], the first rows of the table, zeros behind its end */
	const float *cases;                 /* [case_vectors, H], or NULL */
	const float *norm_weight, *norm_bias; /* [H] */
	struct encoder_layer layers[ENCODER_LAYERS];
	float *memory; /* of what had to be converted */
	size_t memory_size;
};

/* Take a config from the JSON object in a model's metadata; every number is checked. The
 * tensors have tagsight's names. */
int encoder_config_parse(struct encoder_config *config, const char *json, struct err *err);

/* Take the config of a BERT from the shapes of tensors with Hugging Face's names. What shapes do not
 * tell is as in every published BERT: heads of 64 (none where that leaves a rest, which encoder_init()
 * refuses), an eps of 1e-12. One token type says that it is a
 * RoBERTa, whose positions begin at row 2 and whose eps is 1e-5. */
int encoder_config_infer(struct encoder_config *config, const struct weights *weights,
			 const char *prefix, struct err *err);

/* Check every tensor and widen those that are not float32 on up to `jobs` threads. The weights must
 * outlive the encoder. On failure there is nothing to release. */
int encoder_init(struct encoder *encoder, struct weights *weights,
		 const struct encoder_config *config, int jobs, struct err *err);
void encoder_release(struct encoder *encoder);

/* Keys and values that the pieces of a sequence attend to in one layer, before their own. Each head
 * has its own columns, as in the states. */
struct encoder_prefix {
	const float *keys, *values; /* [length, H] */
};

/* Sequence s has the pieces starts[s] .. starts[s + 1] - 1, and behind them its extra rows. */
struct encoder_batch {
	const int *ids;              /* [pieces], below the vocabulary's size */
	const unsigned char *cases;  /* [pieces], below case_vectors; NULL where there are none */
	const size_t *starts;        /* [n_sequences + 1] */
	size_t n_sequences;
	const struct encoder_prefix *prefixes; /* [n_sequences, layers], or NULL */
	size_t prefix_length;                  /* of each; 0 without prefixes */
	const size_t *keys; /* [n_sequences], the first rows of each that are attended to; NULL: all */
	/* Vectors that stand in the places of word vectors behind each sequence's pieces, of token type
	 * 1, with positions that go on: [n_sequences] of [extra_length, H]; NULL: none. */
	const float *const *extras;
	size_t extra_length;
};

/* Who wants to see the states [rows, H] after the embeddings (0) and after layer 1, 2, ... */
struct encoder_observer {
	void (*see)(void *context, size_t layer, const float *states);
	void *context;
};

/* The first row of a sequence among the states, and with n_sequences all rows. */
size_t encoder_first_row(const struct encoder_batch *batch, size_t sequence);

/* The last layer's states [rows, H], which live in the scratch until its next use; `observer` may be NULL.
 * Threads may run one encoder at once, each with a scratch of its own. */
int encoder_run(const struct encoder *encoder, const struct encoder_batch *batch,
		struct scratch *scratch, const struct encoder_observer *observer,
		const float **states, struct err *err);

#endif
