/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/resnet.h"

#include "inference/core/blas.h"
#include "inference/core/conv.h"
#include "inference/core/conv_direct.h"
#include "lib/base/arena.h"
#include "lib/base/checked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEM_CHANNELS 64
#define EXPANSION 4
#define BATCH_NORM_EPS 1e-5
#define NAME_LIMIT 200
/* On maps of 7 x 7 the direct way leaves more than half of its lanes idle. */
#define DIRECT_STAGES 3

static const struct {
	int layers, blocks[RESNET_STAGES];
} depths[] = {
	{ 50, { 3, 4, 6, 3 } },
	{ 101, { 3, 4, 23, 3 } },
	{ 152, { 3, 8, 36, 3 } },
};

struct bottleneck {
	struct conv reduce, spread, expand; /* 1 x 1, 3 x 3, 1 x 1 */
	struct conv shortcut;               /* of a stage's first block */
};

struct resnet {
	struct arena arena;
	struct conv stem;
	struct bottleneck *stages[RESNET_STAGES];
	int n_blocks[RESNET_STAGES];
};

/* Where the weights are read from, and the names in hand. */
struct loader {
	struct resnet *resnet;
	const struct weights *weights;
	const char *prefix;
	float *raw; /* room for any one convolution */
};

size_t resnet_channels(size_t stage)
{
	return (size_t)(STEM_CHANNELS * EXPANSION) << stage;
}

/* One of the four vectors of a batch norm, [n]. */
static int load_vector(const struct loader *loader, const char *norm, const char *part, size_t n,
		       float *out, struct err *err)
{
	char name[NAME_LIMIT];

	snprintf(name, sizeof(name), "%s%s.%s", loader->prefix, norm, part);
	return weights_copy(loader->weights, name, SHAPE(n), out, err);
}

