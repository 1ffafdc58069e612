/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/torch_priv.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdint.h>
#include <string.h>

struct dtype_facts {
	const char *name;
	const char *storage;
	size_t size;
};

static const struct dtype_facts dtypes[TORCH_DTYPES] = {
	[TORCH_FLOAT32] = { "float32", "torch.FloatStorage", 4 },
	[TORCH_FLOAT64] = { "float64", "torch.DoubleStorage", 8 },
	[TORCH_FLOAT16] = { "float16", "torch.HalfStorage", 2 },
	[TORCH_BFLOAT16] = { "bfloat16", "torch.BFloat16Storage", 2 },
	[TORCH_INT64] = { "int64", "torch.LongStorage", 8 },
	[TORCH_INT32] = { "int32", "torch.IntStorage", 4 },
	[TORCH_INT16] = { "int16", "torch.ShortStorage", 2 },
	[TORCH_INT8] = { "int8", "torch.CharStorage", 1 },
	[TORCH_UINT8] = { "uint8", "torch.ByteStorage", 1 },
	[TORCH_BOOL] = { "bool", "torch.BoolStorage", 1 },
	[TORCH_COMPLEX64] = { "complex64", "torch.ComplexFloatStorage", 8 },
	[TORCH_COMPLEX128] = { "complex128", "torch.ComplexDoubleStorage", 16 },
};

const char *torch_dtype_name(enum torch_dtype dtype)
{
	return dtypes[dtype].name;
}

size_t torch_dtype_size(enum torch_dtype dtype)
{
	return dtypes[dtype].size;
}

/* What a persistent id stands for: a storage, or in old files a part of one. */
struct storage_view {
	struct torch_storage *storage;
	size_t offset, n;
};

static int fail(const struct pickle_value *value, const char *name, struct err *err,
		const char *text)
{
	return err_set_at(err, name, 0, 0, "%s, at byte %zu of the pickle", text, value->offset);
}

static bool is_size(const struct pickle_value *value)
{
	return value->kind == PICKLE_INT && value->integer >= 0;
}

static int find_dtype(const struct pickle_value *class, enum torch_dtype *dtype)
{
	if (class->kind == PICKLE_GLOBAL)
		for (int i = 0; i < TORCH_DTYPES; i++)
			if (strcmp(class->text, dtypes[i].storage) == 0) {
				*dtype = (enum torch_dtype)i;
				return 0;
			}
	return -1;
}

/* A key becomes part of a record's name. */
static bool key_is_safe(const struct pickle_value *key)
{
	return key->kind == PICKLE_TEXT && key->length > 0 && key->length < 100 &&
	       !memchr(key->text, '\0', key->length) && !strpbrk(key->text, "/\\") &&
	       strcmp(key->text, "..") != 0;
}

/* The id is ('storage', class, key, location, elements), in old files with a sixth field: None or
 * (key of the view, offset, length). */
static int read_id(const struct pickle_value *id, struct torch_storage *out,
		   struct storage_view *view)
{
	const struct pickle_value *part;
	size_t bytes;

	if (id->kind != PICKLE_TUPLE || id->n < 5 || id->n > 6 || id->items[0]->kind != PICKLE_TEXT ||
	    strcmp(id->items[0]->text, "storage") != 0 ||
	    find_dtype(id->items[1], &out->dtype) < 0 || !key_is_safe(id->items[2]) ||
	    id->items[3]->kind != PICKLE_TEXT || !is_size(id->items[4]))
		return -1;
	out->key = id->items[2]->text;
	out->n = (size_t)id->items[4]->integer;
	if (!size_multiply(out->n, dtypes[out->dtype].size, &bytes) || bytes > SIZE_MAX / 2)
		return -1;
	view->offset = 0;
	view->n = out->n;
	part = id->n == 6 ? id->items[5] : NULL;
	if (!part || part->kind == PICKLE_NONE)
		return 0;
	if (part->kind != PICKLE_TUPLE || part->n != 3 || !is_size(part->items[1]) ||
	    !is_size(part->items[2]))
		return -1;
	view->offset = (size_t)part->items[1]->integer;
	view->n = (size_t)part->items[2]->integer;
	return view->offset > out->n || view->n > out->n - view->offset ? -1 : 0;
}

static int read_storage(struct torch_file *file, struct pickle_value *persistent,
			struct str_table *keys, struct torch_storage ***by_id, size_t *capacity,
			const char *name, struct err *err)
{
	struct torch_storage *storage = arena_alloc(&file->arena, 1, sizeof(*storage)), *first;
	struct storage_view *view = arena_alloc(&file->arena, 1, sizeof(*view));
	size_t before = keys->n;
	long id;

	if (!storage || !view)
		return err_set_memory(err);
	if (read_id(persistent->items[0], storage, view) < 0)
		return fail(persistent, name, err, "a storage is not described as PyTorch does");
	id = str_table_add(keys, storage->key, strlen(storage->key));
	if (id < 0)
		return err_set_memory(err);
	if ((size_t)id == before) {
		if (GROW(*by_id, before, *capacity) < 0)
			return err_set_memory(err);
		(*by_id)[before] = storage;
		storage->number = before;
		if (before)
			(*by_id)[before - 1]->next = storage;
		else
			file->storages = storage;
	}
	first = (*by_id)[id];
	if (first->dtype != storage->dtype || first->n != storage->n)
		return fail(persistent, name, err, "one storage is described in two ways");
	view->storage = first;
	persistent->meaning = view;
	return 0;
}

