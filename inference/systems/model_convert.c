/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_convert.h"

#include "inference/systems/system.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/sha256.h"

#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Smaller ones stay exact: they cost nothing, and a CRF's scores would move tags. */
#define LARGE_ELEMENTS 16384

struct conversion {
	const struct model *model;
	enum model_precision precision;
	struct safetensors_writer *writer;
};

static struct shape shape_of(const struct checkpoint_tensor *tensor)
{
	struct shape shape = { .n = tensor->n_dims };

	memcpy(shape.dims, tensor->shape, tensor->n_dims * sizeof(*shape.dims));
	return shape;
}

static bool is_large(const struct checkpoint_tensor *tensor)
{
	return tensor->n_dims >= 2 && tensor->elements >= LARGE_ELEMENTS;
}

/* The bits of a bfloat16, rounded half to even. */
static uint16_t round_to_bf16(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	bits += 0x7fff + (bits >> 16 & 1);
	return (uint16_t)(bits >> 16);
}

static int add_bf16(const struct conversion *conversion, const struct checkpoint_tensor *tensor,
		    const float *values, struct err *err)
{
	uint16_t *rounded = checked_calloc(tensor->elements, sizeof(*rounded));
	int rc;

	if (!rounded)
		return err_set_memory(err);
	for (size_t i = 0; i < tensor->elements; i++)
		rounded[i] = round_to_bf16(values[i]);
	rc = safetensors_add(conversion->writer, tensor->name, TENSOR_BF16, tensor->n_dims,
			     tensor->shape, rounded, err);
	free(rounded);
	return rc;
}

/* One row to -127..127 and its scale, half to even. */
static float quantise_row(const float *values, size_t n, int8_t *out)
{
	float most = 0, scale;

	for (size_t i = 0; i < n; i++)
		most = fmaxf(most, fabsf(values[i]));
	scale = most / 127;
	for (size_t i = 0; i < n; i++)
		out[i] = scale > 0 ? (int8_t)fmaxf(-127, fminf(127, rintf(values[i] / scale))) : 0;
	return scale;
}

static int add_int8(const struct conversion *conversion, const struct checkpoint_tensor *tensor,
		    const float *values, struct err *err)
{
	size_t rows = tensor->shape[0], columns = tensor->elements / rows;
	int8_t *rounded = checked_calloc(tensor->elements, sizeof(*rounded));
	float *scales = checked_calloc(rows, sizeof(*scales));
	char name[400];
	int rc = rounded && scales ? 0 : err_set_memory(err);

	for (size_t row = 0; row < rows && rc == 0; row++)
		scales[row] = quantise_row(values + row * columns, columns, rounded + row * columns);
	snprintf(name, sizeof(name), "%s.scale", tensor->name);
	if (rc == 0)
		rc = safetensors_add(conversion->writer, name, TENSOR_F32, 1, &rows, scales, err);
	if (rc == 0)
		rc = safetensors_add(conversion->writer, tensor->name, TENSOR_I8, tensor->n_dims,
				     tensor->shape, rounded, err);
	free(rounded);
	free(scales);
	return rc;
}

/* As it is stored, element for element. */
static int add_kept(const struct conversion *conversion, const struct checkpoint_tensor *tensor,
		    struct err *err)
{
	unsigned char *elements = checked_calloc(tensor->elements, tensor_type_size(tensor->type));
	int rc;

	if (!elements)
		return err_set_memory(err);
	checkpoint_gather(tensor, elements);
	rc = safetensors_add(conversion->writer, tensor->name, tensor->type, tensor->n_dims,
			     tensor->shape, elements, err);
	free(elements);
	return rc;
}

static int add_rounded(const struct conversion *conversion, const struct checkpoint_tensor *tensor,
		       struct err *err)
{
	float *values = checked_calloc(tensor->elements, sizeof(*values));
	int rc = values ? weights_copy(&conversion->model->weights, tensor->name, shape_of(tensor),
				       values, err)
			: err_set_memory(err);

	if (rc == 0 && is_large(tensor) && conversion->precision == PRECISION_BF16)
		rc = add_bf16(conversion, tensor, values, err);
	else if (rc == 0 && is_large(tensor) && conversion->precision == PRECISION_INT8)
		rc = add_int8(conversion, tensor, values, err);
	else if (rc == 0)
		rc = safetensors_add(conversion->writer, tensor->name, TENSOR_F32, tensor->n_dims,
				     tensor->shape, values, err);
	free(values);
	return rc;
}

static bool is_number(const struct checkpoint_tensor *tensor)
{
	return tensor->type == TENSOR_F32 || tensor->type == TENSOR_F64 ||
	       tensor->type == TENSOR_F16 || tensor->type == TENSOR_BF16;
}

/* Double precision says nothing more to the float32 that it becomes. */
static bool stays(const struct conversion *conversion, const struct checkpoint_tensor *tensor)
{
	return !is_number(tensor) || (conversion->precision == PRECISION_KEEP && is_large(tensor) &&
				      tensor->type != TENSOR_F64);
}