/* The factor and the addend that a batch norm comes to, [n] each. */
static int load_norm(const struct loader *loader, const char *norm, size_t n, double *factor,
		     float *addend, struct err *err)
{
	enum { WEIGHT, BIAS, MEAN, VARIANCE, PARTS };
	static const char *const names[PARTS] = { "weight", "bias", "running_mean", "running_var" };
	float parts[PARTS][2048];

	for (int i = 0; i < PARTS; i++)
		if (load_vector(loader, norm, names[i], n, parts[i], err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++) {
		if (!(parts[VARIANCE][i] >= 0) || isinf(parts[VARIANCE][i]))
			return err_set_at(err, loader->weights->path, 0, 0,
					  "tensor '%s%s.running_var' holds %g, which is no variance",
					  loader->prefix, norm, (double)parts[VARIANCE][i]);
		factor[i] = parts[WEIGHT][i] / sqrt((double)parts[VARIANCE][i] + BATCH_NORM_EPS);
		addend[i] = (float)(parts[BIAS][i] - parts[MEAN][i] * factor[i]);
	}
	return 0;
}

/* Convolution and batch norm by their names, with conv's sizes set; `direct` packs where it serves. */
static int load_conv(struct loader *loader, struct conv *conv, const char *name, const char *norm,
		     bool direct, struct err *err)
{
	size_t out = (size_t)conv->out, in = (size_t)conv->in, kernel = (size_t)conv->kernel;
	size_t depth = in * kernel * kernel;
	float *weight = arena_alloc(&loader->resnet->arena, out * depth, sizeof(*weight));
	float *bias = arena_alloc(&loader->resnet->arena, out, sizeof(*bias));
	char full[NAME_LIMIT];
	double factor[2048];

	if (!weight || !bias)
		return err_set_memory(err);
	snprintf(full, sizeof(full), "%s%s.weight", loader->prefix, name);
	if (weights_copy(loader->weights, full, SHAPE(out, in, kernel, kernel), loader->raw, err) < 0 ||
	    load_norm(loader, norm, out, factor, bias, err) < 0)
		return -1;
	for (size_t i = 0; i < out * depth; i++)
		loader->raw[i] = (float)(loader->raw[i] * factor[i / depth]);
	conv->weight = loader->raw;
	conv->bias = bias;
	if (direct && conv_direct_serves(conv)) {
		conv_direct_pack(conv, weight);
		conv->packed = weight;
		conv->weight = NULL;
	} else {
		memcpy(weight, loader->raw, out * depth * sizeof(*weight));
		conv->weight = weight;
	}
	return 0;
}

/* The convolution `part` of a block, with its batch norm. */
static int load_part(struct loader *loader, struct conv *conv, int stage, int block, int part,
		     struct err *err)
{
	char name[40], norm[40];

	snprintf(name, sizeof(name), "layer%d.%d.conv%d", stage + 1, block, part);
	snprintf(norm, sizeof(norm), "layer%d.%d.bn%d", stage + 1, block, part);
	return load_conv(loader, conv, name, norm, stage < DIRECT_STAGES, err);
}

static int load_block(struct loader *loader, int stage, int block, struct err *err)
{
	struct bottleneck *b = &loader->resnet->stages[stage][block];
	int width = STEM_CHANNELS << stage, out = width * EXPANSION;
	int in = block > 0 ? out : stage > 0 ? out / 2 : STEM_CHANNELS;
	int stride = block == 0 && stage > 0 ? 2 : 1;
	char name[40], norm[40];

	b->reduce = (struct conv){ .in = in, .out = width, .kernel = 1, .stride = 1 };
	b->spread = (struct conv){ .in = width, .out = width, .kernel = 3, .stride = stride };
	b->expand = (struct conv){ .in = width, .out = out, .kernel = 1, .stride = 1 };
	b->shortcut = (struct conv){ .in = in, .out = out, .kernel = 1, .stride = stride, .slope = 1 };
	if (load_part(loader, &b->reduce, stage, block, 1, err) < 0 ||
	    load_part(loader, &b->spread, stage, block, 2, err) < 0 ||
	    load_part(loader, &b->expand, stage, block, 3, err) < 0)
		return -1;
	if (block > 0)
		return 0;
	snprintf(name, sizeof(name), "layer%d.0.downsample.0", stage + 1);
	snprintf(norm, sizeof(norm), "layer%d.0.downsample.1", stage + 1);
	return load_conv(loader, &b->shortcut, name, norm, false, err);
}

static int load_network(struct loader *loader, const int blocks[RESNET_STAGES], struct err *err)
{
	struct resnet *resnet = loader->resnet;

	resnet->stem = (struct conv){ .in = 3, .out = STEM_CHANNELS, .kernel = 7, .stride = 2 };
	if (load_conv(loader, &resnet->stem, "conv1", "bn1", false, err) < 0)
		return -1;
	for (int stage = 0; stage < RESNET_STAGES; stage++) {
		resnet->n_blocks[stage] = blocks[stage];
		resnet->stages[stage] = arena_alloc(&resnet->arena, (size_t)blocks[stage],
						    sizeof(**resnet->stages));
		if (!resnet->stages[stage])
			return err_set_memory(err);
		for (int block = 0; block < blocks[stage]; block++)
			if (load_block(loader, stage, block, err) < 0)
				return -1;
	}
	return 0;
}

static const int *find_depth(int layers)
{
	for (size_t i = 0; i < sizeof(depths) / sizeof(*depths); i++)
		if (depths[i].layers == layers)
			return depths[i].blocks;
	BUG("resnet_new: there is no ResNet of so many layers");
}

struct resnet *resnet_new(const struct weights *weights, const char *prefix, int layers,
			  struct err *err)
{
	const int *blocks = find_depth(layers);
	size_t widest = STEM_CHANNELS << (RESNET_STAGES - 1);
	struct loader loader = { .weights = weights, .prefix = prefix };
	int rc;

	if (blas_open(err) < 0)
		return NULL;
	loader.resnet = checked_calloc(1, sizeof(*loader.resnet));
	loader.raw = checked_calloc(widest * widest * 9, sizeof(*loader.raw));
	rc = loader.resnet && loader.raw ? load_network(&loader, blocks, err) : err_set_memory(err);
	free(loader.raw);
	if (rc == 0)
		return loader.resnet;
	resnet_free(loader.resnet);
	return NULL;
}

void resnet_free(struct resnet *resnet)
{
	if (!resnet)
		return;
	arena_release(&resnet->arena);
	free(resnet);
}

/* One run; the parts of its scratch are for all pictures together. */
struct run {
	const struct resnet *resnet;
	int pictures;
	float *input;          /* [3, pictures, side, side] */
	float *large;          /* the stem before its pooling; in a block, what `reduce` gives */
	float *small;          /* what `spread` gives */
	float *columns;        /* of the convolutions */
	float *stem;
	float *stages[RESNET_STAGES];
	int stem_side, sides[RESNET_STAGES];
};

static int halve(int side)
{
	return (side + 1) / 2;
}

/* Hand out parts of one allocation: called first without memory to learn its size. */
static float *take(float *memory, size_t *used, size_t floats)
{
	float *part = memory ? memory + *used : NULL;

	*used += (floats + 15) / 16 * 16; /* parts begin at cache lines */
	return part;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The most that any convolution asks for. */
static size_t column_floats(const struct run *run, int side)
{
	size_t most = conv_scratch(&run->resnet->stem, side, side);

	side = run->stem_side;
	for (int stage = 0; stage < RESNET_STAGES; side = run->sides[stage++]) {
		const struct bottleneck *first = &run->resnet->stages[stage][0];

		most = larger(most, conv_scratch(&first->spread, side, side));
		most = larger(most, conv_scratch(&first->shortcut, side, side));
		most = larger(most, conv_scratch(&first[1].spread, run->sides[stage], run->sides[stage]));
	}
	return most;
}

static size_t plane_floats(const struct run *run, size_t channels, int side)
{
	return channels * (size_t)run->pictures * (size_t)side * (size_t)side;
}

/* Lay the maps out in `memory` (NULL: only count); returns the floats needed. */
static size_t place_maps(struct run *run, int side, float *memory)
{
	size_t used = 0, large = plane_floats(run, STEM_CHANNELS, halve(side)), small = 0;

	run->stem_side = halve(halve(side));
	run->sides[0] = run->stem_side;
	for (int stage = 1; stage < RESNET_STAGES; stage++)
		run->sides[stage] = halve(run->sides[stage - 1]);
	for (int stage = 0; stage < RESNET_STAGES; stage++) {
		size_t width = (size_t)STEM_CHANNELS << stage;

		large = larger(large, plane_floats(run, width, run->sides[stage > 0 ? stage - 1 : 0]));
		small = larger(small, plane_floats(run, width, run->sides[stage]));
		run->stages[stage] = take(memory, &used, plane_floats(run, resnet_channels((size_t)stage),
								      run->sides[stage]));
	}
	run->input = take(memory, &used, plane_floats(run, 3, side));
	run->stem = take(memory, &used, plane_floats(run, STEM_CHANNELS, run->stem_side));
	run->large = take(memory, &used, large);
	run->small = take(memory, &used, small);
	run->columns = take(memory, &used, column_floats(run, side));
	return used;
}

/* Pictures [pictures, 3, ...] to channels [3, pictures, ...]. */
static void gather(const struct run *run, const float *input, int side)
{
	size_t plane = (size_t)side * (size_t)side, n = (size_t)run->pictures;

	for (size_t i = 0; i < n * 3; i++)
		memcpy(run->input + (i % 3 * n + i / 3) * plane, input + i * plane,
		       plane * sizeof(*input));
}

/* A block adds to `output`, which holds its input, or the shortcut's result in a stage's first. */
static void run_block(const struct run *run, const struct bottleneck *block, const float *input,
		      int side, float *output)
{
	int out = conv_output_size(&block->spread, side), n = run->pictures;

	if (block->shortcut.weight)
		conv_run_batch(&block->shortcut, input, n, side, side, false, output, run->columns);
	conv_run_batch(&block->reduce, input, n, side, side, false, run->large, run->columns);
	conv_run_batch(&block->spread, run->large, n, side, side, false, run->small, run->columns);
	conv_run_batch(&block->expand, run->small, n, out, out, true, output, run->columns);
}

static void run_stage(const struct run *run, int stage)
{
	const struct resnet *resnet = run->resnet;
	const float *input = stage > 0 ? run->stages[stage - 1] : run->stem;
	int side = stage > 0 ? run->sides[stage - 1] : run->stem_side;

	for (int i = 0; i < resnet->n_blocks[stage]; i++) {
		run_block(run, &resnet->stages[stage][i], input, side, run->stages[stage]);
		input = run->stages[stage];
		side = run->sides[stage];
	}
}

int resnet_run(const struct resnet *resnet, const float *input, int pictures, int side,
	       struct scratch *scratch, struct resnet_maps *maps, struct err *err)
{
	struct run run = { .resnet = resnet, .pictures = pictures };

	if (pictures < 1 || pictures > RESNET_BATCH || side < 32 || side > 1024)
		BUG("resnet_run: so many pictures or such a side are not served");
	if (!scratch_reserve(scratch, place_maps(&run, side, NULL), err))
		return -1;
	place_maps(&run, side, scratch->memory);
	gather(&run, input, side);
	conv_run_batch(&resnet->stem, run.input, pictures, side, side, false, run.large, run.columns);
	max_pool(run.large, STEM_CHANNELS * pictures, halve(side), halve(side), run.stem);
	for (int stage = 0; stage < RESNET_STAGES; stage++)
		run_stage(&run, stage);
	*maps = (struct resnet_maps){ .stem = run.stem, .stem_side = run.stem_side };
	for (int stage = 0; stage < RESNET_STAGES; stage++) {
		maps->stages[stage] = run.stages[stage];
		maps->sides[stage] = run.sides[stage];
	}
	return 0;
}

void resnet_regions(const struct resnet_maps *maps, size_t n, size_t picture, float *out)
{
	size_t last = RESNET_STAGES - 1, channels = resnet_channels(last);
	size_t plane = (size_t)maps->sides[last] * (size_t)maps->sides[last];

	for (size_t c = 0; c < channels; c++) {
		const float *map = maps->stages[last] + (c * n + picture) * plane;

		for (size_t i = 0; i < plane; i++)
			out[i * channels + c] = map[i];
	}
}

/* One picture's map among those of n. */
static int dump_map(const float *map, size_t channels, int side, size_t i, size_t n, const char *name,
		    struct prediction_dump *dump, size_t number, struct err *err)
{
	size_t plane = (size_t)side * (size_t)side, shape[] = { channels, (size_t)side, (size_t)side };
	float *own = checked_calloc(channels * plane, sizeof(*own));
	int rc;

	if (!own)
		return err_set_memory(err);
	for (size_t c = 0; c < channels; c++)
		memcpy(own + c * plane, map + (c * n + i) * plane, plane * sizeof(*own));
	rc = prediction_dump_add(dump, number, name, TENSOR_F32, 3, shape, own, err);
	free(own);
	return rc;
}

void resnet_average(const struct resnet_maps *maps, size_t n, float *out)
{
	size_t last = RESNET_STAGES - 1, channels = resnet_channels(last);
	size_t plane = (size_t)maps->sides[last] * (size_t)maps->sides[last];
	const float *map = maps->stages[last];

	for (size_t channel = 0; channel < channels; channel++)
		for (size_t i = 0; i < n; i++, map += plane) {
			double sum = 0;

			for (size_t k = 0; k < plane; k++)
				sum += (double)map[k];
			out[i * channels + channel] = (float)(sum / (double)plane);
		}
}

int resnet_dump(const struct resnet_maps *maps, size_t n, struct prediction_dump *dump,
		const size_t *numbers, struct err *err)
{
	static const char *const names[RESNET_STAGES] = { "stage1", "stage2", "stage3", "stage4" };

	for (size_t i = 0; dump && i < n; i++) {
		if (dump_map(maps->stem, STEM_CHANNELS, maps->stem_side, i, n, "stem", dump, numbers[i],
			     err) < 0)
			return -1;
		for (size_t stage = 0; stage < RESNET_STAGES; stage++)
			if (dump_map(maps->stages[stage], resnet_channels(stage), maps->sides[stage], i,
				     n, names[stage], dump, numbers[i], err) < 0)
				return -1;
	}
	return 0;
}
