/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/vit.h"

#include "inference/core/attention.h"
#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "inference/core/layers.h"
#include "inference/vision/image_input.h"
#include "lib/base/checked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATCH 16
#define ACROSS (IMAGENET_SIDE / PATCH)
#define PATCHES (ACROSS * ACROSS)
#define PATCH_FLOATS (3 * PATCH * PATCH)
#define HEAD_SIZE 64
#define EPS 1e-12f
#define LAYERS_LIMIT 48
#define HIDDEN_LIMIT 8192
#define WIDE_LIMIT 65536

struct layer {
	struct norm before, after; /* of attention and of the feed-forward, each before its part */
	struct linear query, key, value, output, expand, contract;
};

/* H is hidden. */
struct vit {
	size_t hidden, wide, n_layers;
	const float *cls;       /* [H] */
	const float *positions; /* [VIT_ROWS, H] */
	struct linear patches;  /* the pixels of a patch as [3, 16, 16] */
	struct layer layers[LAYERS_LIMIT];
	struct norm norm;
};

/* Where the tensors come from. */
struct loader {
	struct vit *vit;
	struct weights *weights;
	const char *prefix;
};

struct name {
	char text[160];
};

static struct name tensor_name(const struct loader *loader, const char *part)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s%s", loader->prefix, part);
	return name;
}

static struct name layer_name(const struct loader *loader, size_t layer, const char *part)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%sencoder.layer.%zu.%s", loader->prefix, layer, part);
	return name;
}

/* The rows of a tensor that must be there. */
static int count_rows(const struct loader *loader, struct name name, size_t limit, size_t *rows,
		      struct err *err)
{
	const char *path = loader->weights->path;
	struct shape shape;

	if (!weights_shape(loader->weights, name.text, &shape))
		return err_set_at(err, path, 0, 0, "there is no tensor '%s': not a model of this system",
				  name.text);
	if (shape.n < 1 || shape.dims[0] < 1 || shape.dims[0] > limit)
		return err_set_at(err, path, 0, 0, "tensor '%s' has not from 1 to %zu rows", name.text,
				  limit);
	*rows = shape.dims[0];
	return 0;
}

static int infer_sizes(const struct loader *loader, struct err *err)
{
	static const char *const expand = "intermediate.dense.weight";
	struct vit *vit = loader->vit;

	if (count_rows(loader, tensor_name(loader, "embeddings.patch_embeddings.projection.weight"),
		       HIDDEN_LIMIT, &vit->hidden, err) < 0 ||
	    count_rows(loader, layer_name(loader, 0, expand), WIDE_LIMIT, &vit->wide, err) < 0)
		return -1;
	if (vit->hidden % HEAD_SIZE)
		return err_set_at(err, loader->weights->path, 0, 0,
				  "no ViT has %zu hidden units: heads have %d", vit->hidden, HEAD_SIZE);
	while (weights_have(loader->weights, layer_name(loader, vit->n_layers, expand).text))
		if (++vit->n_layers > LAYERS_LIMIT)
			return err_set_at(err, loader->weights->path, 0, 0,
					  "it has more than %d layers of ViT", LAYERS_LIMIT);
	return 0;
}

static int load_embeddings(const struct loader *loader, struct err *err)
{
	struct vit *vit = loader->vit;
	struct weights *weights = loader->weights;
	size_t hidden = vit->hidden;

	vit->patches = (struct linear){ .in = PATCH_FLOATS, .out = hidden };
	if (weights_get(weights, tensor_name(loader, "embeddings.cls_token").text, SHAPE(1, 1, hidden),
			&vit->cls, err) < 0 ||
	    weights_get(weights, tensor_name(loader, "embeddings.position_embeddings").text,
			SHAPE(1, VIT_ROWS, hidden), &vit->positions, err) < 0 ||
	    weights_get(weights,
			tensor_name(loader, "embeddings.patch_embeddings.projection.weight").text,
			SHAPE(hidden, 3, PATCH, PATCH), &vit->patches.weight, err) < 0 ||
	    weights_get(weights, tensor_name(loader, "embeddings.patch_embeddings.projection.bias").text,
			SHAPE(hidden), &vit->patches.bias, err) < 0)
		return -1;
	return norm_get(&vit->norm, weights, tensor_name(loader, "layernorm").text, hidden, EPS, err);
}

static int load_layer(const struct loader *loader, size_t number, struct err *err)
{
	struct layer *layer = &loader->vit->layers[number];
	size_t hidden = loader->vit->hidden, wide = loader->vit->wide;
	const struct {
		const char *name;
		struct linear *linear;
		size_t in, out;
	} linears[] = {
		{ "attention.attention.query", &layer->query, hidden, hidden },
		{ "attention.attention.key", &layer->key, hidden, hidden },
		{ "attention.attention.value", &layer->value, hidden, hidden },
		{ "attention.output.dense", &layer->output, hidden, hidden },
		{ "intermediate.dense", &layer->expand, hidden, wide },
		{ "output.dense", &layer->contract, wide, hidden },
	};

	for (size_t i = 0; i < sizeof(linears) / sizeof(*linears); i++)
		if (linear_get(linears[i].linear, loader->weights,
			       layer_name(loader, number, linears[i].name).text, linears[i].in,
			       linears[i].out, err) < 0)
			return -1;
	if (norm_get(&layer->before, loader->weights, layer_name(loader, number, "layernorm_before").text,
		     hidden, EPS, err) < 0)
		return -1;
	return norm_get(&layer->after, loader->weights, layer_name(loader, number, "layernorm_after").text,
			hidden, EPS, err);
}

