/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UMGF: BERT over the words and a ResNet over four crops of the picture, one for each type of entity,
 * whose states a graph fuses; a linear layer on BERT's and the graph's states of each piece; and a CRF.
 */
#include "inference/systems/umgf_graph.h"
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"

#include <string.h>

#define FEATURES 2048 /* of the ResNet, before and behind its own linear layer */

struct umgf {
	struct model model;
	struct resnet *resnet;
	struct linear fc;         /* FEATURES to FEATURES, of the ResNet */
	struct linear object[2];  /* FEATURES to W to W */
	struct linear text;       /* H to W */
	struct linear classifier; /* H and W to labels */
	struct umgf_graph graph;
};

/* config.py's, in the order of their numbers. */
static const char *const labels[] = { "PAD",   "B-PER",   "I-PER",   "B-LOC", "I-LOC", "B-ORG", "I-ORG",
				      "B-OTHER", "I-OTHER", "O",     "X",     "CLS",   "SEP",   NULL };

static const char *recognise(const struct weights *weights)
{
	return weights_have(weights, "mhatt_x2o.0.weight") && weights_have(weights, "hidden2tag.weight")
		       ? "it holds UMGF's graph and hidden2tag"
		       : NULL;
}

static int load_linears(struct umgf *umgf, struct err *err)
{
	struct weights *weights = &umgf->model.weights;
	size_t hidden = umgf->model.encoder.config.hidden;

	if (linear_get(&umgf->fc, weights, "resnet.fc", FEATURES, FEATURES, err) < 0 ||
	    linear_get(&umgf->object[0], weights, "trans_obj.0", FEATURES, UMGF_WIDTH, err) < 0 ||
	    linear_get(&umgf->object[1], weights, "trans_obj.3", UMGF_WIDTH, UMGF_WIDTH, err) < 0 ||
	    linear_get(&umgf->text, weights, "trans_txt", hidden, UMGF_WIDTH, err) < 0)
		return -1;
	return linear_get(&umgf->classifier, weights, "hidden2tag", hidden + UMGF_WIDTH,
			  umgf->model.n_labels, err);
}

static int load(struct model *model, struct err *err)
{
	struct umgf *umgf = (struct umgf *)model;

	if (model_load_bert(model, "bert.", err) < 0 ||
	    model_count_labels(model, "hidden2tag.weight", err) < 0 || load_linears(umgf, err) < 0 ||
	    umgf_graph_init(&umgf->graph, &model->weights, err) < 0 ||
	    model_load_crf(model, "crf", err) < 0)
		return -1;
	umgf->resnet = resnet_new(&model->weights, "resnet.", 152, err);
	model->picture_floats = UMGF_WIDTH;
	return umgf->resnet ? 0 : -1;
}

static void release(struct model *model)
{
	resnet_free(((struct umgf *)model)->resnet);
}

/* What each step from a crop to its object makes, [n, FEATURES] or [n, W]. */
struct looks {
	float *averages, *features, *narrow, *objects;
};

static int dump_looks(const struct looks *looks, const float *input, size_t n,
		      struct prediction_dump *dump, const size_t *numbers, struct err *err)
{
	const size_t image[] = { 3, IMAGENET_SIDE, IMAGENET_SIDE }, features = FEATURES,
		     width = UMGF_WIDTH;

	for (size_t i = 0; dump && i < n; i++)
		if (prediction_dump_add(dump, numbers[i], "image", TENSOR_F32, 3, image,
					input + i * IMAGENET_FLOATS, err) < 0 ||
		    prediction_dump_add(dump, numbers[i], "avgpool", TENSOR_F32, 1, &features,
					looks->averages + i * FEATURES, err) < 0 ||
		    prediction_dump_add(dump, numbers[i], "resnet_fc", TENSOR_F32, 1, &features,
					looks->features + i * FEATURES, err) < 0 ||
		    prediction_dump_add(dump, numbers[i], "trans_obj", TENSOR_F32, 1, &width,
					looks->objects + i * UMGF_WIDTH, err) < 0)
			return -1;
	return 0;
}

