/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/kernels.h"
#include "inference/core/winograd.h"
#include "inference/vision/darknet_priv.h"

#include <math.h>
#include <string.h>

#define LEAKY_SLOPE 0.1f
#define MISH_LINEAR 20.0f /* above it mish(x) is x to float32 */
/* Convolutions of few places are shared out by filters, in multiples of all kernels' panels. */
#define FILTERS ((size_t)64)

/* A thread's rows of a map, and what else it needs. */
struct share {
	const struct darknet_node *node;
	struct map inputs[DARKNET_SOURCES], output;
	size_t member, members;
	size_t first, end; /* rows */
	size_t *places;
	float *room;
};

void darknet_activate(enum darknet_activation activation, float *x, size_t n)
{
	switch (activation) {
	case ACTIVATION_LINEAR:
		return;
	case ACTIVATION_RELU:
		kernels()->leaky(x, 0, 0, n);
		return;
	case ACTIVATION_LEAKY:
		kernels()->leaky(x, 0, LEAKY_SLOPE, n);
		return;
	case ACTIVATION_LOGISTIC:
		for (size_t i = 0; i < n; i++)
			x[i] = 1 / (1 + expf(-x[i]));
		return;
	case ACTIVATION_SWISH:
		for (size_t i = 0; i < n; i++)
			x[i] = x[i] / (1 + expf(-x[i]));
		return;
	case ACTIVATION_MISH:
		/* x tanh(ln(1 + e^x)) = x (e^2x + 2 e^x) / (e^2x + 2 e^x + 2) */
		for (size_t i = 0; i < n; i++) {
			float e = expf(fminf(x[i], MISH_LINEAR)), ratio = e * e + 2 * e;

			x[i] = x[i] > MISH_LINEAR ? x[i] : x[i] * (ratio / (ratio + 2));
		}
	}
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static float *row_of(const struct map *map, size_t y)
{
	return map_inside(map, 0) + y * map_row(map);
}

static void activate_rows(const struct share *share, enum darknet_activation activation)
{
	for (size_t y = share->first; y < share->end; y++)
		darknet_activate(activation, row_of(&share->output, y),
				 share->output.width * share->output.channels);
}

static void set_end(enum darknet_activation activation, enum product_end *end, float *slope)
{
	*end = activation == ACTIVATION_RELU ? PRODUCT_RELU :
	       activation == ACTIVATION_LEAKY ? PRODUCT_LEAKY : PRODUCT_PLAIN;
	*slope = LEAKY_SLOPE;
}

static bool is_fused(enum darknet_activation activation)
{
	return activation == ACTIVATION_LINEAR || activation == ACTIVATION_RELU ||
	       activation == ACTIVATION_LEAKY;
}

static void run_depthwise(const struct share *share)
{
	const struct darknet_node *node = share->node;
	const struct map *input = &share->inputs[0];
	size_t kernel = (size_t)node->kernel, stride = (size_t)node->stride, channels = input->channels;
	size_t before = input->border - (size_t)node->padding, row = map_row(input);
	size_t offsets[MAP_KERNEL * MAP_KERNEL];
	float slope = node->activation == ACTIVATION_LEAKY ? LEAKY_SLOPE :
		      node->activation == ACTIVATION_RELU ? 0 : 1;

	for (size_t i = 0; i < kernel * kernel; i++)
		offsets[i] = i / kernel * row + i % kernel * channels;
	for (size_t y = share->first; y < share->end; y++)
		kernels()->depthwise(input->numbers + before * (row + channels) + y * stride * row,
				     stride * channels, offsets, kernel * kernel, node->packed, node->bias,
				     slope, channels, share->output.width, row_of(&share->output, y));
}

/* Whether more is saved by reading weights once than places. */
static bool shares_filters(const struct share *share)
{
	const struct darknet_node *node = share->node;
	size_t depth = share->inputs[0].channels * (size_t)node->kernel * (size_t)node->kernel;

	return share->members > 1 && node->groups == 1 &&
	       (size_t)node->filters >= 2 * FILTERS * share->members &&
	       (size_t)node->filters * depth >
		       share->output.height * share->output.width * share->inputs[0].channels;
}

static void run_part(const struct share *share, const struct map_conv *conv,
		     const struct map_conv_part *part)
{
	enum product_end end;
	float slope;

	set_end(share->node->activation, &end, &slope);
	if (part->rows && part->out)
		map_conv_run_part(conv, &share->inputs[0], part, end, slope, false, &share->output,
				  share->places);
}

static void run_groups(const struct share *share)
{
	const struct darknet_node *node = share->node;
	size_t groups = (size_t)node->groups, in = share->inputs[0].channels / groups;
	size_t out = (size_t)node->filters / groups, kernel = (size_t)node->kernel;

	for (size_t group = 0; group < groups; group++) {
		const struct map_conv conv = {
			in, out, kernel, (size_t)node->stride, (size_t)node->padding,
			node->packed + group * product_packed_size(out, in * kernel * kernel),
			node->bias + group * out
		};

		run_part(share, &conv, &(struct map_conv_part){ share->first, share->end - share->first,
								group * in, 0, out, group * out });
	}
}

/* A member's filters: whole panels, but at the end. */
static void share_filters(const struct share *share, size_t *first, size_t *n)
{
	size_t filters = (size_t)share->node->filters, blocks = (filters + FILTERS - 1) / FILTERS;
	size_t end = smaller(blocks * (share->member + 1) / share->members * FILTERS, filters);

	*first = blocks * share->member / share->members * FILTERS;
	*n = end - *first;
}

static void run_filters(const struct share *share)
{
	const struct darknet_node *node = share->node;
	size_t filters = (size_t)node->filters, first, n;
	const struct map_conv conv = { share->inputs[0].channels, filters, (size_t)node->kernel,
				       (size_t)node->stride, (size_t)node->padding, node->packed, node->bias };

	share_filters(share, &first, &n);
	run_part(share, &conv, &(struct map_conv_part){ 0, share->output.height, 0, first, n, 0 });
	for (size_t i = 0; !is_fused(node->activation) && i < share->output.height * share->output.width; i++)
		darknet_activate(node->activation,
				 row_of(&share->output, i / share->output.width) +
					 i % share->output.width * filters + first,
				 n);
}

/* What is not done while sums are at hand, to the places of some tiles. */
static void activate_tiles(const struct share *share, const struct winograd_part *part)
{
	const struct map *output = &share->output;
	size_t across = (output->width + WINOGRAD_SIDE - 1) / WINOGRAD_SIDE;

	for (size_t i = part->first * WINOGRAD_SIDE; i < part->end * WINOGRAD_SIDE; i++) {
		size_t tile = i / WINOGRAD_SIDE, first = tile % across * WINOGRAD_SIDE;
		size_t y = tile / across * WINOGRAD_SIDE + i % WINOGRAD_SIDE;

		for (size_t x = first; y < output->height && x < first + WINOGRAD_SIDE && x < output->width; x++)
			darknet_activate(share->node->activation,
					 row_of(output, y) + x * output->channels + part->first_out,
					 part->out);
	}
}

static void run_tiles(const struct share *share)
{
	const struct darknet_node *node = share->node;
	const struct winograd conv = { share->inputs[0].channels, (size_t)node->filters, node->packed,
				       node->bias };
	size_t tiles = winograd_tiles(&share->output);
	struct winograd_part part = { 0, tiles, 0, conv.out };
	enum product_end end;
	float slope;

	if (shares_filters(share)) {
		share_filters(share, &part.first_out, &part.out);
	} else {
		part.first = tiles * share->member / share->members;
		part.end = tiles * (share->member + 1) / share->members;
	}
	set_end(node->activation, &end, &slope);
	if (part.first == part.end || part.out == 0)
		return;
	winograd_run(&conv, &share->inputs[0], &part, end, slope, &share->output, share->room);
	if (!is_fused(node->activation))
		activate_tiles(share, &part);
}

static void run_conv(const struct share *share)
{
	const struct darknet_node *node = share->node;

	if (node->by_tiles) {
		run_tiles(share);
		return;
	}

	if (shares_filters(share)) {
		run_filters(share);
		return;
	}
	if (node->groups > 1 && (size_t)node->groups == share->inputs[0].channels &&
	    node->filters == node->groups)
		run_depthwise(share);
	else
		run_groups(share);
	if (!is_fused(node->activation))
		activate_rows(share, node->activation);
}

/* Where a window that begins at output place `at` begins and ends within `side`, padding left out. */
static void window(const struct darknet_node *node, size_t at, size_t side, size_t *first, size_t *end)
{
	size_t start = at * (size_t)node->stride, before = (size_t)node->padding / 2;

	*first = start > before ? start - before : 0;
	*end = start + (size_t)node->kernel > before ? start + (size_t)node->kernel - before : 0;
	*end = smaller(*end, side);
}

static void run_pool(const struct share *share)
{
	const struct map *input = &share->inputs[0], *output = &share->output;
	size_t channels = input->channels, left, right, top, bottom;

	for (size_t y = share->first; y < share->end; y++) {
		float *to = row_of(output, y);

		window(share->node, y, input->height, &top, &bottom);
		for (size_t x = 0; x < output->width; x++, to += channels) {
			window(share->node, x, input->width, &left, &right);
			for (size_t i = 0; i < channels; i++)
				to[i] = -INFINITY;
			for (size_t j = top; j < bottom; j++)
				for (size_t i = left; i < right; i++)
					kernels()->keep_larger(to, row_of(input, j) + i * channels, channels);
		}
	}
}

static void run_route(const struct share *share)
{
	const struct darknet_node *node = share->node;

	for (size_t y = share->first; y < share->end; y++) {
		float *to = row_of(&share->output, y);

		for (size_t x = 0; x < share->output.width; x++)
			for (size_t i = 0; i < node->n_from; i++) {
				size_t part = share->inputs[i].channels / (size_t)node->groups;

				memcpy(to,
				       row_of(&share->inputs[i], y) + x * share->inputs[i].channels +
					       (size_t)node->group * part,
				       part * sizeof(*to));
				to += part;
			}
	}
}

static void run_shortcut(const struct share *share)
{
	const struct map *output = &share->output;

	for (size_t y = share->first; y < share->end; y++) {
		float *to = row_of(output, y);

		memcpy(to, row_of(&share->inputs[0], y), output->width * output->channels * sizeof(*to));
		for (size_t i = 1; i < share->node->n_from; i++) {
			const struct map *from = &share->inputs[i];
			size_t n = smaller(from->channels, output->channels);

			if (n == from->channels && n == output->channels)
				kernels()->add(to, row_of(from, y), n * output->width);
			else
				for (size_t x = 0; x < output->width; x++)
					kernels()->add(to + x * output->channels,
						       row_of(from, y) + x * from->channels, n);
		}
	}
	activate_rows(share, share->node->activation);
}

/* The layer before times the other; of scale_channels, the one place of the layer before. */
static void run_scaled(const struct share *share)
{
	const struct map *output = &share->output, *factors = &share->inputs[0];
	bool is_place = share->node->kind == DARKNET_SCALE;

	for (size_t y = share->first; y < share->end; y++) {
		float *to = row_of(output, y);
		const float *from = row_of(&share->inputs[1], y);

		for (size_t i = 0; i < output->width * output->channels; i++)
			to[i] = from[i] * (is_place ? map_inside(factors, 0)[i % output->channels] :
						      row_of(factors, y)[i]);
	}
	activate_rows(share, share->node->activation);
}

static void run_upsample(const struct share *share)
{
	size_t stride = (size_t)share->node->stride, channels = share->output.channels;

	for (size_t y = share->first; y < share->end; y++) {
		const float *from = row_of(&share->inputs[0], y / stride);
		float *to = row_of(&share->output, y);

		for (size_t x = 0; x < share->output.width; x++)
			memcpy(to + x * channels, from + x / stride * channels, channels * sizeof(*to));
		for (size_t i = 0; share->node->scale != 1 && i < share->output.width * channels; i++)
			to[i] *= share->node->scale;
	}
}

/* Darknet moves the numbers of [channels, height, width] as if they were those of a map with the output's
 * channels over the square of the stride, whatever the shape that the cfg means. */
static void run_reorg(const struct share *share)
{
	const struct map *input = &share->inputs[0], *output = &share->output;
	size_t stride = (size_t)share->node->stride, in = input->channels, plane = input->height * input->width;
	size_t fewer = in / (stride * stride), wide = input->width * stride;

	/* out[k, j, i] over the input's own sides, read at (c, h, w) of the map that is taken to be there. */
	for (size_t number = 0; number < in * plane; number++) {
		size_t k = number / plane, j = number % plane / input->width, i = number % input->width;
		size_t offset = k / fewer, w = i * stride + offset % stride, h = j * stride + offset / stride;
		size_t from = w + wide * (h + input->height * stride * (k % fewer));
		size_t place = number % (output->height * output->width);
		size_t y = place / output->width;

		if (y < share->first || y >= share->end)
			continue;
		row_of(output, y)[place % output->width * output->channels +
				  number / (output->height * output->width)] =
			row_of(input, from % plane / input->width)[from % input->width * in + from / plane];
	}
}

static void run_average(const struct share *share)
{
	const struct map *input = &share->inputs[0];
	double places = (double)(input->height * input->width);

	for (size_t c = 0; share->first < share->end && c < input->channels; c++) {
		double sum = 0;

		for (size_t i = 0; i < input->height * input->width; i++)
			sum += (double)row_of(input, i / input->width)[i % input->width * input->channels + c];
		map_inside(&share->output, 0)[c] = (float)(sum / places);
	}
}

void darknet_run_node(const struct darknet_model *model, struct darknet_state *state,
		      const struct darknet_node *node, size_t member, size_t members)
{
	static void (*const runs[])(const struct share *) = {
		[DARKNET_CONV] = run_conv,         [DARKNET_POOL] = run_pool,
		[DARKNET_ROUTE] = run_route,       [DARKNET_SHORTCUT] = run_shortcut,
		[DARKNET_UPSAMPLE] = run_upsample, [DARKNET_SAM] = run_scaled,
		[DARKNET_SCALE] = run_scaled,      [DARKNET_REORG] = run_reorg,
		[DARKNET_AVERAGE] = run_average,
	};
	struct share share = { .node = node, .member = member, .members = members };
	size_t size = map_conv_places(model->places);

	share.output = darknet_map(model, state, (size_t)(node - model->nodes));
	for (size_t i = 0; i < node->n_from; i++)
		share.inputs[i] = darknet_map(model, state, node->from[i]);
	share.first = node->height * member / members;
	share.end = node->height * (member + 1) / members;
	share.places = state->places + member * size;
	share.room = model->room ? state->room + member * model->room : NULL;
	if (member == 0 && share.output.border)
		map_clear_border(&share.output, 1);
	runs[node->kind](&share);
}
