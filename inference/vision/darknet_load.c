/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/darknet_priv.h"

#include "inference/core/winograd.h"
#include "lib/base/checked.h"
#include "lib/formats/darknet_weights.h"

#include <math.h>
#include <stdlib.h>

#define WEIGHTS_MOST ((size_t)4 << 30) /* bytes of all weights */
#define LINE_FLOATS ((size_t)16)

static size_t taps_of(const struct darknet_node *node)
{
	return (size_t)node->kernel * (size_t)node->kernel;
}

/* Channels that each of a convolution's filters reads. */
static size_t depth_of(const struct darknet_model *model, const struct darknet_node *node)
{
	return model->nodes[node->from[0]].channels / (size_t)node->groups;
}

static size_t weights_of(const struct darknet_model *model, const struct darknet_node *node)
{
	return (size_t)node->filters * depth_of(model, node) * taps_of(node);
}

static bool is_depthwise(const struct darknet_model *model, const struct darknet_node *node)
{
	return node->groups > 1 && depth_of(model, node) == 1 && node->filters == node->groups;
}

/* The numbers that a source gives for a convolution. Sides, filters and channels are small enough to
 * multiply. */
static size_t numbers_of(const struct darknet_model *model, const struct darknet_node *node)
{
	return weights_of(model, node) + (size_t)node->filters * (node->has_norm ? 4 : 1);
}

/* What is read of one convolution. */
struct raw {
	float *parts[DARKNET_WEIGHT + 1];
};

static int read_part(const struct darknet_model *model, size_t number, enum darknet_part part,
		     darknet_source *source, void *context, float *out, struct err *err)
{
	const struct darknet_node *node = &model->nodes[number];
	struct darknet_tensor tensor = { number - 1, part, node->has_norm, (size_t)node->filters,
					 depth_of(model, node), (size_t)node->kernel, (size_t)node->filters };

	if (part == DARKNET_WEIGHT)
		tensor.numbers = weights_of(model, node);
	if (source(context, &tensor, out, err) < 0)
		return -1;
	for (size_t i = 0; i < tensor.numbers; i++) {
		if (!isfinite(out[i]))
			return err_set(err, ERR_DATA, "layer %zu: a weight is not finite", number - 1);
		if (part == DARKNET_NORM_VARIANCE && out[i] < 0)
			return err_set(err, ERR_DATA, "layer %zu: a variance is %g", number - 1, (double)out[i]);
	}
	return 0;
}

/* Each filter's factor, in place of the norm's weight, and the bias. */
static void fold_norm(const struct darknet_model *model, const struct darknet_node *node, struct raw *raw)
{
	for (size_t i = 0; node->has_norm && i < (size_t)node->filters; i++) {
		double root = sqrt((double)raw->parts[DARKNET_NORM_VARIANCE][i] + model->norm_epsilon);
		double factor = (double)raw->parts[DARKNET_NORM_WEIGHT][i] / root;

		node->bias[i] = (float)((double)raw->parts[DARKNET_BIAS][i] -
					(double)raw->parts[DARKNET_NORM_MEAN][i] * factor);
		raw->parts[DARKNET_NORM_WEIGHT][i] = (float)factor;
	}
	for (size_t i = 0; !node->has_norm && i < (size_t)node->filters; i++) {
		node->bias[i] = raw->parts[DARKNET_BIAS][i];
		raw->parts[DARKNET_NORM_WEIGHT][i] = 1;
	}
}

/* [out, in, taps] to [out, taps, in], each filter times its factor. */
static void turn(const float *weight, const float *factors, size_t out, size_t in, size_t taps, float *to)
{
	for (size_t o = 0; o < out; o++, weight += in * taps, to += in * taps)
		for (size_t i = 0; i < in; i++)
			for (size_t tap = 0; tap < taps; tap++)
				to[tap * in + i] = weight[i * taps + tap] * factors[o];
}

static void pack(const struct darknet_model *model, const struct darknet_node *node, const struct raw *raw,
		 float *room)
{
	size_t in = depth_of(model, node), taps = taps_of(node), groups = (size_t)node->groups;
	size_t filters = (size_t)node->filters, out = filters / groups;
	const float *factors = raw->parts[DARKNET_NORM_WEIGHT], *weight = raw->parts[DARKNET_WEIGHT];
	float *packed = node->packed;

	if (is_depthwise(model, node)) {
		for (size_t i = 0; i < filters * taps; i++)
			packed[i % taps * filters + i / taps] = weight[i] * factors[i / taps];
		return;
	}
	turn(weight, factors, filters, in, taps, room);
	if (node->by_tiles) {
		winograd_pack(room, out, in, raw->parts[DARKNET_WEIGHT], packed);
		return;
	}
	for (size_t group = 0; group < groups; group++, room += out * in * taps) {
		product_pack(room, out, in * taps, packed);
		packed += product_packed_size(out, in * taps);
	}
}