int torch_read_storages(struct torch_file *file, const char *name, struct err *err)
{
	struct torch_storage **by_id = NULL;
	struct str_table keys;
	size_t capacity = 0;
	int rc = 0;

	str_table_init(&keys);
	for (struct pickle_value *value = file->pickle.persistents; value && rc == 0;
	     value = value->next)
		if (!pickle_is_module(value->items[0]))
			rc = read_storage(file, value, &keys, &by_id, &capacity, name, err);
	str_table_release(&keys);
	free(by_id);
	return rc;
}

static int read_sizes(const struct pickle_value *tuple, size_t *out, size_t n)
{
	if (tuple->kind != PICKLE_TUPLE || tuple->n != n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!is_size(tuple->items[i]))
			return -1;
		out[i] = (size_t)tuple->items[i]->integer;
	}
	return 0;
}

/* Every element lies within the view, and there are not absurdly many. */
static bool fits(const struct torch_tensor *tensor, size_t offset, size_t available)
{
	size_t elements = 1, last = offset, reach;
	size_t most = available > TORCH_EXPANDED_LIMIT ? available : TORCH_EXPANDED_LIMIT;

	for (size_t i = 0; i < tensor->n_dims; i++)
		if (tensor->shape[i] == 0)
			return offset <= available;
	for (size_t i = 0; i < tensor->n_dims; i++) {
		if (!size_multiply(elements, tensor->shape[i], &elements) || elements > most)
			return false;
		if (!size_multiply(tensor->shape[i] - 1, tensor->stride[i], &reach) ||
		    !size_add(last, reach, &last))
			return false;
	}
	return last < available;
}

/* _rebuild_tensor(storage, offset, shape, stride), and _v2 with (requires_grad, hooks[, metadata]). */
static int read_tensor(struct torch_file *file, struct pickle_value *call, bool second_form,
		       const char *name, struct err *err)
{
	const struct pickle_value *arguments = call->items[0];
	struct pickle_value *const *items = arguments->items;
	struct torch_tensor *tensor = arena_alloc(&file->arena, 1, sizeof(*tensor));
	const struct storage_view *view;

	if (!tensor)
		return err_set_memory(err);
	if (second_form ? arguments->n < 6 || arguments->n > 7 : arguments->n != 4)
		return fail(call, name, err, "a tensor has a wrong number of parts");
	if (!torch_storage_of(items[0]) || !is_size(items[1]) ||
	    items[2]->kind != PICKLE_TUPLE || items[2]->n > TORCH_DIMS ||
	    read_sizes(items[2], tensor->shape, items[2]->n) < 0 ||
	    read_sizes(items[3], tensor->stride, items[2]->n) < 0)
		return fail(call, name, err, "a tensor has a part of a wrong kind");
	if (arguments->n == 7 && items[6]->kind != PICKLE_NONE &&
	    !(items[6]->kind == PICKLE_DICT && items[6]->n == 0))
		return fail(call, name, err, "a tensor is lazily negated or conjugated; call "
					     "resolve_neg() and resolve_conj() before saving");
	view = items[0]->meaning;
	tensor->n_dims = items[2]->n;
	tensor->storage = view->storage;
	if (!fits(tensor, (size_t)items[1]->integer, view->n))
		return fail(call, name, err, "a tensor reaches beyond its storage");
	tensor->offset = view->offset + (size_t)items[1]->integer;
	tensor->requires_grad = second_form && items[4]->kind == PICKLE_BOOL && items[4]->integer;
	call->meaning = tensor;
	return 0;
}

/* _rebuild_parameter(tensor, requires_grad, hooks). */
static int read_parameter(struct torch_file *file, struct pickle_value *call, const char *name,
			  struct err *err)
{
	const struct pickle_value *arguments = call->items[0];
	const struct torch_tensor *inner =
		arguments->n == 3 ? torch_tensor_of(arguments->items[0]) : NULL;
	struct torch_tensor *tensor = arena_alloc(&file->arena, 1, sizeof(*tensor));

	if (!tensor)
		return err_set_memory(err);
	if (!inner)
		return fail(call, name, err, "a parameter is not made of a tensor");
	*tensor = *inner;
	tensor->parameter = true;
	tensor->requires_grad = arguments->items[1]->kind == PICKLE_BOOL &&
				arguments->items[1]->integer;
	call->meaning = tensor;
	return 0;
}

int torch_read_tensors(struct torch_file *file, const char *name, struct err *err)
{
	for (struct pickle_value *call = file->pickle.calls; call; call = call->next) {
		int rc = 0;

		if (strcmp(call->text, "torch._utils._rebuild_tensor_v2") == 0)
			rc = read_tensor(file, call, true, name, err);
		else if (strcmp(call->text, "torch._utils._rebuild_tensor") == 0)
			rc = read_tensor(file, call, false, name, err);
		else if (strcmp(call->text, "torch._utils._rebuild_parameter") == 0)
			rc = read_parameter(file, call, name, err);
		if (rc < 0)
			return -1;
	}
	return 0;
}

const struct torch_tensor *torch_tensor_of(const struct pickle_value *value)
{
	return value->kind == PICKLE_CALL ? value->meaning : NULL;
}

const struct torch_storage *torch_storage_of(const struct pickle_value *value)
{
	const struct storage_view *view = value->kind == PICKLE_PERSISTENT ? value->meaning : NULL;

	return view ? view->storage : NULL;
}