static int load(const struct loader *loader, struct err *err)
{
	if (infer_sizes(loader, err) < 0 || load_embeddings(loader, err) < 0)
		return -1;
	for (size_t i = 0; i < loader->vit->n_layers; i++)
		if (load_layer(loader, i, err) < 0)
			return -1;
	return 0;
}

struct vit *vit_new(struct weights *weights, const char *prefix, struct err *err)
{
	struct loader loader = { checked_calloc(1, sizeof(*loader.vit)), weights, prefix };

	if (!loader.vit)
		err_set_memory(err);
	else if (blas_open(err) == 0 && load(&loader, err) == 0)
		return loader.vit;
	vit_free(loader.vit);
	return NULL;
}

void vit_free(struct vit *vit)
{
	free(vit);
}

size_t vit_hidden(const struct vit *vit)
{
	return vit->hidden;
}

/* The parts of the scratch for n rows of all pictures. */
struct run {
	const struct vit *vit;
	size_t pictures, n;
	float *x;                    /* [n, H], the states */
	float *y;                    /* [n, H], the states after a norm, then the heads */
	float *query, *key, *value;  /* [n, H]; the queries' place is also for what is added to x */
	float *wide;                 /* [n, I]; first the patches [pictures, PATCHES, PATCH_FLOATS] */
	float *scores;               /* of one picture */
};

static int prepare(struct run *run, struct scratch *scratch, struct err *err)
{
	const struct vit *vit = run->vit;
	size_t part = run->n * vit->hidden;
	size_t wide = run->n * (vit->wide > PATCH_FLOATS ? vit->wide : PATCH_FLOATS);

	run->x = scratch_reserve(scratch, 5 * part + wide + attention_scores(VIT_ROWS, VIT_ROWS), err);
	if (!run->x)
		return -1;
	run->y = run->x + part;
	run->query = run->y + part;
	run->key = run->query + part;
	run->value = run->key + part;
	run->wide = run->value + part;
	run->scores = run->wide + wide;
	return 0;
}

/* The patches of a picture [3, 224, 224], row by row, to out [PATCHES, 3, 16, 16]. */
static void cut_patches(const float *picture, float *out)
{
	for (size_t patch = 0; patch < PATCHES; patch++) {
		size_t top = patch / ACROSS * PATCH, left = patch % ACROSS * PATCH;

		for (size_t row = 0; row < 3 * PATCH; row++, out += PATCH) {
			size_t y = row / PATCH * IMAGENET_SIDE + top + row % PATCH;

			memcpy(out, picture + y * IMAGENET_SIDE + left, PATCH * sizeof(*out));
		}
	}
}

static void embed(const struct run *run, const float *input)
{
	const struct vit *vit = run->vit;
	size_t hidden = vit->hidden;

	for (size_t i = 0; i < run->pictures; i++) {
		float *x = run->x + i * VIT_ROWS * hidden;

		cut_patches(input + i * IMAGENET_FLOATS, run->wide);
		memcpy(x, vit->cls, hidden * sizeof(*x));
		linear_run(&vit->patches, run->wide, PATCHES, x + hidden, hidden);
		kernels()->add(x, vit->positions, VIT_ROWS * hidden);
	}
}

/* y = norm(x). */
static void normalise(const struct run *run, const struct norm *norm)
{
	memcpy(run->y, run->x, run->n * norm->width * sizeof(*run->y));
	norm_run(norm, run->y, run->n);
}

/* The heads of one picture, to y. */
static void attend(const struct run *run, size_t picture)
{
	size_t hidden = run->vit->hidden, first = picture * VIT_ROWS * hidden;
	struct attention attention = {
		.heads = hidden / HEAD_SIZE,
		.size = HEAD_SIZE,
		.queries = run->query + first,
		.query_stride = hidden,
		.n = VIT_ROWS,
		.keys = { run->key + first, run->value + first, hidden, VIT_ROWS },
		.out = run->y + first,
		.out_stride = hidden,
	};

	attention_run(&attention, run->scores);
}

static void run_layer(const struct run *run, const struct layer *layer)
{
	size_t hidden = run->vit->hidden, n = run->n;

	normalise(run, &layer->before);
	linear_run(&layer->query, run->y, n, run->query, hidden);
	linear_run(&layer->key, run->y, n, run->key, hidden);
	linear_run(&layer->value, run->y, n, run->value, hidden);
	for (size_t i = 0; i < run->pictures; i++)
		attend(run, i);
	linear_run(&layer->output, run->y, n, run->query, hidden);
	kernels()->add(run->x, run->query, n * hidden);

	normalise(run, &layer->after);
	linear_run_gelu(&layer->expand, run->y, n, run->wide);
	linear_run(&layer->contract, run->wide, n, run->query, hidden);
	kernels()->add(run->x, run->query, n * hidden);
}

int vit_run(const struct vit *vit, const float *input, size_t pictures, struct scratch *scratch,
	    const float **states, struct err *err)
{
	struct run run = { .vit = vit, .pictures = pictures, .n = pictures * VIT_ROWS };

	if (pictures < 1)
		BUG("vit_run: there is no picture");
	if (prepare(&run, scratch, err) < 0)
		return -1;
	embed(&run, input);
	for (size_t i = 0; i < vit->n_layers; i++)
		run_layer(&run, &vit->layers[i]);
	norm_run(&vit->norm, run.x, run.n);
	*states = run.x;
	return 0;
}
