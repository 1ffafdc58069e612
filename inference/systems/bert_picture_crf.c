/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BERT and one vector of the picture before a CRF: the pooled maps of a ResNet or the [CLS] state of a
 * ViT, v, comes behind the state h of every piece, and a linear layer reads both:
 *
 *	emissions = fc [h; tanh(visual v)]
 *
 * Tables of results call these models BasicModel and MMNerModel. No code of them is public, so this is
 * the plainest reading of their names. Tensors: bert.*, resnet.* as torchvision's or vit.* as Hugging
 * Face's, visual [H, width of v], fc [labels, 2 H], crf.*.
 */
#include "inference/core/layers.h"
#include "inference/systems/system.h"
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"
#include "inference/vision/vit.h"

#include <string.h>

#define CHANNELS 2048 /* of the ResNet's last maps */
#define RESNET_PREFIX "resnet."
#define VIT_PREFIX "vit."

struct picture_crf {
	struct model model;
	struct resnet *resnet; /* one of the two is NULL */
	struct vit *vit;
	struct linear visual;     /* of the picture, to H */
	struct linear classifier; /* 2 H to labels */
};

static bool has_parts(const struct weights *weights)
{
	return weights_have(weights, "bert.embeddings.word_embeddings.weight") &&
	       weights_have(weights, "visual.weight") && weights_have(weights, "fc.weight") &&
	       weights_have(weights, "crf.transitions");
}

static const char *recognise_resnet(const struct weights *weights)
{
	return has_parts(weights) && weights_have(weights, RESNET_PREFIX "conv1.weight")
		       ? "it holds BERT, a ResNet, the linear layers visual and fc, and a CRF"
		       : NULL;
}

static const char *recognise_vit(const struct weights *weights)
{
	return has_parts(weights) && weights_have(weights, VIT_PREFIX "embeddings.cls_token")
		       ? "it holds BERT, a ViT, the linear layers visual and fc, and a CRF"
		       : NULL;
}

/* All but the network of pictures, which gives vectors [features]. */
static int load_others(struct picture_crf *system, size_t features, struct err *err)
{
	struct model *model = &system->model;
	struct weights *weights = &model->weights;
	size_t hidden;

	if (model_load_bert(model, "bert.", err) < 0 || model_count_labels(model, "fc.weight", err) < 0)
		return -1;
	hidden = model->picture_floats = model->encoder.config.hidden;
	if (linear_get(&system->visual, weights, "visual", features, hidden, err) < 0 ||
	    linear_get(&system->classifier, weights, "fc", 2 * hidden, model->n_labels, err) < 0)
		return -1;
	return model_load_crf(model, "crf", err);
}

static int load_resnet(struct model *model, struct err *err)
{
	struct picture_crf *system = (struct picture_crf *)model;
	struct weights *weights = &model->weights;

	system->resnet = resnet_new(weights, RESNET_PREFIX, resnet_layers(weights, RESNET_PREFIX), err);
	return system->resnet ? load_others(system, CHANNELS, err) : -1;
}

static int load_vit(struct model *model, struct err *err)
{
	struct picture_crf *system = (struct picture_crf *)model;

	system->vit = vit_new(&model->weights, VIT_PREFIX, err);
	return system->vit ? load_others(system, vit_hidden(system->vit), err) : -1;
}

static void release(struct model *model)
{
	resnet_free(((struct picture_crf *)model)->resnet);
	vit_free(((struct picture_crf *)model)->vit);
}

static int read_vit_picture(const struct model *model, const struct image *image, const char *path,
			    float *input, struct err *err)
{
	(void)model;
	(void)path;
	return image_to_input(image, &image_input_vit, input, err);
}

/* What is kept of a picture whose network gave `features`. */
static int keep(const struct picture_crf *system, const float *input, const float *features, float *kept,
		struct prediction_dump *dump, size_t number, struct err *err)
{
	const size_t pixels[] = { 3, IMAGENET_SIDE, IMAGENET_SIDE };
	size_t hidden = system->visual.out;

