/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/hvpnet.h"

#include <string.h>

enum variant { FLAT, ONE_TO_THREE, ONLY_OBJECTS };
const char *const hvpnet_variants[] = { "flat", "1t3", "only-obj", NULL };

bool hvpnet_recognise(const struct weights *weights)
{
	return weights_have(weights, "image_model.resnet.conv1.weight") &&
	       weights_have(weights, "encoder_conv.0.weight");
}

static bool is_variant(const struct model *model, enum variant variant)
{
	return model->variant && strcmp(model->variant, hvpnet_variants[variant]) == 0;
}

static enum prompt_kind kind_of(const struct model *model)
{
	if (is_variant(model, FLAT))
		return PROMPT_FLAT;
	return is_variant(model, ONE_TO_THREE) ? PROMPT_1T3 : hvpnet_prompt_kind(&model->weights);
}

int hvpnet_load(struct hvpnet *hvpnet, struct err *err)
{
	struct model *model = &hvpnet->model;
	const struct encoder_config *config = &model->encoder.config;

	if (is_variant(model, ONLY_OBJECTS)) {
		model->predictor.reads &= ~(unsigned)READS_WHOLE;
		model->slots = PROMPT_OBJECTS;
	}
	if (model_load_bert(model, "bert.", err) < 0 ||
	    hvpnet_prompt_init(&hvpnet->prompt, &model->weights, kind_of(model), model->slots,
			       config->layers, config->hidden, err) < 0)
		return -1;
	model->picture_floats = hvpnet_prompt_picture_size(&hvpnet->prompt);
	return 0;
}

void hvpnet_release(struct model *model)
{
	hvpnet_prompt_release(&((struct hvpnet *)model)->prompt);
}

int hvpnet_look(struct model *model, const float *input, size_t n, struct worker *worker,
		float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		struct err *err)
{
	const struct hvpnet_prompt *prompt = &((struct hvpnet *)model)->prompt;
	struct resnet_maps maps;

	if (resnet_run(prompt->resnet, input, (int)n, IMAGENET_SIDE, &worker->vision, &maps, err) < 0 ||
	    resnet_dump(&maps, n, dump, numbers, err) < 0)
		return -1;
	return hvpnet_prompt_run(prompt, &maps, n, &worker->own, kept, dump, numbers, err);
}

static int dump_prefixes(const struct hvpnet_prompt *prompt, const struct batch *batch, size_t i,
			 const float *memory, struct err *err)
{
	size_t shape[] = { prompt->length, prompt->hidden }, half = prompt->length * prompt->hidden;

	for (size_t layer = 0; layer < prompt->layers; layer++, memory += 2 * half) {
		char name[40];

		snprintf(name, sizeof(name), "prefix_key.%zu", layer);
		if (prediction_dump_add(batch->dump, batch->numbers[i], name, TENSOR_F32, 2, shape,
					memory, err) < 0)
			return -1;
		snprintf(name, sizeof(name), "prefix_value.%zu", layer);
		if (prediction_dump_add(batch->dump, batch->numbers[i], name, TENSOR_F32, 2, shape,
					memory + half, err) < 0)
			return -1;
	}
	return 0;
}

int hvpnet_encode(struct model *model, const struct batch *batch, struct worker *worker,
		  const float **states, struct err *err)
{
	const struct hvpnet_prompt *prompt = &((struct hvpnet *)model)->prompt;
	size_t size = hvpnet_prompt_prefix_size(prompt);
	float *memory = scratch_reserve(&worker->own, batch->n * size, err);
	struct encoder_prefix *prefixes = arena_alloc(&worker->arena, batch->n * prompt->layers + 1,
						      sizeof(*prefixes));

	if (!memory)
		return -1;
	if (!prefixes)
		return err_set_memory(err);
	for (size_t i = 0; i < batch->n; i++) {
		hvpnet_prompt_prefix(prompt, batch->pictures + i * model->slots, memory + i * size,
				     prefixes + i * prompt->layers);
		if (batch->dump && dump_prefixes(prompt, batch, i, memory + i * size, err) < 0)
			return -1;
	}
	return model_encode(model, batch, worker, prefixes, prompt->length, states, err);
}
