/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/weights.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "model files are little-endian and are used as they lie in memory"
#endif

int weights_open(struct weights *weights, const char *path, struct err *err)
{
	memset(weights, 0, sizeof(*weights));
	if (checkpoint_open(&weights->file, path, err) < 0)
		return -1;
	weights->path = strdup(path);
	weights->used = checked_calloc(weights->file.n, sizeof(*weights->used));
	if (weights->path && weights->used)
		return 0;
	weights_close(weights);
	return err_set_memory(err);
}

void weights_close(struct weights *weights)
{
	for (size_t i = 0; i < weights->n_owned; i++)
		free(weights->owned[i]);
	free(weights->owned);
	free(weights->used);
	free(weights->path);
	checkpoint_close(&weights->file);
	memset(weights, 0, sizeof(*weights));
}

void weights_survey_release(struct weights_survey *survey)
{
	str_list_release(&survey->wrong);
	arena_release(&survey->arena);
}

bool weights_have(const struct weights *weights, const char *name)
{
	return checkpoint_find(&weights->file, name) != NULL;
}

static void add_shape(struct buf *text, const size_t *dims, size_t n)
{
	buf_add_char(text, '[');
	for (size_t i = 0; i < n; i++)
		buf_add_format(text, i ? ", %zu" : "%zu", dims[i]);
	buf_add_char(text, ']');
}

static int wrong_shape(const struct weights *weights, const struct checkpoint_tensor *tensor,
		       const struct shape *shape, struct err *err)
{
	struct buf text = BUF_INIT;

	add_shape(&text, tensor->shape, tensor->n_dims);
	buf_add_string(&text, ", but this system needs ");
	add_shape(&text, shape->dims, shape->n);
	err_set_at(err, weights->path, 0, 0, "tensor '%.200s' has shape %s", tensor->name, text.data);
	buf_release(&text);
	return -1;
}

static int look_up(const struct weights *weights, const char *name, const struct shape *shape,
		   const struct checkpoint_tensor **out, struct err *err)
{
	const struct checkpoint_tensor *tensor = checkpoint_find(&weights->file, name);

	if (!tensor)
		return err_set_at(err, weights->path, 0, 0,
				  "there is no tensor '%s': not a model of this system", name);
	weights->used[tensor - weights->file.tensors] = true;
	if (tensor->n_dims != shape->n ||
	    memcmp(tensor->shape, shape->dims, shape->n * sizeof(*shape->dims)) != 0)
		return wrong_shape(weights, tensor, shape, err);
	*out = tensor;
	return 0;
}

static bool is_noted(const struct weights_survey *survey, const char *text)
{
	for (size_t i = 0; i < survey->wrong.n; i++)
		if (strcmp(survey->wrong.items[i], text) == 0)
			return true;
	return false;
}

/* Note what is wrong and give zeros in its place: the same one for every element. */
static int stand_in(struct weights_survey *survey, const struct shape *shape, const struct err *wrong,
		    const struct checkpoint_tensor **out, struct err *err)
{
	static const float zero;
	struct checkpoint_tensor *tensor = arena_alloc(&survey->arena, 1, sizeof(*tensor));

	if (!tensor || (!is_noted(survey, wrong->text) &&
			str_list_add(&survey->wrong, wrong->text) < 0))
		return err_set_memory(err);
	*tensor = (struct checkpoint_tensor){ .name = "", .type = TENSOR_F32, .n_dims = shape->n,
					      .elements = 1,
					      .data = (const unsigned char *)&zero };
	for (size_t i = 0; i < shape->n; i++) {
		tensor->shape[i] = shape->dims[i];
		tensor->elements *= shape->dims[i];
	}
	*out = tensor;
	return 0;
}

static int find_tensor(const struct weights *weights, const char *name, const struct shape *shape,
		       const struct checkpoint_tensor **out, struct err *err)
{
	struct err wrong = ERR_INIT;

	if (!weights->survey)
		return look_up(weights, name, shape, out, err);
	if (look_up(weights, name, shape, out, &wrong) == 0)
		return 0;
	return stand_in(weights->survey, shape, &wrong, out, err);
}

static int wrong_type(const struct weights *weights, const struct checkpoint_tensor *tensor, const char *wanted,
		      struct err *err)
{
	return err_set_at(err, weights->path, 0, 0, "tensor '%.200s' is of type %s, not %s",
			  tensor->name, tensor_type_name(tensor->type), wanted);
}