static size_t packed_size(const struct darknet_model *model, const struct darknet_node *node)
{
	size_t groups = (size_t)node->groups, depth = depth_of(model, node) * taps_of(node);

	if (is_depthwise(model, node))
		return (size_t)node->filters * taps_of(node);
	if (node->by_tiles)
		return winograd_packed_size((size_t)node->filters, depth_of(model, node));
	return groups * product_packed_size((size_t)node->filters / groups, depth);
}

static size_t rounded(size_t floats)
{
	return (floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

/* Room for what is kept of a convolution. */
static int place(struct darknet_model *model, struct darknet_node *node, struct err *err)
{
	size_t packed = rounded(packed_size(model, node)), bias = rounded((size_t)node->filters);

	node->packed = aligned_alloc(64, (packed + bias) * sizeof(float));
	if (!node->packed)
		return err_set_memory(err);
	node->bias = node->packed + packed;
	return 0;
}

static int load_conv(struct darknet_model *model, size_t number, darknet_source *source, void *context,
		     struct err *err)
{
	struct darknet_node *node = &model->nodes[number];
	size_t filters = (size_t)node->filters, weights = weights_of(model, node);
	float *room = checked_calloc(2 * weights + 4 * filters, sizeof(*room));
	struct raw raw;
	int rc = room ? 0 : err_set_memory(err);

	for (size_t part = 0; part < DARKNET_WEIGHT; part++)
		raw.parts[part] = room + part * filters;
	raw.parts[DARKNET_WEIGHT] = room + 4 * filters;
	for (enum darknet_part part = DARKNET_BIAS; rc == 0 && part <= DARKNET_WEIGHT; part++)
		if (node->has_norm || part == DARKNET_BIAS || part == DARKNET_WEIGHT)
			rc = read_part(model, number, part, source, context, raw.parts[part], err);
	if (rc == 0 && node->needed)
		rc = place(model, node, err);
	if (rc == 0 && node->needed) {
		fold_norm(model, node, &raw);
		pack(model, node, &raw, room + 4 * filters + weights);
	}
	free(room);
	return rc;
}

static bool is_conv(const struct darknet_node *node, bool all)
{
	return node->kind == DARKNET_CONV && (all || node->needed);
}

static int check_size(const struct darknet_model *model, bool all, size_t *numbers, struct err *err)
{
	*numbers = 0;
	for (size_t i = 0; i < model->n_nodes; i++) {
		const struct darknet_node *node = &model->nodes[i];

		if (!is_conv(node, all))
			continue;
		*numbers += numbers_of(model, node);
		if (*numbers > WEIGHTS_MOST / sizeof(float))
			return err_set_at(err, model->path, node->line, 0,
					  "the weights up to here are more than %zu GiB", WEIGHTS_MOST >> 30);
	}
	return 0;
}

int darknet_load(struct darknet_model *model, darknet_source *source, void *context, bool all,
		 struct err *err)
{
	size_t numbers;

	if (check_size(model, all, &numbers, err) < 0)
		return -1;
	for (size_t i = 0; i < model->n_nodes; i++)
		if (is_conv(&model->nodes[i], all) && load_conv(model, i, source, context, err) < 0)
			return -1;
	return 0;
}

static int take(void *context, const struct darknet_tensor *tensor, float *out, struct err *err)
{
	return darknet_weights_take(context, tensor->numbers, out, err);
}

int darknet_load_file(struct darknet_model *model, const char *path, struct err *err)
{
	struct darknet_weights weights;
	size_t numbers;
	int rc;

	if (check_size(model, true, &numbers, err) < 0 || darknet_weights_open(&weights, path, err) < 0)
		return -1;
	if (weights.numbers != numbers)
		rc = err_set_at(err, path, 0, 0, "holds %zu numbers, but '%.200s' asks for %zu: it is of %s network",
				weights.numbers, model->path, numbers,
				weights.numbers < numbers ? "a smaller" : "a larger");
	else
		rc = darknet_load(model, take, &weights, true, err);
	if (rc < 0)
		err_add_file(err, path);
	darknet_weights_close(&weights);
	return rc;
}

struct darknet_shape darknet_shape(const struct darknet_model *model, size_t layer)
{
	const struct darknet_node *node = &model->nodes[layer + 1];
	struct darknet_shape shape = { node->height, node->width, node->channels, 0, 0 };

	if (node->kind == DARKNET_CONV) {
		shape.tensors = node->has_norm ? DARKNET_WEIGHT + 1 : 2;
		shape.numbers = numbers_of(model, node);
	}
	return shape;
}

double darknet_products(const struct darknet_model *model)
{
	double products = 0;

	for (size_t i = 0; i < model->n_nodes; i++)
		if (is_conv(&model->nodes[i], false))
			products += (double)weights_of(model, &model->nodes[i]) *
				    (double)(model->nodes[i].height * model->nodes[i].width);
	return products;
}
