/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/kernels.h"
#include "inference/systems/rpbert.h"
#include "inference/systems/rpbert_words.h"

#include <string.h>

/* Pieces with the regions behind them, one sequence a record. */
static struct encoder_batch make_encoder_batch(const struct rpbert *rpbert, const struct piece_text *text,
					       const float *const *regions)
{
	return (struct encoder_batch){ .ids = text->pieces.ids,
				       .starts = text->starts,
				       .n_sequences = text->n_sequences,
				       .extras = rpbert->resnet ? regions : NULL,
				       .extra_length = rpbert_regions(rpbert) };
}

/* Whether picture and words belong together, by the [CLS] state of a sequence. */
static void relate(const struct rpbert *rpbert, const struct encoder_batch *encoder_batch,
		   const float *states, size_t sequence, float logits[RPBERT_RELATIONS])
{
	size_t row = encoder_first_row(encoder_batch, sequence);

	linear_run(&rpbert->relation, states + row * rpbert->model.encoder.config.hidden, 1, logits,
		   RPBERT_RELATIONS);
}

/* The relation task's logits of record i, whose words it reads as the user wrote them. */
static int dump_relation(const struct rpbert *rpbert, const struct batch *batch, size_t i,
			 struct worker *worker, struct err *err)
{
	const struct model *model = &rpbert->model;
	const size_t size = RPBERT_RELATIONS;
	struct piece_text text = PIECE_TEXT_INIT;
	struct encoder_batch encoder_batch;
	float logits[RPBERT_RELATIONS];
	const float *states;
	int rc;

	rc = rpbert_add_text(&text, &model->rules, batch->records[i]->sentence, err);
	encoder_batch = make_encoder_batch(rpbert, &text, batch->pictures + i);
	if (rc == 0 && text.pieces.n + RPBERT_REGIONS <= model->encoder.config.max_position) {
		rc = encoder_run(&model->encoder, &encoder_batch, &worker->text, NULL, &states, err);
		if (rc == 0) {
			relate(rpbert, &encoder_batch, states, 0, logits);
			rc = prediction_dump_add(batch->dump, batch->numbers[i], "relation_logits",
						 TENSOR_F32, 1, &size, logits, err);
		}
	}
	piece_text_release(&text);
	return rc;
}

static int dump_first_run(const struct rpbert *rpbert, const struct batch *batch,
			  const struct encoder_batch *encoder_batch, const float *states, size_t i,
			  struct err *err)
{
	size_t hidden = rpbert->model.encoder.config.hidden, first = encoder_first_row(encoder_batch, i);

	return prediction_dump_rows(batch->dump, batch->numbers[i], "pass1",
				    encoder_first_row(encoder_batch, i + 1) - first, hidden, hidden,
				    states + first * hidden, err);
}

/* The gates [records] of a batch. */
static int find_gates(const struct rpbert *rpbert, const struct batch *batch, struct worker *worker,
		      float *gates, struct err *err)
{
	const struct encoder_batch encoder_batch = make_encoder_batch(rpbert, batch->text, batch->pictures);
	const size_t one = 1, size = RPBERT_RELATIONS;
	const float *states;

	if (encoder_run(&rpbert->model.encoder, &encoder_batch, &worker->text, NULL, &states, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->n; i++) {
		float logits[RPBERT_RELATIONS];

		relate(rpbert, &encoder_batch, states, i, logits);
		if (dump_first_run(rpbert, batch, &encoder_batch, states, i, err) < 0 ||
		    prediction_dump_add(batch->dump, batch->numbers[i], "gate_logits", TENSOR_F32, 1, &size,
					logits, err) < 0)
			return -1;
		softmax_row(logits, RPBERT_RELATIONS);
		gates[i] = logits[1];
		if (prediction_dump_add(batch->dump, batch->numbers[i], "gate", TENSOR_F32, 1, &one,
					&gates[i], err) < 0)
			return -1;
	}
	return 0;
}

/* The regions of each record times its gate, in the worker's memory. */
static int gate_regions(const struct rpbert *rpbert, const struct batch *batch, struct worker *worker,
			const float *const **out, struct err *err)
{
	size_t size = RPBERT_REGIONS * rpbert->model.encoder.config.hidden;
	float *gates = arena_alloc(&worker->arena, batch->n, sizeof(*gates));
	float *gated = arena_alloc(&worker->arena, batch->n, size * sizeof(*gated));
	const float **regions = arena_alloc(&worker->arena, batch->n, sizeof(*regions));

	if (!gates || !gated || !regions)
		return err_set_memory(err);
	if (find_gates(rpbert, batch, worker, gates, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->n; i++, gated += size) {
		for (size_t k = 0; k < size; k++)
			gated[k] = batch->pictures[i][k] * gates[i];
		regions[i] = gated;
	}
	*out = regions;
	return 0;
}

/* Each word's vector [H], the mean of its pieces' states. */
static void average_pieces(const struct batch *batch, const struct encoder_batch *encoder_batch,
			   const float *states, size_t hidden, float *words)
{
	const struct piece_text *text = batch->text;

	for (size_t i = 0; i < batch->n; i++) {
		size_t shift = encoder_first_row(encoder_batch, i) - text->starts[i];

		for (size_t k = batch->anchors[i]; k < batch->anchors[i + 1]; k++, words += hidden) {
			size_t first = text->anchors[k], n;

			n = (k + 1 < batch->anchors[i + 1] ? text->anchors[k + 1]
							   : text->starts[i + 1] - 1) - first;
			memcpy(words, states + (first + shift) * hidden, hidden * sizeof(*words));
			for (size_t piece = 1; piece < n; piece++)
				kernels()->add(words, states + (first + shift + piece) * hidden, hidden);
			for (size_t c = 0; n > 1 && c < hidden; c++)
				words[c] /= (float)n;
		}
	}
}

/* From the vectors of words to what the linear layer reads. */
static int run_words(const struct rpbert *rpbert, const struct batch *batch, const float *words,
		     struct worker *worker, const float **features, struct err *err)
{
	if (model_dump_rows(batch, "words", batch->anchors, rpbert->model.encoder.config.hidden, words,
			    err) < 0)
		return -1;
	*features = words;
	if (!rpbert->recurrent)
		return 0;
	if (lstm_run(&rpbert->lstm, words, batch->anchors, batch->n, &worker->arena, features, err) < 0)
		return -1;
	return model_dump_rows(batch, "rnn", batch->anchors, lstm_width(&rpbert->lstm), *features, err);
}

int rpbert_run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct rpbert *rpbert = (struct rpbert *)model;
	size_t hidden = model->encoder.config.hidden, rows = batch->anchors[batch->n];
	float *words = arena_alloc(&worker->arena, rows, hidden * sizeof(*words));
	const float *const *regions = batch->pictures;
	struct encoder_batch encoder_batch;
	const float *states, *features;

	if (!words)
		return err_set_memory(err);
	for (size_t i = 0; batch->dump && rpbert->resnet && i < batch->n; i++)
		if (dump_relation(rpbert, batch, i, worker, err) < 0)
			return -1;
	if (rpbert->gated && gate_regions(rpbert, batch, worker, &regions, err) < 0)
		return -1;
	encoder_batch = make_encoder_batch(rpbert, batch->text, regions);
	if (model_encode_batch(model, batch, worker, &encoder_batch, &states, err) < 0)
		return -1;
	average_pieces(batch, &encoder_batch, states, hidden, words);
	if (run_words(rpbert, batch, words, worker, &features, err) < 0)
		return -1;
	linear_run(&rpbert->classifier, features, rows, scores, model->n_labels);
	return 0;
}
