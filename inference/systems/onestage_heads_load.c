/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_heads.h"

#include "lib/base/checked.h"

#include <stdio.h>
#include <stdlib.h>

#define WIDTH_MOST 4096
#define TEXT_MOST 4096
#define COORDINATES 8

static const struct {
	size_t side, channels, first_place;
} sizes[ONESTAGE_SCALES] = { { 8, 1024, 0 }, { 16, 512, 64 }, { 32, 256, 320 } };

size_t onestage_side(int scale)
{
	return sizes[scale].side;
}

size_t onestage_channels(int scale)
{
	return sizes[scale].channels;
}

size_t onestage_first_place(int scale)
{
	return sizes[scale].first_place;
}

struct name {
	char text[60];
};

static struct name name_of(const char *stem, int scale, const char *kind)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s.%d%s", stem, scale, kind);
	return name;
}

/* A convolution, called STEM.SCALE and then `conv`, with the batch norm `norm`, NULL for none; packed. */
static int get_packed(struct folded *to, const struct weights *weights, const char *stem, int scale,
		      const char *conv, const char *norm, size_t in, size_t out, size_t kernel, struct err *err)
{
	struct name layer = name_of(stem, scale, conv), behind = name_of(stem, scale, norm ? norm : "");

	if (folded_get(to, weights, layer.text, norm ? behind.text : NULL, in, out, kernel, err) < 0)
		return -1;
	return folded_pack(to, err);
}

/* The original's planes: 0, 2 and 4 run over rows, 1, 3 and 5 over columns, whatever their names. */
static void coordinates_of(size_t side, size_t row, size_t column, float out[COORDINATES])
{
	const size_t at[2] = { row, column };
	float width = (float)side;

	for (int axis = 0; axis < 2; axis++) {
		float least = ((float)at[axis] * 2 - width) / width;
		float most = ((float)(at[axis] + 1) * 2 - width) / width;

		out[axis] = least;
		out[2 + axis] = most;
		out[4 + axis] = (least + most) / 2;
	}
	out[6] = out[7] = 1 / width;
}

static int add_places(struct onestage_scale *scale, size_t side, size_t width, struct err *err)
{
	const struct folded *fusion = &scale->fusion;
	size_t planes = fusion->in - 2 * width;
	float *out = scale->places = checked_calloc(side * side * width, sizeof(*out));

	if (!out)
		return err_set_memory(err);
	for (size_t place = 0; place < side * side; place++) {
		float at[COORDINATES];

		coordinates_of(side, place / side, place % side, at);
		for (size_t o = 0; o < width; o++, out++) {
			const float *weight = fusion->weight + o * fusion->in + 2 * width;
			double sum = fusion->bias[o];

			for (size_t i = 0; i < planes; i++)
				sum += (double)weight[i] * (double)at[i];
			*out = (float)sum;
		}
	}
	return 0;
}

static int get_fusion(struct onestage_scale *scale, const struct weights *weights, int number, size_t width,
		      struct err *err)
{
	struct name conv = name_of("fcn_emb", number, ".0.conv"), norm = name_of("fcn_emb", number, ".0.bn");
	struct name weight = name_of("fcn_emb", number, ".0.conv.weight");
	size_t in = 2 * width + COORDINATES;
	struct shape shape;

	if (weights_shape(weights, weight.text, &shape) && shape.n == 4 && shape.dims[1] == 2 * width)
		in = 2 * width;
	if (folded_get(&scale->fusion, weights, conv.text, norm.text, in, width, 1, err) < 0)
		return -1;
	return add_places(scale, onestage_side(number), width, err);
}

static int get_scale(struct onestage_heads *heads, const struct weights *weights, int number, struct err *err)
{
	struct onestage_scale *scale = &heads->scales[number];
	size_t width = heads->width;

	if (get_packed(&scale->visual, weights, "mapping_visu", number, ".conv", ".bn",
		       onestage_channels(number), width, 1, err) < 0 ||
	    get_fusion(scale, weights, number, width, err) < 0)
		return -1;
	if (heads->light)
		return get_packed(&scale->last, weights, "fcn_out", number, ".0", NULL, width,
				  ONESTAGE_NUMBERS, 1, err);
	if (get_packed(&scale->spread, weights, "fcn_emb", number, ".1.conv", ".1.bn", width, width, 3, err) < 0 ||
	    get_packed(&scale->join, weights, "fcn_emb", number, ".2.conv", ".2.bn", width, width, 1, err) < 0 ||
	    get_packed(&scale->reduce, weights, "fcn_out", number, ".0.conv", ".0.bn", width, width / 2, 1, err) < 0)
		return -1;
	return get_packed(&scale->last, weights, "fcn_out", number, ".1", NULL, width / 2, ONESTAGE_NUMBERS, 1,
			  err);
}

static int read_sizes(struct onestage_heads *heads, const struct weights *weights, struct err *err)
{
	struct shape shape;

	if (!weights_shape(weights, "mapping_lang.0.weight", &shape))
		return err_set_at(err, weights->path, 0, 0,
				  "there is no tensor 'mapping_lang.0.weight': not a model of this system");
	if (shape.n != 2 || shape.dims[0] < 2 || shape.dims[0] > WIDTH_MOST || shape.dims[1] == 0 ||
	    shape.dims[1] > TEXT_MOST)
		return err_set_at(err, weights->path, 0, 0,
				  "tensor 'mapping_lang.0.weight' is no matrix of 2 to %d rows and 1 to %d "
				  "columns", WIDTH_MOST, TEXT_MOST);
	heads->width = shape.dims[0];
	heads->text = shape.dims[1];
	heads->light = !weights_have(weights, "fcn_emb.0.1.conv.weight");
	return 0;
}

static int load(struct onestage_heads *heads, const struct weights *weights, struct err *err)
{
	if (read_sizes(heads, weights, err) < 0 ||
	    folded_get(&heads->language[0], weights, "mapping_lang.0", "mapping_lang.1", heads->text,
		       heads->width, 0, err) < 0 ||
	    folded_get(&heads->language[1], weights, "mapping_lang.4", "mapping_lang.5", heads->width,
		       heads->width, 0, err) < 0)
		return -1;
	for (int i = 0; i < ONESTAGE_SCALES; i++)
		if (get_scale(heads, weights, i, err) < 0)
			return -1;
	return 0;
}

int onestage_heads_init(struct onestage_heads *heads, const struct weights *weights, struct err *err)
{
	*heads = (struct onestage_heads){ .width = 0 };
	if (load(heads, weights, err) == 0)
		return 0;
	onestage_heads_release(heads);
	return -1;
}

void onestage_heads_release(struct onestage_heads *heads)
{
	for (int i = 0; i < ONESTAGE_SCALES; i++) {
		struct onestage_scale *scale = &heads->scales[i];

		folded_release(&scale->visual);
		folded_release(&scale->fusion);
		folded_release(&scale->spread);
		folded_release(&scale->join);
		folded_release(&scale->reduce);
		folded_release(&scale->last);
		free(scale->places);
		scale->places = NULL;
	}
	folded_release(&heads->language[0]);
	folded_release(&heads->language[1]);
}