static int look(struct model *model, const float *input, size_t n, struct worker *worker,
		float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		struct err *err)
{
	const struct umgf *umgf = (struct umgf *)model;
	float *memory = scratch_reserve(&worker->own, n * 2 * (FEATURES + UMGF_WIDTH), err);
	struct looks looks = { memory, memory + n * FEATURES, memory + n * 2 * FEATURES,
			       memory + n * (2 * FEATURES + UMGF_WIDTH) };
	struct resnet_maps maps;

	if (!memory ||
	    resnet_run(umgf->resnet, input, (int)n, IMAGENET_SIDE, &worker->vision, &maps, err) < 0 ||
	    resnet_dump(&maps, n, dump, numbers, err) < 0)
		return -1;
	resnet_average(&maps, n, looks.averages);
	linear_run(&umgf->fc, looks.averages, n, looks.features, FEATURES);
	linear_run(&umgf->object[0], looks.features, n, looks.narrow, UMGF_WIDTH);
	relu_run(looks.narrow, n * UMGF_WIDTH);
	linear_run(&umgf->object[1], looks.narrow, n, looks.objects, UMGF_WIDTH);
	relu_run(looks.objects, n * UMGF_WIDTH);
	for (size_t i = 0; i < n; i++)
		memcpy(kept[i], looks.objects + i * UMGF_WIDTH, UMGF_WIDTH * sizeof(**kept));
	return dump_looks(&looks, input, n, dump, numbers, err);
}

static int dump_text(const struct batch *batch, const float *text, struct err *err)
{
	for (size_t i = 0; batch->dump && i < batch->n; i++)
		if (prediction_dump_rows(batch->dump, batch->numbers[i], "trans_txt",
					 batch->rows[i + 1] - batch->rows[i], UMGF_WIDTH, UMGF_WIDTH,
					 text + batch->rows[i] * UMGF_WIDTH, err) < 0)
			return -1;
	return 0;
}

/* BERT's and the graph's states side by side, [rows, H + W]. */
static void join(const float *states, size_t hidden, const float *text, size_t rows, float *joined)
{
	for (size_t i = 0; i < rows; i++, joined += hidden + UMGF_WIDTH) {
		memcpy(joined, states + i * hidden, hidden * sizeof(*joined));
		memcpy(joined + hidden, text + i * UMGF_WIDTH, UMGF_WIDTH * sizeof(*joined));
	}
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct umgf *umgf = (struct umgf *)model;
	size_t rows = batch->rows[batch->n], objects = batch->n * UMGF_OBJECTS;
	size_t hidden = model->encoder.config.hidden;
	float *text = arena_alloc(&worker->arena, rows, UMGF_WIDTH * sizeof(*text));
	float *object = arena_alloc(&worker->arena, objects, UMGF_WIDTH * sizeof(*object));
	float *joined = arena_alloc(&worker->arena, rows, (hidden + UMGF_WIDTH) * sizeof(*joined));
	const float *states;

	if (!text || !object || !joined)
		return err_set_memory(err);
	if (model_encode(model, batch, worker, NULL, 0, &states, err) < 0)
		return -1;
	linear_run(&umgf->text, states, rows, text, UMGF_WIDTH);
	for (size_t i = 0; i < objects; i++)
		memcpy(object + i * UMGF_WIDTH, batch->pictures[i], UMGF_WIDTH * sizeof(*object));
	if (dump_text(batch, text, err) < 0 ||
	    umgf_graph_run(&umgf->graph, batch, text, object, worker, err) < 0)
		return -1;
	join(states, hidden, text, rows, joined);
	linear_run(&umgf->classifier, joined, rows, scores, model->n_labels);
	return 0;
}

const struct system system_umgf = {
	.name = "umgf",
	.summary = "UMGF: BERT and a ResNet in a graph, CRF; text and a crop for each type of entity",
	.defaults = "128 pieces; its own labels; crops of person, miscellaneous, location, organization",
	.size = sizeof(struct umgf),
	.rows = ROWS_PIECES,
	.labels = labels,
	.max_pieces = 128,
	.specials_alone = true,
	.reads = READS_TYPE_CROPS,
	.crops = UMGF_OBJECTS,
	.recognise = recognise,
	.load = load,
	.release = release,
	.run = run,
	.look = look,
};