/* Tensors of wide elements first, so that all lie at multiples of their size. */
static int add_tensors(const struct conversion *conversion, bool bytes, struct err *err)
{
	const struct weights *weights = &conversion->model->weights;

	for (size_t i = 0; i < weights->file.n; i++) {
		const struct checkpoint_tensor *tensor = &weights->file.tensors[i];

		if (!weights->used[i] || tensor->elements == 0 ||
		    (tensor_type_size(tensor->type) == 1) != bytes)
			continue;
		if (stays(conversion, tensor) ? add_kept(conversion, tensor, err) < 0
					      : add_rounded(conversion, tensor, err) < 0)
			return -1;
	}
	return 0;
}

/* A vocabulary that lay beside the model moves into it. */
static int add_vocabulary(const struct conversion *conversion, struct err *err)
{
	const struct file_map *map = &conversion->model->vocabulary;

	if (!map->data)
		return 0;
	return safetensors_add(conversion->writer, "vocab", TENSOR_U8, 1, &map->size, map->data, err);
}

static int add_key(const struct conversion *conversion, const char *key, const char *value,
		   struct err *err)
{
	return value ? safetensors_add_metadata(conversion->writer, key, value, err) : 0;
}

static int add_labels(const struct conversion *conversion, struct err *err)
{
	json_t *array = json_array();
	char *text;
	int rc;

	for (size_t i = 0; i < conversion->model->n_labels; i++)
		json_array_append_new(array, json_string(conversion->model->raw[i]));
	text = json_dumps(array, JSON_COMPACT);
	json_decref(array);
	rc = text ? add_key(conversion, "labels", text, err) : err_set_memory(err);
	free(text);
	return rc;
}

/* "a.bin,b.bin" of "runs/a.bin,runs/b.bin". */
static int add_names(const struct conversion *conversion, const char *paths, struct err *err)
{
	struct buf names = BUF_INIT;
	int rc;

	for (size_t length; *paths; paths += length + (paths[length] != '\0')) {
		char *path;

		length = checkpoint_first_path(paths);
		path = strndup(paths, length);
		buf_add_format(&names, "%s%s", names.length ? "," : "", path ? file_base_name(path) : "");
		free(path);
	}
	rc = names.failed ? err_set_memory(err) : add_key(conversion, "origin", names.data, err);
	buf_release(&names);
	return rc;
}

/* The names and hashes of the files that it was made of. */
static int add_origin(const struct conversion *conversion, struct err *err)
{
	const struct checkpoint *file = &conversion->model->weights.file;
	char hex[SHA256_HEX], key[40];

	if (add_names(conversion, conversion->model->weights.path, err) < 0)
		return -1;
	for (size_t i = 0; i < file->n_files; i++) {
		const struct file_map *map = &file->files[i].map;

		if (!map->data)
			continue;
		sha256_bytes(map->data, map->size, hex);
		snprintf(key, sizeof(key), i ? "origin_sha256_%zu" : "origin_sha256", i);
		if (add_key(conversion, key, hex, err) < 0)
			return -1;
	}
	return 0;
}

static int add_metadata(const struct conversion *conversion, struct err *err)
{
	static const char *const precisions[] = { "as stored", "fp32", "bf16", "int8" };
	const struct model *model = conversion->model;
	const struct safetensors *own = &model->weights.file.files[0].safetensors;
	char limit[40];

	for (size_t i = 0; i < own->n_metadata; i++)
		if (add_key(conversion, own->metadata[i].key, own->metadata[i].value, err) < 0)
			return -1;
	if (model->rules.limit) {
		snprintf(limit, sizeof(limit), "%zu", model->rules.limit);
		if (add_key(conversion, "max_pieces", limit, err) < 0)
			return -1;
	}
	if (add_key(conversion, "system", model->system->name, err) < 0 ||
	    add_key(conversion, "variant", model->variant, err) < 0 ||
	    add_key(conversion, "encoder_config", model->encoder_config, err) < 0 ||
	    add_key(conversion, "precision", precisions[conversion->precision], err) < 0 ||
	    add_labels(conversion, err) < 0)
		return -1;
	return add_origin(conversion, err);
}

/* What was rounded once cannot be had back. */
static int check_stored(const struct conversion *conversion, struct err *err)
{
	const struct weights *weights = &conversion->model->weights;

	if (conversion->precision == PRECISION_KEEP || conversion->precision == PRECISION_INT8)
		return 0;
	for (size_t i = 0; i < weights->file.n; i++)
		if (weights->used[i] && weights->file.tensors[i].type == TENSOR_I8)
			return err_set_at(err, weights->path, 0, 0,
					  "tensor '%.200s' is int8 already: convert the file that it was "
					  "made of", weights->file.tensors[i].name);
	return 0;
}

int model_convert(struct predictor *predictor, enum model_precision precision, const char *path,
		  struct err *err)
{
	struct conversion conversion = { (struct model *)predictor, precision, NULL };

	if (check_stored(&conversion, err) < 0)
		return -1;
	conversion.writer = safetensors_writer_new(path, err);
	if (!conversion.writer)
		return -1;
	if (add_metadata(&conversion, err) == 0 && add_tensors(&conversion, false, err) == 0 &&
	    add_tensors(&conversion, true, err) == 0 && add_vocabulary(&conversion, err) == 0)
		return safetensors_writer_commit(conversion.writer, err);
	safetensors_writer_abort(conversion.writer);
	return -1;
}