/* The row scales of an I8 matrix. */
static int find_scale(const struct weights *weights, const struct checkpoint_tensor *tensor,
		      const unsigned char **out, struct err *err)
{
	const struct checkpoint_tensor *scale;
	struct buf name = BUF_INIT;
	int rc;

	if (tensor->n_dims < 2)
		return err_set_at(err, weights->path, 0, 0, "tensor '%.200s' is I8 but has no rows",
				  tensor->name);
	buf_add_format(&name, "%s.scale", tensor->name);
	rc = name.failed ? err_set_memory(err)
			 : find_tensor(weights, name.data, &SHAPE(tensor->shape[0]), &scale, err);
	buf_release(&name);
	if (rc < 0)
		return -1;
	if (scale->type != TENSOR_F32)
		return wrong_type(weights, scale, "F32", err);
	if (!scale->contiguous)
		return err_set_at(err, weights->path, 0, 0, "the scales '%.200s' have gaps", scale->name);
	*out = scale->data;
	return 0;
}

static float half_to_float(uint16_t half)
{
	uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31;
	uint32_t fraction = half & 0x3ff, bits;
	float value;

	if (exponent == 0) {
		value = (float)fraction * 0x1p-24f;
		return sign ? -value : value;
	}
	bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* `n` stored elements from `data` as float32. */
static void widen(enum tensor_type type, const unsigned char *data, size_t n, float scale, float *out)
{
	uint16_t half;
	uint32_t bits;
	double real;

	switch (type) {
	case TENSOR_I8:
		for (size_t i = 0; i < n; i++)
			out[i] = (float)(int8_t)data[i] * scale;
		break;
	case TENSOR_F16:
		for (size_t i = 0; i < n; i++) {
			memcpy(&half, data + 2 * i, sizeof(half));
			out[i] = half_to_float(half);
		}
		break;
	case TENSOR_BF16:
		for (size_t i = 0; i < n; i++) {
			memcpy(&half, data + 2 * i, sizeof(half));
			bits = (uint32_t)half << 16;
			memcpy(&out[i], &bits, sizeof(bits));
		}
		break;
	case TENSOR_F64:
		for (size_t i = 0; i < n; i++) {
			memcpy(&real, data + i * sizeof(real), sizeof(real));
			out[i] = (float)real;
		}
		break;
	default:
		memcpy(out, data, n * sizeof(*out));
		break;
	}
}

static int check_type(const struct weights *weights, const struct checkpoint_tensor *tensor,
		      const unsigned char **scale, struct err *err)
{
	*scale = NULL;
	switch (tensor->type) {
	case TENSOR_F32:
	case TENSOR_F16:
	case TENSOR_BF16:
	case TENSOR_F64:
		return 0;
	case TENSOR_I8:
		return find_scale(weights, tensor, scale, err);
	default:
		return wrong_type(weights, tensor, "F32, F64, F16, BF16 or I8", err);
	}
}

/* I8 with a scale for each index of the first dimension. */
static void widen_rows(const struct checkpoint_tensor *tensor, const unsigned char *data,
		       const unsigned char *scales, float *out)
{
	size_t rows = tensor->shape[0], columns = rows ? tensor->elements / rows : 0;
	float scale;

	for (size_t row = 0; row < rows; row++) {
		memcpy(&scale, scales + row * sizeof(scale), sizeof(scale));
		widen(tensor->type, data + row * columns, columns, scale, out + row * columns);
	}
}

/* A tensor of strides: its elements are set side by side first. */
static int widen_gathered(const struct checkpoint_tensor *tensor, const unsigned char *scale,
			  float *out, struct err *err)
{
	unsigned char *elements = checked_calloc(tensor->elements, tensor_type_size(tensor->type));

	if (!elements)
		return err_set_memory(err);
	checkpoint_gather(tensor, elements);
	if (tensor->type == TENSOR_I8)
		widen_rows(tensor, elements, scale, out);
	else
		widen(tensor->type, elements, tensor->elements, 1, out);
	free(elements);
	return 0;
}

int weights_copy(const struct weights *weights, const char *name, struct shape shape, float *out,
		 struct err *err)
{
	const struct checkpoint_tensor *tensor;
	const unsigned char *scale;

	if (find_tensor(weights, name, &shape, &tensor, err) < 0 ||
	    check_type(weights, tensor, &scale, err) < 0)
		return -1;
	if (!tensor->contiguous)
		return widen_gathered(tensor, scale, out, err);
	if (tensor->type == TENSOR_I8) {
		widen_rows(tensor, tensor->data, scale, out);
		return 0;
	}
	widen(tensor->type, tensor->data, tensor->elements, 1, out);
	return 0;
}

int weights_find(const struct weights *weights, const char *name, struct shape shape,
		 const float **out, struct err *err)
{
	const struct checkpoint_tensor *tensor;
	const unsigned char *scale;

	*out = NULL;
	if (find_tensor(weights, name, &shape, &tensor, err) < 0 ||
	    check_type(weights, tensor, &scale, err) < 0)
		return -1;
	if (tensor->type == TENSOR_F32 && tensor->contiguous &&
	    (uintptr_t)tensor->data % sizeof(float) == 0)
		*out = (const float *)(const void *)tensor->data;
	return 0;
}

int weights_get(struct weights *weights, const char *name, struct shape shape, const float **out,
		struct err *err)
{
	size_t elements = 1;
	float *copy;

	if (weights_find(weights, name, shape, out, err) < 0)
		return -1;
	if (*out)
		return 0;
	for (size_t i = 0; i < shape.n; i++)
		elements *= shape.dims[i];
	if (GROW(weights->owned, weights->n_owned, weights->capacity) < 0)
		return err_set_memory(err);
	copy = checked_realloc(NULL, elements ? elements : 1, sizeof(*copy));
	if (!copy)
		return err_set_memory(err);
	weights->owned[weights->n_owned++] = copy;
	*out = copy;
	return weights_copy(weights, name, shape, copy, err);
}

bool weights_shape(const struct weights *weights, const char *name, struct shape *out)
{
	const struct checkpoint_tensor *tensor = checkpoint_find(&weights->file, name);

	if (!tensor || tensor->n_dims > SAFETENSORS_DIMS)
		return false;
	out->n = tensor->n_dims;
	memcpy(out->dims, tensor->shape, tensor->n_dims * sizeof(*out->dims));
	return true;
}

int weights_table(const struct weights *weights, const char *name, size_t rows, size_t columns,
		  struct weight_table *out, struct err *err)
{
	const struct checkpoint_tensor *tensor;

	if (find_tensor(weights, name, &SHAPE(rows, columns), &tensor, err) < 0 ||
	    check_type(weights, tensor, &out->scale, err) < 0)
		return -1;
	out->type = tensor->type;
	out->rows = rows;
	out->columns = columns;
	out->row_stride = tensor->stride[0];
	out->column_stride = tensor->stride[1];
	out->data = tensor->data;
	return 0;
}

void weight_table_row(const struct weight_table *table, size_t row, float *out)
{
	size_t size = tensor_type_size(table->type);
	const unsigned char *data;
	float scale = 1;

	if (table->scale)
		memcpy(&scale, table->scale + row * sizeof(scale), sizeof(scale));
	data = table->data + row * table->row_stride * size;
	if (table->column_stride == 1)
		widen(table->type, data, table->columns, scale, out);
	else
		for (size_t i = 0; i < table->columns; i++)
			widen(table->type, data + i * table->column_stride * size, 1, scale, &out[i]);
}

int weights_bytes(const struct weights *weights, const char *name, const unsigned char **out,
		  size_t *size, struct err *err)
{
	const struct checkpoint_tensor *tensor = checkpoint_find(&weights->file, name);

	if (!tensor)
		return err_set_at(err, weights->path, 0, 0,
				  "there is no tensor '%s': not a model of this system", name);
	weights->used[tensor - weights->file.tensors] = true;
	if (tensor->type != TENSOR_U8 || tensor->n_dims != 1)
		return wrong_type(weights, tensor, "U8 of one dimension", err);
	if (!tensor->contiguous)
		return err_set_at(err, weights->path, 0, 0, "the bytes of '%.200s' have gaps", name);
	*out = tensor->data;
	*size = tensor->elements;
	return 0;
}

int weights_metadata(const struct weights *weights, const char *key, const char **out,
		     struct err *err)
{
	*out = checkpoint_metadata(&weights->file, key);
	if (*out)
		return 0;
	return err_set_at(err, weights->path, 0, 0, "there is no metadata '%s': not a model of tagsight",
			  key);
}
