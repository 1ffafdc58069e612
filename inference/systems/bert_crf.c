/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BERT-CRF: BERT, a linear layer to the labels of each piece, and a CRF. HVPNeT's text-only run and
 * plain ports of it save such models; both are known by their tensors.
 */
#include "inference/systems/piece_tagger.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PIECES 80 /* as HVPNeT's command for Twitter2015 has it */

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

static void bert_crf_free(struct predictor *predictor)
{
	if (predictor)
		piece_tagger_release((struct piece_tagger *)predictor);
	free(predictor);
}

static struct piece_tagger bert_crf_of(const struct weights *weights)
{
	return (struct piece_tagger){ .predictor = { .name = system_bert_crf.name,
						     .predict = piece_tagger_predict,
						     .free = bert_crf_free },
				      .bert = "bert.",
				      .classifier = classifier_of(weights),
				      .crf_name = "crf",
				      .labels = piece_labels_umt,
				      .max_pieces = MAX_PIECES };
}

static int bert_crf_check(struct weights *weights, struct err *err)
{
	struct piece_tagger tagger = bert_crf_of(weights);

	return piece_tagger_check(&tagger, weights, err);
}

static struct predictor *bert_crf_open(struct weights *weights, const struct system_options *options,
				       struct err *err)
{
	struct piece_tagger *tagger = malloc(sizeof(*tagger));

	if (!tagger) {
		weights_close(weights);
		err_set_memory(err);
		return NULL;
	}
	*tagger = bert_crf_of(weights);
	if (piece_tagger_open(tagger, weights, options, err) == 0)
		return &tagger->predictor;
	free(tagger);
	return NULL;
}

const struct system system_bert_crf = {
	.name = "bert_crf",
	.summary = "BERT and CRF over word pieces, from HVPNeT's or Hugging Face's names; text only",
	.recognise = recognise,
	.check = bert_crf_check,
	.open = bert_crf_open,
};
