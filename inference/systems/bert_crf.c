/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BERT-CRF: BERT, a linear layer to the labels of each piece, and a CRF over all pieces. HVPNeT's
 * text-only run and plain ports of it save such models; both are known by their tensors.
 */
#include "inference/core/layers.h"
#include "inference/systems/system.h"

#include <stdio.h>
#include <string.h>

struct bert_crf {
	struct model model;
	struct linear classifier; /* H to labels */
};

/* What the linear layer is called. */
static const char *const classifiers[] = { "fc", "classifier" };

static const char *classifier_of(const struct weights *weights)
{
	for (size_t i = 0; i < sizeof(classifiers) / sizeof(*classifiers); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s.weight", classifiers[i]);
		if (weights_have(weights, name))
			return classifiers[i];
	}
	return classifiers[0];
}

static bool begins(const char *name, const char *stem)
{
	size_t length = strlen(stem);

	return strncmp(name, stem, length) == 0 && name[length] == '.';
}

/* Other systems have these parts too, so there may be no others. */
static const char *recognise(const struct weights *weights)
{
	const char *classifier = classifier_of(weights);

	if (!weights_have(weights, "bert.embeddings.word_embeddings.weight") ||
	    !weights_have(weights, "crf.transitions"))
		return NULL;
	for (size_t i = 0; i < weights->file.n; i++) {
		const char *name = weights->file.tensors[i].name;

		if (!begins(name, "bert") && !begins(name, "crf") && !begins(name, classifier))
			return NULL;
	}
	return "it holds BERT, a linear layer and a CRF, and nothing else";
}

static int load(struct model *model, struct err *err)
{
	struct bert_crf *system = (struct bert_crf *)model;
	const char *classifier = classifier_of(&model->weights);
	char name[64];

	snprintf(name, sizeof(name), "%s.weight", classifier);
	if (model_load_bert(model, "bert.", err) < 0 || model_count_labels(model, name, err) < 0 ||
	    linear_get(&system->classifier, &model->weights, classifier, model->encoder.config.hidden,
		       model->n_labels, err) < 0)
		return -1;
	return model_load_crf(model, "crf", err);
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct bert_crf *system = (struct bert_crf *)model;
	const float *states;

	if (model_encode(model, batch, worker, NULL, 0, &states, err) < 0)
		return -1;
	linear_run(&system->classifier, states, batch->text->pieces.n, scores, model->n_labels);
	return 0;
}

const struct system system_bert_crf = {
	.name = "bert_crf",
	.summary = "BERT and CRF over word pieces, from HVPNeT's or Hugging Face's names; text only",
	.defaults = "80 pieces, as HVPNeT's command for Twitter2015; labels of UMT",
	.size = sizeof(struct bert_crf),
	.rows = ROWS_PIECES,
	.labels = labels_umt,
	.max_pieces = 80,
	.recognise = recognise,
	.load = load,
	.run = run,
};
