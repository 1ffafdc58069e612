/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/safetensors.h"

#include "lib/base/checked.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	size_t size;
} types[TENSOR_TYPES] = {
	[TENSOR_BOOL] = { "BOOL", 1 },	     [TENSOR_U8] = { "U8", 1 },
	[TENSOR_I8] = { "I8", 1 },	     [TENSOR_F8_E5M2] = { "F8_E5M2", 1 },
	[TENSOR_F8_E4M3] = { "F8_E4M3", 1 }, [TENSOR_I16] = { "I16", 2 },
	[TENSOR_U16] = { "U16", 2 },	     [TENSOR_F16] = { "F16", 2 },
	[TENSOR_BF16] = { "BF16", 2 },	     [TENSOR_I32] = { "I32", 4 },
	[TENSOR_U32] = { "U32", 4 },	     [TENSOR_F32] = { "F32", 4 },
	[TENSOR_F64] = { "F64", 8 },	     [TENSOR_I64] = { "I64", 8 },
	[TENSOR_U64] = { "U64", 8 },
};

const char *tensor_type_name(enum tensor_type type)
{
	return types[type].name;
}

size_t tensor_type_size(enum tensor_type type)
{
	return types[type].size;
}

/* A whole number of the header that is not negative. */
static bool get_size(const json_t *value, size_t *out)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (size_t)json_integer_value(value);
	return true;
}

static int read_type(const json_t *entry, struct tensor *tensor, struct err *err)
{
	const char *name = json_string_value(json_object_get(entry, "dtype"));

	if (!name)
		return err_set(err, ERR_DATA, "tensor '%.200s' has no dtype", tensor->name);
	for (int type = 0; type < TENSOR_TYPES; type++)
		if (strcmp(types[type].name, name) == 0) {
			tensor->type = (enum tensor_type)type;
			return 0;
		}
	return err_set(err, ERR_DATA, "tensor '%.200s' has the unknown dtype '%.40s'", tensor->name,
		       name);
}

/* The shape, the number of elements, and the bytes that they need in tensor->size. */
static int read_shape(const json_t *entry, struct tensor *tensor, struct err *err)
{
	const json_t *shape = json_object_get(entry, "shape");

	if (!json_is_array(shape) || json_array_size(shape) > SAFETENSORS_DIMS)
		return err_set(err, ERR_DATA,
			       "the shape of tensor '%.200s' is no array of up to %d sizes",
			       tensor->name, SAFETENSORS_DIMS);
	tensor->n_dims = json_array_size(shape);
	tensor->elements = 1;
	for (size_t i = 0; i < tensor->n_dims; i++) {
		if (!get_size(json_array_get(shape, i), &tensor->shape[i]))
			return err_set(err, ERR_DATA,
				       "size %zu in the shape of tensor '%.200s' is no whole number",
				       i, tensor->name);
		if (!size_multiply(tensor->elements, tensor->shape[i], &tensor->elements))
			return err_set(err, ERR_DATA, "the shape of tensor '%.200s' is too large",
				       tensor->name);
	}
	if (!size_multiply(tensor->elements, types[tensor->type].size, &tensor->size))
		return err_set(err, ERR_DATA, "the shape of tensor '%.200s' is too large",
			       tensor->name);
	return 0;
}

static int read_offsets(const json_t *entry, struct tensor *tensor, const unsigned char *data,
			size_t data_size, struct err *err)
{
	const json_t *offsets = json_object_get(entry, "data_offsets");
	size_t begin, end;

	if (!json_is_array(offsets) || json_array_size(offsets) != 2 ||
	    !get_size(json_array_get(offsets, 0), &begin) ||
	    !get_size(json_array_get(offsets, 1), &end))
		return err_set(err, ERR_DATA,
			       "the data_offsets of tensor '%.200s' are no two whole numbers",
			       tensor->name);
	if (begin > end || end > data_size)
		return err_set(err, ERR_DATA,
			       "tensor '%.200s' lies at bytes %zu to %zu of %zu: the file is cut short "
			       "or its header is wrong",
			       tensor->name, begin, end, data_size);
	if (end - begin != tensor->size)
		return err_set(err, ERR_DATA,
			       "tensor '%.200s' has %zu bytes, but its shape needs %zu", tensor->name,
			       end - begin, tensor->size);
	tensor->data = data + begin;
	return 0;
}

static int read_metadata(struct safetensors *file, json_t *object, struct err *err)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return err_set(err, ERR_DATA, "__metadata__ is no object");
	file->metadata =
		arena_alloc(&file->arena, json_object_size(object) + 1, sizeof(*file->metadata));
	if (!file->metadata)
		return err_set_memory(err);
	json_object_foreach(object, key, value) {
		struct tensor_metadata *pair = &file->metadata[file->n_metadata];

		if (!json_is_string(value))
			return err_set(err, ERR_DATA, "the metadata '%.200s' is no string", key);
		pair->key = arena_copy(&file->arena, key);
		pair->value = arena_copy(&file->arena, json_string_value(value));
		if (!pair->key || !pair->value)
			return err_set_memory(err);
		file->n_metadata++;
	}
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct tensor *const *x = a, *const *y = b;

	if ((*x)->data != (*y)->data)
		return (*x)->data < (*y)->data ? -1 : 1;
	return ((*x)->size > (*y)->size) - ((*x)->size < (*y)->size);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tensor *)a)->name, ((const struct tensor *)b)->name);
}

