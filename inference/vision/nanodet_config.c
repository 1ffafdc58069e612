/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/nanodet_priv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_LIMIT 2048
#define CLASS_LIMIT 4096
#define BIN_LIMIT 64

static int read_numbers(const struct weights *weights, const char *key, float *out, int n,
			struct err *err)
{
	const char *text;
	char *end;

	if (weights_metadata(weights, key, &text, err) < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		out[i] = strtof(text, &end);
		if (end == text || !isfinite(out[i]) || *end != (i + 1 < n ? ',' : '\0'))
			return err_set_at(err, weights->path, 0, 0,
					  "metadata '%s' is not %d numbers joined by commas", key, n);
		text = end + 1;
	}
	return 0;
}

static int read_integer(const struct weights *weights, const char *key, int least, int most, int *out,
			struct err *err)
{
	float value;

	if (read_numbers(weights, key, &value, 1, err) < 0)
		return -1;
	if (!(value >= (float)least && value <= (float)most) || value != floorf(value))
		return err_set_at(err, weights->path, 0, 0,
				  "metadata '%s' is not a whole number from %d to %d", key, least, most);
	*out = (int)value;
	return 0;
}

static int read_classes(struct nanodet_model *model, struct err *err)
{
	const char *text;
	const char **classes;
	size_t n = 1;

	if (weights_metadata(&model->weights, "classes", &text, err) < 0)
		return -1;
	for (const char *c = text; *c; c++)
		n += *c == ',';
	if (n > CLASS_LIMIT)
		return err_set_at(err, model->weights.path, 0, 0, "%zu classes; at most %d are known", n,
				  CLASS_LIMIT);
	classes = arena_alloc(&model->arena, n, sizeof(*classes));
	for (size_t i = 0; classes && i < n; i++) {
		size_t length = strcspn(text, ",");

		classes[i] = arena_string(&model->arena, text, length);
		if (!classes[i])
			classes = NULL;
		text += length + 1;
	}
	if (!classes)
		return err_set_memory(err);
	model->config.classes = classes;
	model->config.n_classes = (int)n;
	return 0;
}

static int check_metadata(const struct weights *weights, const char *key, const char *wanted,
			  struct err *err)
{
	const char *value;

	if (weights_metadata(weights, key, &value, err) < 0)
		return -1;
	if (strcmp(value, wanted) != 0)
		return err_set_at(err, weights->path, 0, 0, "metadata '%s' is '%.100s', not '%s'", key,
				  value, wanted);
	return 0;
}

static int check_strides(const struct nanodet_model *model, const float *strides, struct err *err)
{
	if (strides[0] == 8 && strides[1] == 16 && strides[2] == 32)
		return 0;
	return err_set_at(err, model->weights.path, 0, 0,
			  "metadata 'strides' must be 8,16,32: the network has no others");
}

int nanodet_read_config(struct nanodet_model *model, struct err *err)
{
	struct nanodet_config *config = &model->config;
	const struct weights *weights = &model->weights;
	float strides[NANODET_HEADS];

	if (check_metadata(weights, "format", "tagsight-vision-1", err) < 0 ||
	    check_metadata(weights, "system", "nanodet", err) < 0 ||
	    weights_metadata(weights, "name", &config->name, err) < 0 ||
	    read_integer(weights, "input_size", 32, SIDE_LIMIT, &config->side, err) < 0 ||
	    read_integer(weights, "reg_max", 1, BIN_LIMIT - 1, &config->bins, err) < 0 ||
	    read_numbers(weights, "strides", strides, NANODET_HEADS, err) < 0 ||
	    check_strides(model, strides, err) < 0 ||
	    read_numbers(weights, "mean_bgr", config->mean, 3, err) < 0 ||
	    read_numbers(weights, "std_bgr", config->deviation, 3, err) < 0 ||
	    read_numbers(weights, "leaky_relu_slope", &config->slope, 1, err) < 0 ||
	    read_numbers(weights, "score_threshold", &config->score_threshold, 1, err) < 0 ||
	    read_numbers(weights, "nms_iou", &config->overlap, 1, err) < 0 ||
	    read_classes(model, err) < 0)
		return -1;
	if (config->side % 32)
		return err_set_at(err, weights->path, 0, 0,
				  "metadata 'input_size' is %d, which is no multiple of 32", config->side);
	if (!(config->slope >= 0 && config->slope <= 1))
		return err_set_at(err, weights->path, 0, 0,
				  "metadata 'leaky_relu_slope' is not between 0 and 1");
	if (!(config->score_threshold > 0 && config->score_threshold < 1))
		return err_set_at(err, weights->path, 0, 0,
				  "metadata 'score_threshold' is not between 0 and 1");
	for (int i = 0; i < 3; i++)
		if (!(config->deviation[i] > 0))
			return err_set_at(err, weights->path, 0, 0, "metadata 'std_bgr' is not above 0");
	for (int i = 0; i < NANODET_HEADS; i++)
		config->strides[i] = (int)strides[i];
	config->bins++; /* the file counts the last bin's number */
	return 0;
}
