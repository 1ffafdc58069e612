/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MEGA: BERT over the words with markers around both entities, features of ten detected objects which
 * attend to the pieces, and weights that align objects and words; the states of both opening markers
 * and the objects' sum give the relation. The attention and the weights are not masked, so that a
 * text is always 128 pieces long and the padding counts.
 */
#include "inference/core/attention.h"
#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "inference/core/layers.h"
#include "inference/systems/mega_pair.h"

#include <string.h>

struct mega {
	struct model model;
	size_t width; /* W, twice BERT's */
	struct linear pieces, objects; /* H and MEGA_FEATURES to W */
	struct linear query, key, value; /* W to W */
	struct linear merge, final; /* 2 W to W */
	struct linear classifier; /* W to labels */
};

static const char *recognise(const struct weights *weights)
{
	return weights_have(weights, "sentence_encoder.linear_pic.weight") &&
			       weights_have(weights, "fc.weight")
		       ? "it holds MEGA's sentence_encoder.linear_pic and fc"
		       : NULL;
}

static int load_linears(struct mega *mega, struct err *err)
{
	size_t hidden = mega->model.encoder.config.hidden, width = 2 * hidden;
	const struct {
		const char *name;
		struct linear *linear;
		size_t in;
	} linears[] = {
		{ "sentence_encoder.linear_hidden", &mega->pieces, hidden },
		{ "sentence_encoder.linear_pic", &mega->objects, MEGA_FEATURES },
		{ "sentence_encoder.linear_q", &mega->query, width },
		{ "sentence_encoder.linear_k", &mega->key, width },
		{ "sentence_encoder.linear_v", &mega->value, width },
		{ "sentence_encoder.linear_final1", &mega->merge, 2 * width },
		{ "sentence_encoder.linear_final", &mega->final, 2 * width },
	};

	mega->width = width;
	for (size_t i = 0; i < sizeof(linears) / sizeof(*linears); i++)
		if (linear_get(linears[i].linear, &mega->model.weights, linears[i].name, linears[i].in,
			       width, err) < 0)
			return -1;
	return linear_get(&mega->classifier, &mega->model.weights, "fc", width, mega->model.n_labels,
			  err);
}

static int load(struct model *model, struct err *err)
{
	if (model->options.max_pieces && model->options.max_pieces != MEGA_PIECES)
		return err_set(err, ERR_USAGE, "MEGA reads %zu pieces, neither more nor fewer", MEGA_PIECES);
	if (model_load_bert(model, "sentence_encoder.bert.", err) < 0 ||
	    model_count_labels(model, "fc.weight", err) < 0)
		return -1;
	return load_linears((struct mega *)model, err);
}

/* What each step makes of one record. */
struct steps {
	float *pieces, *keys, *values; /* [MEGA_PIECES, W] */
	float *objects, *queries, *attended; /* [MEGA_OBJECTS, W] */
	float *joined; /* [MEGA_OBJECTS, 2 W] */
	float *merged; /* [MEGA_OBJECTS, W]; the first row becomes the sum */
	float *scores;
};

static int prepare(struct steps *steps, size_t width, struct scratch *scratch, struct err *err)
{
	size_t text = MEGA_PIECES * width, seen = MEGA_OBJECTS * width;
	float *memory = scratch_reserve(scratch, 3 * text + 6 * seen +
						 attention_scores(MEGA_OBJECTS, MEGA_PIECES), err);

	if (!memory)
		return -1;
	*steps = (struct steps){ .pieces = memory, .keys = memory + text, .values = memory + 2 * text };
	steps->objects = memory + 3 * text;
	steps->queries = steps->objects + seen;
	steps->attended = steps->queries + seen;
	steps->joined = steps->attended + seen;
	steps->merged = steps->joined + 2 * seen;
	steps->scores = steps->merged + seen;
	return 0;
}

/* Both alignments of objects and pieces side by side: what the objects attend to, and what the weights
 * give them. */
static void align(const struct mega *mega, const struct mega_pair *pair, const float *states,
		  const struct steps *steps)
{
	size_t width = mega->width;

	linear_run(&mega->pieces, states, MEGA_PIECES, steps->pieces, width);
	linear_run(&mega->objects, pair->objects, MEGA_OBJECTS, steps->objects, width);
	linear_run(&mega->key, steps->pieces, MEGA_PIECES, steps->keys, width);
	linear_run(&mega->value, steps->pieces, MEGA_PIECES, steps->values, width);
	linear_run(&mega->query, steps->objects, MEGA_OBJECTS, steps->queries, width);
	attention_run(&(struct attention){ .heads = 1, .size = width, .queries = steps->queries,
					   .query_stride = width, .n = MEGA_OBJECTS,
					   .keys = { steps->keys, steps->values, width, MEGA_PIECES },
					   .out = steps->attended, .out_stride = width },
		      steps->scores);
	for (size_t i = 0; i < MEGA_OBJECTS; i++) {
		float *row = steps->joined + i * 2 * width;

		memcpy(row, steps->attended + i * width, width * sizeof(*row));
		sigmoid_run(row, width);
	}
	blas_sgemm(false, false, (int)MEGA_OBJECTS, (int)width, (int)MEGA_PIECES, 1, pair->weights,
		   (int)MEGA_PIECES, steps->pieces, (int)width, 0, steps->joined + width, 2 * (int)width);
}

