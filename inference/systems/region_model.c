/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/region_model.h"

#include "inference/vision/image_input.h"

#include <string.h>

#define CHANNELS 2048 /* of the last map */
#define RESNET_PREFIX "resnet."

static const char *const projection_names[REGION_PROJECTIONS] = { "vismap2text", "vismap2text_v2" };
static const char *const dump_names[REGION_PROJECTIONS] = { "vismap", "vismap_v2" };

int region_model_load(struct region_model *regional, size_t n_projections, struct err *err)
{
	struct model *model = &regional->model;
	size_t hidden;

	if (model_load_bert(model, "bert.", err) < 0 ||
	    model_count_labels(model, "classifier.weight", err) < 0)
		return -1;
	hidden = model->encoder.config.hidden;
	regional->n_projections = n_projections;
	for (size_t i = 0; i < n_projections; i++)
		if (linear_get(&regional->projections[i], &model->weights, projection_names[i], CHANNELS,
			       hidden, err) < 0)
			return -1;
	model->picture_floats = n_projections * REGIONS * hidden;
	if (linear_get(&regional->classifier, &model->weights, "classifier", 2 * hidden,
		       model->n_labels, err) < 0)
		return -1;
	return model_load_crf(model, "crf", err);
}

int region_model_load_resnet(struct region_model *regional, struct err *err)
{
	struct weights *weights = &regional->model.weights;

	if (!weights_have(weights, RESNET_PREFIX "conv1.weight"))
		return err_set_at(err, weights->path, 0, 0,
				  "it has no ResNet: name pytorch_model.bin and pytorch_encoder.bin, "
				  "with a comma between them");
	regional->resnet = resnet_new(weights, RESNET_PREFIX, 152, err);
	return regional->resnet ? 0 : -1;
}

int region_model_get_stack(struct region_model *regional, struct transformer_stack *stack,
			   const char *name, struct err *err)
{
	const struct encoder_config *config = &regional->model.encoder.config;

	return transformer_stack_get(stack, &regional->model.weights, name, config->hidden,
				     config->heads, config->eps, err);
}

void region_model_release(struct model *model)
{
	resnet_free(((struct region_model *)model)->resnet);
}

int region_model_read_picture(const struct model *model, const struct image *image, const char *path,
			      float *input, struct err *err)
{
	struct image square = IMAGE_INIT;
	int rc;

	if (!model->options.random_crop)
		return image_to_input(image, &image_input_centre, input, err);
	if (image_crop_random(&square, image, model->options.seed, file_base_name(path), err) < 0)
		return -1;
	rc = image_to_input(&square, &image_input_centre, input, err);
	image_release(&square);
	return rc;
}

static int dump_picture(const struct region_model *regional, const float *input, const float *regions,
			const float *kept, struct prediction_dump *dump, size_t number, struct err *err)
{
	const size_t image[] = { 3, IMAGENET_SIDE, IMAGENET_SIDE };
	size_t hidden = regional->model.encoder.config.hidden;

	if (prediction_dump_add(dump, number, "image", TENSOR_F32, 3, image, input, err) < 0 ||
	    prediction_dump_rows(dump, number, "regions", REGIONS, CHANNELS, CHANNELS, regions,
				 err) < 0)
		return -1;
	for (size_t i = 0; i < regional->n_projections; i++)
		if (prediction_dump_rows(dump, number, dump_names[i], REGIONS, hidden, hidden,
					 kept + i * REGIONS * hidden, err) < 0)
			return -1;
	return 0;
}

int region_model_look(struct model *model, const float *input, size_t n, struct worker *worker,
		      float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		      struct err *err)
{
	const struct region_model *regional = (struct region_model *)model;
	size_t hidden = model->encoder.config.hidden;
	float *regions = scratch_reserve(&worker->own, REGIONS * CHANNELS, err);
	struct resnet_maps maps;

	if (!regions ||
	    resnet_run(regional->resnet, input, (int)n, IMAGENET_SIDE, &worker->vision, &maps, err) < 0 ||
	    resnet_dump(&maps, n, dump, numbers, err) < 0)
		return -1;
	for (size_t picture = 0; picture < n; picture++) {
		resnet_regions(&maps, n, picture, regions);
		for (size_t i = 0; i < regional->n_projections; i++)
			linear_run(&regional->projections[i], regions, REGIONS,
				   kept[picture] + i * REGIONS * hidden, hidden);
		if (dump && dump_picture(regional, input + picture * IMAGENET_FLOATS, regions,
					 kept[picture], dump, numbers[picture], err) < 0)
			return -1;
	}
	return 0;
}

void region_model_gather(const struct region_model *regional, const struct batch *batch,
			 size_t projection, float *out)
{
	size_t size = REGIONS * regional->model.encoder.config.hidden;

	for (size_t i = 0; i < batch->n; i++)
		memcpy(out + i * size, batch->pictures[i] + projection * size, size * sizeof(*out));
}

void join_rows(const float *left, const float *right, size_t rows, size_t hidden, float *out)
{
	for (size_t row = 0; row < rows; row++, left += hidden, right += hidden, out += 2 * hidden) {
		memcpy(out, left, hidden * sizeof(*out));
		memcpy(out + hidden, right, hidden * sizeof(*out));
	}
}

void region_model_classify(const struct region_model *regional, const float *text,
			   const float *image, const float *gate, size_t rows, float *joined,
			   float *scores)
{
	size_t hidden = regional->model.encoder.config.hidden;

	join_rows(text, image, rows, hidden, joined);
	for (size_t i = 0; i < rows * hidden; i++)
		joined[i / hidden * 2 * hidden + hidden + i % hidden] *= gate[i];
	linear_run(&regional->classifier, joined, rows, scores, regional->model.n_labels);
}
