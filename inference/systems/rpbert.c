/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/rpbert.h"

#include "inference/systems/rpbert_words.h"
#include "inference/vision/image_input.h"

#define CHANNELS 2048 /* of the last map */
#define RESNET_PREFIX "encoder_v."
#define LSTM_PREFIX "rnn."

static const char *const variants[] = { "nogate", NULL };

/* constants.py's, in the order of their numbers. */
static const char *const labels[] = { "O",     "B-PER", "I-PER",  "B-LOC",  "I-LOC",
				      "B-ORG", "I-ORG", "B-MISC", "I-MISC", NULL };

static const char *recognise(const struct weights *weights)
{
	return weights_have(weights, "encoder_t.embeddings.word_embeddings.weight") &&
			       weights_have(weights, "head.weight")
		       ? "it holds RpBERT's encoder_t and head"
		       : NULL;
}

/* A CRF of zeros chooses the best label of each word alone, with the probability of its softmax. */
static int load_crf(struct model *model, struct err *err)
{
	size_t n = model->n_labels;
	float *zeros;

	if (weights_have(&model->weights, "crf.transitions"))
		return model_load_crf(model, "crf", err);
	zeros = arena_alloc(&model->arena, n * n, sizeof(*zeros));
	model->crf = (struct crf){ n, zeros, zeros, zeros };
	return zeros ? 0 : err_set_memory(err);
}

/* The width of a word's vector must be BERT's alone. */
static int check_width(const struct model *model, size_t width, struct err *err)
{
	size_t hidden = model->encoder.config.hidden;

	if (width == hidden)
		return 0;
	return err_set_at(err, model->weights.path, 0, 0,
			  "its words have vectors of %zu, not of BERT's %zu alone: a model that reads "
			  "flair's embeddings too (--stacked) does not run here", width, hidden);
}

static int load_words(struct rpbert *rpbert, struct err *err)
{
	struct model *model = &rpbert->model;
	size_t width = model->encoder.config.hidden;
	struct shape shape;

	rpbert->recurrent = weights_have(&model->weights, LSTM_PREFIX "weight_ih_l0");
	if (rpbert->recurrent) {
		if (lstm_get(&rpbert->lstm, &model->weights, LSTM_PREFIX, err) < 0 ||
		    check_width(model, rpbert->lstm.input, err) < 0)
			return -1;
		width = lstm_width(&rpbert->lstm);
	} else if (weights_shape(&model->weights, "head.weight", &shape) && shape.n == 2 &&
		   check_width(model, shape.dims[1], err) < 0) {
		return -1;
	}
	return linear_get(&rpbert->classifier, &model->weights, "head", width, model->n_labels, err);
}

static int load_pictures(struct rpbert *rpbert, struct err *err)
{
	struct model *model = &rpbert->model;
	struct weights *weights = &model->weights;
	size_t hidden = model->encoder.config.hidden;

	if (!weights_have(weights, RESNET_PREFIX "conv1.weight")) {
		model->predictor.reads &= ~(unsigned)READS_WHOLE;
		model->slots = 0;
		return 0;
	}
	if (linear_get(&rpbert->projection, weights, "proj", CHANNELS, hidden, err) < 0 ||
	    linear_get(&rpbert->relation, weights, "aux_head", hidden, RPBERT_RELATIONS, err) < 0)
		return -1;
	rpbert->gated = !model->variant;
	model->picture_floats = RPBERT_REGIONS * hidden;
	rpbert->resnet = resnet_new(weights, RESNET_PREFIX, resnet_layers(weights, RESNET_PREFIX), err);
	return rpbert->resnet ? 0 : -1;
}

static int load(struct model *model, struct err *err)
{
	struct rpbert *rpbert = (struct rpbert *)model;

	if (model_load_bert(model, "encoder_t.", err) < 0 ||
	    model_count_labels(model, "head.weight", err) < 0 || load_words(rpbert, err) < 0 ||
	    load_crf(model, err) < 0)
		return -1;
	return load_pictures(rpbert, err);
}

static void release(struct model *model)
{
	resnet_free(((struct rpbert *)model)->resnet);
}

size_t rpbert_regions(const struct rpbert *rpbert)
{
	return rpbert->resnet ? RPBERT_REGIONS : 0;
}

static int cut(struct model *model, const struct predict_record *record, struct worker *worker,
	       void **extra, const char **fault, struct err *err)
{
	size_t limit = model->encoder.config.max_position - rpbert_regions((struct rpbert *)model);

	(void)extra;
	if (model->rules.limit < limit)
		limit = model->rules.limit;
	return rpbert_add_words(&worker->pieces, &model->rules, limit, record->sentence, &worker->arena,
				fault, err);
}

static int read_picture(const struct model *model, const struct image *image, const char *path,
			float *input, struct err *err)
{
	(void)model;
	(void)path;
	return image_to_input(image, &image_input_both, input, err);
}

static int look(struct model *model, const float *input, size_t n, struct worker *worker,
		float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		struct err *err)
{
	const struct rpbert *rpbert = (struct rpbert *)model;
	const size_t pixels[] = { 3, IMAGENET_SIDE, IMAGENET_SIDE }, hidden = model->encoder.config.hidden;
	float *regions = scratch_reserve(&worker->own, RPBERT_REGIONS * CHANNELS, err);
	struct resnet_maps maps;

	if (!regions ||
	    resnet_run(rpbert->resnet, input, (int)n, IMAGENET_SIDE, &worker->vision, &maps, err) < 0 ||
	    resnet_dump(&maps, n, dump, numbers, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		resnet_regions(&maps, n, i, regions);
		linear_run(&rpbert->projection, regions, RPBERT_REGIONS, kept[i], hidden);
		if (prediction_dump_add(dump, numbers[i], "pixels", TENSOR_F32, 3, pixels,
					input + i * IMAGENET_FLOATS, err) < 0 ||
		    prediction_dump_rows(dump, numbers[i], "regions", RPBERT_REGIONS, CHANNELS, CHANNELS,
					 regions, err) < 0 ||
		    prediction_dump_rows(dump, numbers[i], "visual", RPBERT_REGIONS, hidden, hidden, kept[i],
					 err) < 0)
			return -1;
	}
	return 0;
}

const struct system system_rpbert = {
	.name = "rpbert",
	.summary = "RpBERT: BERT that reads a ResNet's regions as words, behind a gate; CRF; text and pictures",
	.defaults = "all pieces of a tweet, at most 463 with a picture; its own nine labels",
	.variants = variants,
	.size = sizeof(struct rpbert),
	.rows = ROWS_ANCHORS,
	.labels = labels,
	.max_pieces = 512,
	.fast_pieces = true,
	.reads = READS_WHOLE,
	.recognise = recognise,
	.load = load,
	.release = release,
	.cut = cut,
	.run = rpbert_run,
	.read_picture = read_picture,
	.look = look,
};
