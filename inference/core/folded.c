/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/folded.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_NORM_EPS 1e-5

struct name {
	char text[200];
};

static struct name part(const char *stem, const char *kind)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s.%s", stem, kind);
	return name;
}

/* The parts of a batch norm, each [out]. */
struct batch_norm {
	float *weight, *bias, *mean, *variance;
};

static int get_norm(const struct batch_norm *parts, const struct weights *weights, const char *norm,
		    size_t out, struct err *err)
{
	const struct {
		const char *kind;
		float *to;
	} tensors[] = { { "weight", parts->weight },
			{ "bias", parts->bias },
			{ "running_mean", parts->mean },
			{ "running_var", parts->variance } };

	for (size_t i = 0; i < sizeof(tensors) / sizeof(*tensors); i++)
		if (weights_copy(weights, part(norm, tensors[i].kind).text, SHAPE(out), tensors[i].to, err) < 0)
			return -1;
	for (size_t i = 0; i < out; i++)
		if (!(parts->variance[i] >= 0))
			return err_set_at(err, weights->path, 0, 0,
					  "tensor '%s.running_var' holds %g, which is no variance", norm,
					  (double)parts->variance[i]);
	return 0;
}

static void apply_norm(struct folded *folded, const struct batch_norm *parts)
{
	size_t row = folded->taps * folded->in;

	for (size_t o = 0; o < folded->out; o++) {
		double factor = parts->weight[o] / sqrt((double)parts->variance[o] + BATCH_NORM_EPS);

		for (size_t i = 0; i < row; i++)
			folded->weight[o * row + i] = (float)(folded->weight[o * row + i] * factor);
		folded->bias[o] = (float)((folded->bias[o] - (double)parts->mean[o]) * factor + parts->bias[o]);
	}
}

static int fold_norm(struct folded *folded, const struct weights *weights, const char *norm, struct err *err)
{
	size_t out = folded->out;
	float *room = checked_calloc(out, 4 * sizeof(*room));
	struct batch_norm parts = { room, room + out, room + 2 * out, room + 3 * out };
	int rc;

	if (!room)
		return err_set_memory(err);
	rc = get_norm(&parts, weights, norm, out, err);
	if (rc == 0)
		apply_norm(folded, &parts);
	free(room);
	return rc;
}

static int get_weight(struct folded *folded, const struct weights *weights, const char *layer,
		      struct shape shape, struct err *err)
{
	size_t in = folded->in, taps = folded->taps;
	float *row = checked_calloc(in * taps, sizeof(*row));
	int rc = row ? weights_copy(weights, part(layer, "weight").text, shape, folded->weight, err)
		     : err_set_memory(err);

	/* [in, taps] of each output to [taps, in]. */
	for (size_t o = 0; rc == 0 && taps > 1 && o < folded->out; o++) {
		float *weight = folded->weight + o * in * taps;

		memcpy(row, weight, in * taps * sizeof(*row));
		for (size_t i = 0; i < in; i++)
			for (size_t tap = 0; tap < taps; tap++)
				weight[tap * in + i] = row[i * taps + tap];
	}
	free(row);
	return rc;
}

static int check_finite(const struct folded *folded, const struct weights *weights, const char *layer,
			const char *norm, struct err *err)
{
	size_t n = folded->out * folded->taps * folded->in;
	bool finite = true;

	for (size_t i = 0; i < n && finite; i++)
		finite = isfinite(folded->weight[i]);
	for (size_t o = 0; o < folded->out && finite; o++)
		finite = isfinite(folded->bias[o]);
	return finite ? 0
		      : err_set_at(err, weights->path, 0, 0,
				   "the layer '%s'%s%s has weights that are no numbers", layer,
				   norm ? " with " : "", norm ? norm : "");
}

int folded_get(struct folded *folded, const struct weights *weights, const char *layer, const char *norm,
	       size_t in, size_t out, size_t kernel, struct err *err)
{
	struct shape shape = kernel ? SHAPE(out, in, kernel, kernel) : SHAPE(out, in);
	struct name bias = part(layer, "bias");
	size_t depth, size;
	int rc;

	*folded = (struct folded){ .in = in, .out = out, .taps = kernel ? kernel * kernel : 1 };
	if (!size_multiply(in, folded->taps, &depth) || !size_multiply(depth, out, &size))
		return err_set_memory(err);
	folded->weight = checked_calloc(size, sizeof(*folded->weight));
	folded->bias = checked_calloc(out, sizeof(*folded->bias));
	rc = folded->weight && folded->bias ? get_weight(folded, weights, layer, shape, err)
					    : err_set_memory(err);
	if (rc == 0 && (!norm || weights_have(weights, bias.text)))
		rc = weights_copy(weights, bias.text, SHAPE(out), folded->bias, err);
	if (rc == 0 && norm)
		rc = fold_norm(folded, weights, norm, err);
	if (rc == 0)
		rc = check_finite(folded, weights, layer, norm, err);
	if (rc < 0)
		folded_release(folded);
	return rc;
}

void folded_release(struct folded *folded)
{
	free(folded->weight);
	free(folded->packed);
	free(folded->bias);
	*folded = (struct folded){ .in = 0 };
}

int folded_pack(struct folded *folded, struct err *err)
{
	size_t depth = folded->taps * folded->in;

	folded->packed = checked_calloc(product_packed_size(folded->out, depth), sizeof(*folded->packed));
	if (!folded->packed)
		return err_set_memory(err);
	product_pack(folded->weight, folded->out, depth, folded->packed);
	free(folded->weight);
	folded->weight = NULL;
	return 0;
}

void folded_run(const struct folded *folded, const float *x, size_t rows, enum product_end end, float *y)
{
	const struct product product = { .out = folded->out,
					 .runs = 1,
					 .run = folded->in,
					 .weight = folded->weight,
					 .packed = folded->packed,
					 .bias = folded->bias,
					 .end = end };

	product_run(&product, x, &(struct product_rows){ rows, folded->in, NULL }, y,
		    &(struct product_rows){ rows, folded->out, NULL });
}
