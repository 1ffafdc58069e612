/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/resnet.h"

#include "inference/vision/resnet_priv.h"
#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

/* The stem and these stages take the pictures of a batch one by one, as their maps are larger than a cache;
 * after them it is the weights that are large, and all pictures pass by them together. */
#define SINGLE_STAGES 2

size_t resnet_channels(size_t stage)
{
	return (size_t)(RESNET_STEM * RESNET_EXPANSION) << stage;
}

/* One run. Maps up to SINGLE_STAGES are of one picture, but for the last of them, the others of all. */
struct run {
	const struct resnet *resnet;
	size_t pictures;
	struct map input, stem, pooled;
	struct map stages[RESNET_STAGES];
	float *reduced; /* a bordered map, what `reduce` gives */
	float *spread;  /* what `spread` gives */
	size_t *places;
	/* As resnet_maps has them. */
	float *stem_planes, *planes[RESNET_STAGES];
};

static size_t halve(size_t side)
{
	return (side + 1) / 2;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Hand out parts of one allocation: called first without memory to learn its size. */
static float *take(float *memory, size_t *used, size_t floats)
{
	float *part = memory ? memory + *used : NULL;

	*used += (floats + 15) / 16 * 16; /* parts begin at cache lines */
	return part;
}

static size_t plane_of(const struct map *map)
{
	return map->height * map->width;
}

static void size_maps(struct run *run, size_t side)
{
	run->input = (struct map){ NULL, side, side, 3, 3 };
	run->stem = (struct map){ NULL, halve(side), halve(side), 0, RESNET_STEM };
	run->pooled = (struct map){ NULL, halve(halve(side)), halve(halve(side)), 0, RESNET_STEM };
	for (size_t stage = 0; stage < RESNET_STAGES; stage++) {
		size_t own = stage ? halve(run->stages[stage - 1].width) : run->pooled.width;

		run->stages[stage] = (struct map){ NULL, own, own, 0, resnet_channels(stage) };
	}
}

/* Pictures that a stage's convolutions take together. */
static size_t together(const struct run *run, size_t stage)
{
	return stage < SINGLE_STAGES ? 1 : run->pictures;
}

/* Lay the maps out in `memory` (NULL: only count); returns the floats needed. */
static size_t place_maps(struct run *run, size_t side, float *memory)
{
	size_t used = 0, reduced = 0, spread = 0, n = run->pictures, rows;

	size_maps(run, side);
	rows = plane_of(&run->stem);
	for (size_t stage = 0; stage < RESNET_STAGES; stage++) {
		struct map *map = &run->stages[stage], *before = &run->stages[stage ? stage - 1 : 0];
		size_t width = (size_t)RESNET_STEM << stage, own = together(run, stage);

		reduced = larger(reduced, map_floats(&(struct map){ NULL, before->height, before->width, 1, width }, own));
		spread = larger(spread, map_floats(&(struct map){ NULL, map->height, map->width, 0, width }, own));
		rows = larger(rows, own * plane_of(before));
		map->numbers = take(memory, &used, map_floats(map, stage + 1 < SINGLE_STAGES ? 1 : n));
		run->planes[stage] = take(memory, &used, map_floats(map, n));
	}
	run->input.numbers = take(memory, &used, map_floats(&run->input, 1));
	run->stem.numbers = take(memory, &used, map_floats(&run->stem, 1));
	run->pooled.numbers = take(memory, &used, map_floats(&run->pooled, 1));
	run->stem_planes = take(memory, &used, map_floats(&run->pooled, n));
	run->reduced = take(memory, &used, reduced);
	run->spread = take(memory, &used, spread);
	run->places = (size_t *)(void *)take(memory, &used, map_conv_places(rows) * 2);
	return used;
}

/* A block adds to `output`, which holds its input, or the shortcut's result in a stage's first. */
static void run_block(const struct run *run, const struct bottleneck *block, const struct map *input,
		      size_t pictures, const struct map *output)
{
	const struct map reduced = { run->reduced, input->height, input->width, 1, block->reduce.out };
	const struct map spread = { run->spread, output->height, output->width, 0, block->spread.out };

	if (block->shortcut.out)
		map_conv_run(&block->shortcut, input, pictures, PRODUCT_PLAIN, false, output, run->places);
	map_clear_border(&reduced, pictures);
	map_conv_run(&block->reduce, input, pictures, PRODUCT_RELU, false, &reduced, run->places);
	map_conv_run(&block->spread, &reduced, pictures, PRODUCT_RELU, false, &spread, run->places);
	map_conv_run(&block->expand, &spread, pictures, PRODUCT_RELU, true, output, run->places);
}

static void run_stage(const struct run *run, size_t stage, struct map input, size_t pictures,
		      struct map output)
{
	for (int i = 0; i < run->resnet->n_blocks[stage]; i++) {
		run_block(run, &run->resnet->stages[stage][i], &input, pictures, &output);
		input = output;
	}
}

/* Picture `i` of the planes from picture `from` of a map. */
static void keep_planes(const struct run *run, const struct map *map, size_t from, float *planes, size_t i)
{
	map_to_planes(map, from, planes + i * plane_of(map), run->pictures * plane_of(map));
}

/* The stages that take pictures one by one. */
static void run_picture(const struct run *run, const float *planes, size_t i)
{
	struct map input = run->pooled;

	map_from_planes(&run->input, 0, planes);
	map_conv_run(&run->resnet->stem, &run->input, 1, PRODUCT_RELU, false, &run->stem, run->places);
	map_max_pool(&run->stem, 1, &run->pooled);
	keep_planes(run, &run->pooled, 0, run->stem_planes, i);
	for (size_t stage = 0; stage < SINGLE_STAGES; stage++) {
		struct map output = run->stages[stage];

		if (stage + 1 == SINGLE_STAGES)
			output.numbers = map_picture(&output, i);
		run_stage(run, stage, input, 1, output);
		keep_planes(run, &output, 0, run->planes[stage], i);
		input = output;
	}
}

int resnet_run(const struct resnet *resnet, const float *input, int pictures, int side,
	       struct scratch *scratch, struct resnet_maps *maps, struct err *err)
{
	struct run run = { .resnet = resnet, .pictures = (size_t)pictures };
	size_t plane = (size_t)side * (size_t)side;

	if (pictures < 1 || pictures > RESNET_BATCH || side < 32 || side > 1024)
		BUG("resnet_run: so many pictures or such a side are not served");
	if (!scratch_reserve(scratch, place_maps(&run, (size_t)side, NULL), err))
		return -1;
	place_maps(&run, (size_t)side, scratch->memory);
	map_clear_border(&run.input, 1);
	for (size_t i = 0; i < run.pictures; i++)
		run_picture(&run, input + i * 3 * plane, i);
	for (size_t stage = SINGLE_STAGES; stage < RESNET_STAGES; stage++) {
		run_stage(&run, stage, run.stages[stage - 1], run.pictures, run.stages[stage]);
		for (size_t i = 0; i < run.pictures; i++)
			keep_planes(&run, &run.stages[stage], i, run.planes[stage], i);
	}
	*maps = (struct resnet_maps){ .stem = run.stem_planes, .stem_side = (int)run.pooled.width };
	for (int stage = 0; stage < RESNET_STAGES; stage++) {
		maps->stages[stage] = run.planes[stage];
		maps->sides[stage] = (int)run.stages[stage].width;
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
		if (dump_map(maps->stem, RESNET_STEM, maps->stem_side, i, n, "stem", dump, numbers[i],
			     err) < 0)
			return -1;
		for (size_t stage = 0; stage < RESNET_STAGES; stage++)
			if (dump_map(maps->stages[stage], resnet_channels(stage), maps->sides[stage], i,
				     n, names[stage], dump, numbers[i], err) < 0)
				return -1;
	}
	return 0;
}
