/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HVPNeT for entities: BERT behind the visual prompt of the tweet's pictures, a linear layer to the
 * labels of each piece, and a CRF.
 */
#include "inference/systems/hvpnet.h"

static const char *recognise(const struct weights *weights)
{
	return hvpnet_recognise(weights) && weights_have(weights, "crf.transitions")
		       ? "it holds HVPNeT's visual prompt and a CRF"
		       : NULL;
}

static int load(struct model *model, struct err *err)
{
	struct hvpnet *hvpnet = (struct hvpnet *)model;

	if (hvpnet_load(hvpnet, err) < 0 || model_count_labels(model, "fc.weight", err) < 0 ||
	    linear_get(&hvpnet->classifier, &model->weights, "fc", model->encoder.config.hidden,
		       model->n_labels, err) < 0)
		return -1;
	return model_load_crf(model, "crf", err);
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct hvpnet *hvpnet = (struct hvpnet *)model;
	const float *states;

	if (hvpnet_encode(model, batch, worker, &states, err) < 0)
		return -1;
	linear_run(&hvpnet->classifier, states, batch->text->pieces.n, scores, model->n_labels);
	return 0;
}

const struct system system_hvpnet_ner = {
	.name = "hvpnet_ner",
	.summary = "HVPNeT for entities: BERT behind a visual prompt of a ResNet, CRF; text and pictures",
	.defaults = "80 pieces, as its command for Twitter2015; labels of UMT; three crops",
	.variants = hvpnet_variants,
	.size = sizeof(struct hvpnet),
	.rows = ROWS_PIECES,
	.labels = labels_umt,
	.max_pieces = HVPNET_PIECES,
	.reads = READS_WHOLE | READS_CROPS,
	.fallback = "inf.png",
	.crops = PROMPT_OBJECTS,
	.empty_crops = true,
	.recognise = recognise,
	.load = load,
	.release = hvpnet_release,
	.run = run,
	.look = hvpnet_look,
};
