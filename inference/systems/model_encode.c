/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What systems call from cut() and run(): words to pieces, pieces to states.
 */
#include "inference/systems/system.h"

#include <stdio.h>

int model_cut_words(struct model *model, const struct predict_record *record, struct worker *worker,
		    void **extra, const char **fault, struct err *err)
{
	(void)extra;
	(void)fault;
	return piece_text_add_tweet(&worker->pieces, &model->rules, record->sentence, err);
}

/* Where the states of a batch go, layer by layer. */
struct observed {
	const struct batch *batch;
	const struct encoder_batch *encoder_batch;
	size_t hidden;
	struct err *err;
	int rc;
};

static void observe(void *context, size_t layer, const float *states)
{
	struct observed *observed = context;
	const struct batch *batch = observed->batch;
	char name[40];

	if (layer == 0)
		snprintf(name, sizeof(name), "bert_embeddings");
	else
		snprintf(name, sizeof(name), "bert_layer%zu", layer);
	for (size_t i = 0; i < batch->n && observed->rc == 0; i++) {
		size_t first = encoder_first_row(observed->encoder_batch, batch->sequences[i]);
		size_t end = encoder_first_row(observed->encoder_batch, batch->sequences[i + 1]);

		observed->rc = prediction_dump_rows(batch->dump, batch->numbers[i], name, end - first,
						    observed->hidden, observed->hidden,
						    states + first * observed->hidden, observed->err);
	}
}

int model_encode_batch(const struct model *model, const struct batch *batch, struct worker *worker,
		       const struct encoder_batch *encoder_batch, const float **states,
		       struct err *err)
{
	struct observed observed = { batch, encoder_batch, model->encoder.config.hidden, err, 0 };
	const struct encoder_observer observer = { observe, &observed };

	if (encoder_run(&model->encoder, encoder_batch, &worker->text, batch->dump ? &observer : NULL,
			states, err) < 0)
		return -1;
	return observed.rc;
}

int model_encode(const struct model *model, const struct batch *batch, struct worker *worker,
		 const struct encoder_prefix *prefixes, size_t prefix_length, const float **states,
		 struct err *err)
{
	const struct encoder_batch encoder_batch = { .ids = batch->text->pieces.ids,
						     .cases = batch->text->cases,
						     .starts = batch->text->starts,
						     .n_sequences = batch->text->n_sequences,
						     .prefixes = prefixes,
						     .prefix_length = prefix_length };

	return model_encode_batch(model, batch, worker, &encoder_batch, states, err);
}

int model_dump_rows(const struct batch *batch, const char *name, const size_t *starts, size_t width,
		    const float *values, struct err *err)
{
	for (size_t i = 0; i < batch->n; i++)
		if (prediction_dump_rows(batch->dump, batch->numbers[i], name, starts[i + 1] - starts[i],
					 width, width, values + starts[i] * width, err) < 0)
			return -1;
	return 0;
}
