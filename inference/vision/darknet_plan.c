/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/darknet_priv.h"

#include "inference/core/winograd.h"
#include "lib/base/checked.h"

#include <stdlib.h>

#define STATE_MOST ((size_t)4 << 30) /* bytes of all maps */
#define LINE_FLOATS ((size_t)16)     /* of a cache line */

/* Fewer channels gain less than bringing them to points costs; fewer tiles, less than reading the weights of
 * all points. */
#define TILED_CHANNELS ((size_t)32)
#define TILED_LEAST ((size_t)32)

/* A map's place in the memory while it is in use. */
struct block {
	size_t offset, size, end; /* `end`: the last node that reads it */
};

static void mark_needed(struct darknet_model *model)
{
	for (size_t i = model->n_nodes; i-- > 0;) {
		struct darknet_node *node = &model->nodes[i];

		node->needed = node->needed || node->wanted || i == 0;
		for (size_t j = 0; node->needed && j < node->n_from; j++)
			model->nodes[node->from[j]].needed = true;
	}
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Whose map each node has, how wide a border it needs, and when it is read last. */
static void follow_maps(struct darknet_model *model, size_t *last)
{
	for (size_t i = 0; i < model->n_nodes; i++) {
		struct darknet_node *node = &model->nodes[i];

		node->map = node->kind == DARKNET_SAME ? model->nodes[node->from[0]].map : i;
		last[i] = i;
		for (size_t j = 0; node->needed && j < node->n_from; j++) {
			struct darknet_node *from = &model->nodes[model->nodes[node->from[j]].map];

			last[from - model->nodes] = i;
			if (node->kind == DARKNET_CONV)
				from->border = larger(from->border, (size_t)node->padding);
		}
	}
	for (size_t i = 0; i < model->n_nodes; i++)
		if (model->nodes[i].wanted)
			last[model->nodes[i].map] = model->n_nodes;
}

/* The lowest offset where `size` floats meet no block in use at node `number`. */
static size_t find_room(const struct block *blocks, size_t n, size_t number, size_t size)
{
	size_t offset = 0;

	for (size_t i = 0; i < n; i++)
		if (blocks[i].end >= number && offset < blocks[i].offset + blocks[i].size &&
		    blocks[i].offset < offset + size) {
			offset = blocks[i].offset + blocks[i].size;
			i = (size_t)-1;
		}
	return offset;
}

static int map_size(const struct darknet_model *model, const struct darknet_node *node, size_t *size,
		    struct err *err)
{
	size_t places, floats;

	if (!size_multiply(node->height + 2 * node->border, node->width + 2 * node->border, &places) ||
	    !size_multiply(places, node->channels, &floats) || floats > STATE_MOST / sizeof(float))
		return err_set_at(err, model->path, node->line, 0,
				  "a map of %zu x %zu places with %zu channels is too large", node->height,
				  node->width, node->channels);
	*size = (floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
	return 0;
}

static int lay_out(struct darknet_model *model, const size_t *last, struct block *blocks, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < model->n_nodes; i++) {
		struct darknet_node *node = &model->nodes[i];
		size_t size = 0;

		if (!node->needed || node->map != i)
			continue;
		if (map_size(model, node, &size, err) < 0)
			return -1;
		node->offset = find_room(blocks, n, i, size);
		blocks[n++] = (struct block){ node->offset, size, last[i] };
		model->state_floats = larger(model->state_floats, node->offset + size);
		model->places = larger(model->places, node->height * node->width);
		if (model->state_floats > STATE_MOST / sizeof(float))
			return err_set_at(err, model->path, node->line, 0,
					  "the maps of one picture would take more than %zu GiB of memory",
					  STATE_MOST >> 30);
	}
	return 0;
}

static bool gains_by_tiles(const struct darknet_model *model, const struct darknet_node *node)
{
	const struct map output = { NULL, node->height, node->width, 0, node->channels };
	size_t in = node->n_from ? model->nodes[node->from[0]].channels : 0, out = node->channels;

	return node->kind == DARKNET_CONV && node->kernel == 3 && node->stride == 1 && node->padding == 1 &&
	       node->groups == 1 && in % 4 == 0 && out % 4 == 0 && in >= TILED_CHANNELS &&
	       out >= TILED_CHANNELS && winograd_tiles(&output) >= TILED_LEAST;
}

static void choose_tiles(struct darknet_model *model)
{
	for (size_t i = 1; i < model->n_nodes; i++) {
		struct darknet_node *node = &model->nodes[i];

		node->by_tiles = node->needed && gains_by_tiles(model, node);
		if (node->by_tiles)
			model->room = larger(model->room, winograd_room(node->channels,
									model->nodes[node->from[0]].channels));
	}
}

int darknet_plan(struct darknet_model *model, struct err *err)
{
	size_t *last = checked_calloc(model->n_nodes, sizeof(*last));
	struct block *blocks = checked_calloc(model->n_nodes, sizeof(*blocks));
	int rc = -1;

	if (!last || !blocks) {
		err_set_memory(err);
		goto out;
	}
	mark_needed(model);
	follow_maps(model, last);
	choose_tiles(model);
	rc = lay_out(model, last, blocks, err);
out:
	free(last);
	free(blocks);
	return rc;
}