static int dump_steps(const struct batch *batch, size_t i, const struct steps *steps, size_t width,
		      const float *final, struct err *err)
{
	const struct mega_pair *pair = batch->extras[i];
	const struct {
		const char *name;
		size_t rows, columns;
		const float *values;
	} entries[] = {
		{ "linear_hidden", MEGA_PIECES, width, steps->pieces },
		{ "linear_pic", MEGA_OBJECTS, width, steps->objects },
		{ "attention", MEGA_OBJECTS, width, steps->attended },
		{ "weights", MEGA_OBJECTS, MEGA_PIECES, pair->weights },
	};
	struct prediction_dump *dump = batch->dump;
	size_t number = batch->numbers[i];

	for (size_t k = 0; k < sizeof(entries) / sizeof(*entries); k++)
		if (prediction_dump_rows(dump, number, entries[k].name, entries[k].rows,
					 entries[k].columns, entries[k].columns, entries[k].values,
					 err) < 0)
			return -1;
	if (prediction_dump_add(dump, number, "objects_sum", TENSOR_F32, 1, &width, steps->merged, err) < 0)
		return -1;
	return prediction_dump_add(dump, number, "final", TENSOR_F32, 1, &width, final, err);
}

/* The scores of one record, from its states [MEGA_PIECES, H]. `both` [2 W] and `final` [W] are working
 * memory. */
static int score(const struct mega *mega, const struct batch *batch, size_t i, const float *states,
		 const struct steps *steps, float *both, float *final, float *scores, struct err *err)
{
	const struct mega_pair *pair = batch->extras[i];
	size_t width = mega->width, hidden = width / 2;

	align(mega, pair, states, steps);
	linear_run(&mega->merge, steps->joined, MEGA_OBJECTS, steps->merged, width);
	for (size_t k = 1; k < MEGA_OBJECTS; k++)
		kernels()->add(steps->merged, steps->merged + k * width, width);
	memcpy(both, states + pair->head * hidden, hidden * sizeof(*both));
	memcpy(both + hidden, states + pair->tail * hidden, hidden * sizeof(*both));
	memcpy(both + width, steps->merged, width * sizeof(*both));
	linear_run(&mega->final, both, 1, final, width);
	linear_run(&mega->classifier, final, 1, scores, mega->model.n_labels);
	return dump_steps(batch, i, steps, width, final, err);
}

static int encode(struct model *model, const struct batch *batch, struct worker *worker,
		  const float **states, struct err *err)
{
	size_t *keys = arena_alloc(&worker->arena, batch->n, sizeof(*keys));
	const struct encoder_batch encoder_batch = { .ids = batch->text->pieces.ids,
						     .starts = batch->text->starts,
						     .n_sequences = batch->text->n_sequences,
						     .keys = keys };

	if (!keys)
		return err_set_memory(err);
	for (size_t i = 0; i < batch->n; i++)
		keys[i] = ((const struct mega_pair *)batch->extras[i])->pieces;
	return model_encode_batch(model, batch, worker, &encoder_batch, states, err);
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct mega *mega = (struct mega *)model;
	float *both = arena_alloc(&worker->arena, 3 * mega->width, sizeof(*both));
	struct steps steps;
	const float *states;

	if (!both)
		return err_set_memory(err);
	if (prepare(&steps, mega->width, &worker->own, err) < 0 ||
	    encode(model, batch, worker, &states, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->n; i++)
		if (score(mega, batch, i, states + i * MEGA_PIECES * (mega->width / 2), &steps, both,
			  both + 2 * mega->width, scores + i * model->n_labels, err) < 0)
			return -1;
	return 0;
}

const struct system system_mega = {
	.name = "mega",
	.summary = "MEGA: BERT aligned with detected objects; text, features of objects, structural weights",
	.defaults = "128 pieces, always; relations of MNRE; ten objects",
	.size = sizeof(struct mega),
	.relates = true,
	.rows = ROWS_RECORDS,
	.labels = labels_mnre,
	.max_pieces = MEGA_PIECES,
	.padded = MEGA_PIECES,
	.reads = READS_OBJECTS,
	.recognise = recognise,
	.load = load,
	.cut = mega_cut,
	.run = run,
};
