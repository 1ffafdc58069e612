/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_priv.h"

#include "inference/core/blas.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int model_load_bert(struct model *model, const char *prefix, struct err *err)
{
	struct encoder_config config;

	if (encoder_config_infer(&config, &model->weights, prefix, err) < 0 ||
	    model_apply_config(model, &config, err) < 0)
		return -1;
	return encoder_init(&model->encoder, &model->weights, &config, model->jobs, err);
}

int model_count_labels(struct model *model, const char *name, struct err *err)
{
	struct shape shape;

	if (!weights_shape(&model->weights, name, &shape))
		return err_set_at(err, model->weights.path, 0, 0,
				  "there is no tensor '%s': not a model of this system", name);
	if (shape.n != 2 || shape.dims[0] == 0 || shape.dims[0] > LABEL_LIMIT)
		return err_set_at(err, model->weights.path, 0, 0,
				  "tensor '%s' has %zu dimensions and %zu rows, but this system needs "
				  "[labels, width] with 1 to %d labels", name, shape.n,
				  shape.n ? shape.dims[0] : 0, LABEL_LIMIT);
	model->n_labels = shape.dims[0];
	return 0;
}

int model_load_crf(struct model *model, const char *name, struct err *err)
{
	struct crf *crf = &model->crf;
	size_t labels = crf->n_labels = model->n_labels;
	const struct {
		const char *part;
		struct shape shape;
		const float **out;
	} parts[] = {
		{ "start_transitions", SHAPE(labels), &crf->start },
		{ "end_transitions", SHAPE(labels), &crf->end },
		{ "transitions", SHAPE(labels, labels), &crf->transitions },
	};
	char full[100];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		snprintf(full, sizeof(full), "%s.%s", name, parts[i].part);
		if (weights_get(&model->weights, full, parts[i].shape, parts[i].out, err) < 0)
			return -1;
	}
	return 0;
}

static int allocate_workers(struct model *model, struct err *err)
{
	model->workers = checked_calloc((size_t)model->jobs, sizeof(*model->workers));
	if (!model->workers)
		return err_set_memory(err);
	for (int i = 0; i < model->jobs; i++)
		model->workers[i] = (struct worker){ .pieces = PIECE_TEXT_INIT, .arena = ARENA_INIT };
	return 0;
}

static void release_workers(struct model *model)
{
	for (int i = 0; model->workers && i < model->jobs; i++) {
		struct worker *worker = &model->workers[i];

		scratch_release(&worker->text);
		scratch_release(&worker->vision);
		scratch_release(&worker->own);
		piece_text_release(&worker->pieces);
		arena_release(&worker->arena);
	}
	free(model->workers);
}

/* All but the weights and the struct. */
static void release(struct model *model)
{
	if (model->system->release)
		model->system->release(model);
	picture_store_release(&model->store);
	release_workers(model);
	encoder_release(&model->encoder);
	wordpiece_free(model->wordpiece);
	if (model->vocabulary.data)
		file_map_close(&model->vocabulary);
	free(model->vocabulary_path);
	arena_release(&model->arena);
}

static void model_free(struct predictor *predictor)
{
	struct model *model = (struct model *)predictor;

	if (!model)
		return;
	release(model);
	weights_close(&model->weights);
	free(model);
}

static struct model *model_new(const struct system *system, const struct system_options *options,
			       int jobs, struct err *err)
{
	struct model *model = checked_calloc(1, system->size);

	if (!model) {
		err_set_memory(err);
		return NULL;
	}
	model->system = system;
	model->options = *options;
	model->jobs = jobs;
	model->slots = (system->reads & READS_WHOLE ? 1 : 0) + system->crops;
	picture_store_init(&model->store, model);
	model->predictor = (struct predictor){ .name = system->name,
					       .relates = system->relates,
					       .reads = system->reads,
					       .fallback = system->fallback,
					       .call_words = (size_t)jobs * MODEL_CALL_WORDS,
					       .predict = model_predict,
					       .free = model_free };
	return model;
}

/* The variant that the user or the file names must be one of the system's. */
static int read_variant(struct model *model, struct err *err)
{
	const char *given = model->options.variant;
	const char *const *known = model->system->variants;
	struct buf names = BUF_INIT;

	if (!given)
		given = checkpoint_metadata(&model->weights.file, "variant");
	if (!given)
		return 0;
	for (; known && *known; known++) {
		if (strcmp(*known, given) == 0) {
			model->variant = *known;
			buf_release(&names);
			return 0;
		}
		buf_add_format(&names, "%s%s", names.length ? ", " : "", *known);
	}
	err_set(err, ERR_USAGE, "the system %s has no variant '%.60s'; it has: %.200s", model->system->name,
		given, names.length ? names.data : "none");
	buf_release(&names);
	return -1;
}

static int check_crop(const struct model *model, struct err *err)
{
	if (!model->options.random_crop || model->system->takes_random_crop)
		return 0;
	return err_set(err, ERR_USAGE, "the system %s takes no crop of its pictures at random",
		       model->system->name);
}

/* Whatever the emissions, no tag comes of a CRF with scores that are no numbers. */
static int check_crf(const struct model *model, struct err *err)
{
	size_t numbers;

	if (model->system->relates || crf_is_sound(&model->crf))
		return 0;
	if (weights_check_finite(&model->weights, &numbers, err) < 0)
		return -1;
	return err_set(err, ERR_DATA, "its CRF has scores that are no numbers");
}

static int load(struct model *model, struct err *err)
{
	if (check_crop(model, err) < 0 || read_variant(model, err) < 0 ||
	    allocate_workers(model, err) < 0 || blas_open(err) < 0 || model->system->load(model, err) < 0 ||
	    model_read_labels(model, err) < 0 || model_open_text(model, err) < 0 ||
	    check_crf(model, err) < 0)
		return -1;
	/* Each thread of ours runs its own products. */
	blas_set_threads(1);
	return 0;
}

struct predictor *model_open(struct weights *weights, const struct system *system,
			     const struct system_options *options, struct err *err)
{
	int jobs = options->jobs > 0 ? options->jobs : pool_processors();
	struct model *model = model_new(system, options, jobs, err);

	if (!model) {
		weights_close(weights);
		return NULL;
	}
	model->weights = *weights;
	model->predictor.model = model->weights.path;
	if (load(model, err) == 0)
		return &model->predictor;
	err_add_file(err, model->weights.path);
	model_free(&model->predictor);
	return NULL;
}

int model_check_tensors(struct weights *weights, const struct system *system, struct err *err)
{
	struct model *model = model_new(system, &(struct system_options){ .jobs = 1 }, 1, err);
	int rc;

	if (!model)
		return -1;
	model->weights = *weights;
	rc = read_variant(model, err);
	if (rc == 0)
		rc = system->load(model, err);
	release(model);
	*weights = model->weights;
	free(model);
	return rc;
}