/* No tensor may share bytes with another, and no byte may be without a tensor. */
static int check_tiling(const struct safetensors *file, const unsigned char *data,
			size_t data_size, struct err *err)
{
	const struct tensor **order = checked_calloc(file->n, sizeof(*order));
	const unsigned char *at = data;
	int rc = 0;

	if (!order)
		return err_set_memory(err);
	for (size_t i = 0; i < file->n; i++)
		order[i] = &file->tensors[i];
	qsort(order, file->n, sizeof(*order), by_offset);
	for (size_t i = 0; i < file->n && rc == 0; i++) {
		if (order[i]->data < at)
			rc = err_set(err, ERR_DATA, "tensors '%.200s' and '%.200s' overlap",
				     order[i - 1]->name, order[i]->name);
		else if (order[i]->data > at)
			rc = err_set(err, ERR_DATA, "%td bytes before tensor '%.200s' belong to none",
				     order[i]->data - at, order[i]->name);
		at = order[i]->data + order[i]->size;
	}
	if (rc == 0 && at != data + data_size)
		rc = err_set(err, ERR_DATA, "%td bytes after the last tensor belong to none",
			     data + data_size - at);
	free(order);
	return rc;
}

static int read_header(struct safetensors *file, json_t *header, const unsigned char *data,
		       size_t data_size, struct err *err)
{
	const char *name;
	json_t *entry;

	if (!json_is_object(header))
		return err_set(err, ERR_DATA, "the header is no JSON object");
	file->tensors =
		arena_alloc(&file->arena, json_object_size(header) + 1, sizeof(*file->tensors));
	if (!file->tensors)
		return err_set_memory(err);
	json_object_foreach(header, name, entry) {
		struct tensor *tensor = &file->tensors[file->n];

		if (strcmp(name, "__metadata__") == 0) {
			if (read_metadata(file, entry, err) < 0)
				return -1;
			continue;
		}
		tensor->name = arena_copy(&file->arena, name);
		if (!tensor->name)
			return err_set_memory(err);
		if (read_type(entry, tensor, err) < 0 || read_shape(entry, tensor, err) < 0 ||
		    read_offsets(entry, tensor, data, data_size, err) < 0)
			return -1;
		file->n++;
	}
	qsort(file->tensors, file->n, sizeof(*file->tensors), by_name);
	return check_tiling(file, data, data_size, err);
}

static int parse_bytes(struct safetensors *file, const unsigned char *bytes, size_t size,
		       struct err *err)
{
	uint64_t length = 0;
	json_error_t error;
	json_t *header;
	int rc;

	if (size < 8)
		return err_set(err, ERR_DATA, "%zu bytes are too short for a safetensors file", size);
	for (int i = 7; i >= 0; i--)
		length = length << 8 | bytes[i];
	if (length > size - 8 || length > SAFETENSORS_HEADER_LIMIT)
		return err_set(err, ERR_DATA,
			       "no safetensors file, or cut short: a header of %llu bytes in a file of %zu",
			       (unsigned long long)length, size);
	header = json_loadb((const char *)bytes + 8, (size_t)length, JSON_REJECT_DUPLICATES, &error);
	if (!header)
		return err_set(err, ERR_DATA, "no safetensors file: its header is not JSON: %s",
			       error.text);
	rc = read_header(file, header, bytes + 8 + length, size - 8 - (size_t)length, err);
	json_decref(header);
	return rc;
}

int safetensors_parse(struct safetensors *file, const void *bytes, size_t size, const char *name,
		      struct err *err)
{
	memset(file, 0, sizeof(*file));
	if (parse_bytes(file, bytes, size, err) == 0)
		return 0;
	err_add_file(err, name);
	safetensors_close(file);
	return -1;
}

int safetensors_open(struct safetensors *file, const char *path, struct err *err)
{
	struct file_map map;

	if (file_map_open(&map, path, err) < 0)
		return -1;
	if (safetensors_parse(file, map.data, map.size, path, err) < 0) {
		file_map_close(&map);
		return -1;
	}
	file->map = map;
	return 0;
}

void safetensors_close(struct safetensors *file)
{
	arena_release(&file->arena);
	file_map_close(&file->map);
	memset(file, 0, sizeof(*file));
}

const struct tensor *safetensors_find(const struct safetensors *file, const char *name)
{
	const struct tensor key = { .name = name };

	return bsearch(&key, file->tensors, file->n, sizeof(*file->tensors), by_name);
}

const char *safetensors_metadata(const struct safetensors *file, const char *key)
{
	for (size_t i = 0; i < file->n_metadata; i++)
		if (strcmp(file->metadata[i].key, key) == 0)
			return file->metadata[i].value;
	return NULL;
}