	linear_run(&system->visual, features, 1, kept, hidden);
	tanh_run(kept, hidden);
	if (prediction_dump_add(dump, number, "pixels", TENSOR_F32, 3, pixels, input, err) < 0)
		return -1;
	return prediction_dump_add(dump, number, "image_vector", TENSOR_F32, 1, &hidden, kept, err);
}

static int look_resnet(struct model *model, const float *input, size_t n, struct worker *worker,
		       float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		       struct err *err)
{
	const struct picture_crf *system = (struct picture_crf *)model;
	const size_t channels = CHANNELS;
	float *pooled = scratch_reserve(&worker->own, n * CHANNELS, err);
	struct resnet_maps maps;

	if (!pooled ||
	    resnet_run(system->resnet, input, (int)n, IMAGENET_SIDE, &worker->vision, &maps, err) < 0 ||
	    resnet_dump(&maps, n, dump, numbers, err) < 0)
		return -1;
	resnet_average(&maps, n, pooled);
	for (size_t i = 0; i < n; i++, input += IMAGENET_FLOATS, pooled += CHANNELS)
		if (prediction_dump_add(dump, numbers[i], "pooled", TENSOR_F32, 1, &channels, pooled,
					err) < 0 ||
		    keep(system, input, pooled, kept[i], dump, numbers[i], err) < 0)
			return -1;
	return 0;
}

static int look_vit(struct model *model, const float *input, size_t n, struct worker *worker,
		    float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		    struct err *err)
{
	const struct picture_crf *system = (struct picture_crf *)model;
	size_t width = vit_hidden(system->vit);
	const float *states;

	if (vit_run(system->vit, input, n, &worker->vision, &states, err) < 0)
		return -1;
	/* The first state of a picture is that of [CLS]. */
	for (size_t i = 0; i < n; i++, input += IMAGENET_FLOATS, states += VIT_ROWS * width)
		if (prediction_dump_rows(dump, numbers[i], "image_states", VIT_ROWS, width, width, states,
					 err) < 0 ||
		    keep(system, input, states, kept[i], dump, numbers[i], err) < 0)
			return -1;
	return 0;
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct picture_crf *system = (struct picture_crf *)model;
	size_t hidden = model->encoder.config.hidden, rows = batch->rows[batch->n];
	float *joined = arena_alloc(&worker->arena, rows, 2 * hidden * sizeof(*joined)), *at = joined;
	const float *states;

	if (!joined)
		return err_set_memory(err);
	if (model_encode(model, batch, worker, NULL, 0, &states, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->n; i++)
		for (size_t row = batch->rows[i]; row < batch->rows[i + 1]; row++, at += 2 * hidden) {
			memcpy(at, states + row * hidden, hidden * sizeof(*at));
			memcpy(at + hidden, batch->pictures[i], hidden * sizeof(*at));
		}
	linear_run(&system->classifier, joined, rows, scores, model->n_labels);
	return 0;
}

const struct system system_bert_resnet_crf = {
	.name = "bert_resnet_crf",
	.summary = "BERT and a ResNet's pooled maps behind every piece, CRF (BasicModel); text and pictures",
	.defaults = "128 pieces; labels of UMT",
	.size = sizeof(struct picture_crf),
	.rows = ROWS_PIECES,
	.labels = labels_umt,
	.max_pieces = 128,
	.reads = READS_WHOLE,
	.recognise = recognise_resnet,
	.load = load_resnet,
	.release = release,
	.run = run,
	.look = look_resnet,
};

const struct system system_bert_vit_crf = {
	.name = "bert_vit_crf",
	.summary = "BERT and a ViT's [CLS] state behind every piece, CRF (MMNerModel); text and pictures",
	.defaults = "128 pieces; labels of UMT",
	.size = sizeof(struct picture_crf),
	.rows = ROWS_PIECES,
	.labels = labels_umt,
	.max_pieces = 128,
	.reads = READS_WHOLE,
	.recognise = recognise_vit,
	.load = load_vit,
	.release = release,
	.run = run,
	.read_picture = read_vit_picture,
	.look = look_vit,
};
