/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/checkpoint.h"

#include "lib/base/checked.h"
#include "lib/formats/checkpoint_priv.h"
#include "lib/formats/stored_zip.h"
#include "lib/formats/torch_priv.h"

#include <stdlib.h>
#include <string.h>

struct checkpoint_tensor *checkpoint_add(struct checkpoint *checkpoint, struct err *err)
{
	struct checkpoint_tensor *tensor;

	if (GROW(checkpoint->tensors, checkpoint->n, checkpoint->capacity) < 0) {
		err_set_memory(err);
		return NULL;
	}
	tensor = &checkpoint->tensors[checkpoint->n++];
	memset(tensor, 0, sizeof(*tensor));
	return tensor;
}

static int add_safetensors(struct checkpoint *checkpoint, const struct safetensors *file,
			   struct err *err)
{
	for (size_t i = 0; i < file->n; i++) {
		const struct tensor *from = &file->tensors[i];
		struct checkpoint_tensor *tensor = checkpoint_add(checkpoint, err);
		size_t stride = 1;

		if (!tensor)
			return -1;
		tensor->name = from->name;
		tensor->type = from->type;
		tensor->contiguous = true;
		tensor->n_dims = from->n_dims;
		tensor->elements = from->elements;
		tensor->data = from->data;
		for (size_t k = from->n_dims; k-- > 0;) {
			tensor->shape[k] = from->shape[k];
			tensor->stride[k] = stride;
			stride *= from->shape[k];
		}
	}
	return 0;
}

/* What comes before all names of a file because its trainer wrapped the module. */
static const char *const wrappings[] = { "module.", "_orig_mod.", "model." };

static const char *common_wrapping(const struct checkpoint_tensor *tensors, size_t n)
{
	for (size_t i = 0; i < sizeof(wrappings) / sizeof(*wrappings); i++) {
		size_t length = strlen(wrappings[i]), with = 0;

		while (with < n && strncmp(tensors[with].name, wrappings[i], length) == 0 &&
		       tensors[with].name[length])
			with++;
		if (n && with == n)
			return wrappings[i];
	}
	return NULL;
}

/* Unwrap the names of one file's tensors. */
static int strip_prefix(struct checkpoint *checkpoint, size_t first, struct err *err)
{
	struct checkpoint_tensor *tensors = checkpoint->tensors + first;
	size_t n = checkpoint->n - first;
	const char *wrapping, *whole = "";

	while ((wrapping = common_wrapping(tensors, n)) != NULL) {
		for (size_t i = 0; i < n; i++)
			tensors[i].name += strlen(wrapping);
		whole = arena_format(&checkpoint->arena, "%s%s", whole, wrapping);
		if (!whole)
			return err_set_memory(err);
	}
	if (checkpoint->n_files <= 1)
		checkpoint->prefix = whole;
	return 0;
}

/* The names that TensorFlow's BERT and early ports of it gave to the parts of a layer norm. */
static int rename_norms(struct checkpoint *checkpoint, size_t first, struct err *err)
{
	static const char *const names[][2] = { { "LayerNorm.gamma", "LayerNorm.weight" },
						{ "LayerNorm.beta", "LayerNorm.bias" } };

	for (size_t i = first; i < checkpoint->n; i++)
		for (size_t k = 0; k < 2; k++) {
			struct checkpoint_tensor *tensor = &checkpoint->tensors[i];
			size_t length = strlen(tensor->name), end = strlen(names[k][0]);

			if (length < end || strcmp(tensor->name + length - end, names[k][0]) != 0)
				continue;
			tensor->name = arena_format(&checkpoint->arena, "%.*s%s",
						    (int)(length - end), tensor->name, names[k][1]);
			if (!tensor->name)
				return err_set_memory(err);
		}
	return 0;
}

/* Parse one file's bytes into the place that waits for it and add its tensors. */
static int add_file(struct checkpoint *checkpoint, struct checkpoint_file *file,
		    const unsigned char *bytes, size_t length, const char *name, struct err *err)
{
	const char *extension = file_extension(name);
	size_t first = checkpoint->n;
	bool torch = stored_zip_recognise(bytes, length) || torch_legacy_recognise(bytes, length) ||
		     strcmp(extension, "pth") == 0 || strcmp(extension, "pt") == 0 ||
		     strcmp(extension, "bin") == 0 || strcmp(extension, "tar") == 0;

	if (torch ? torch_checkpoint_parse(&file->torch, bytes, length, name, err) < 0
		  : safetensors_parse(&file->safetensors, bytes, length, name, err) < 0)
		return -1;
	file->form = torch ? file->torch.form : "safetensors";
	checkpoint->n_files++;
	if (torch ? checkpoint_add_torch(checkpoint, &file->torch, name, err) < 0
		  : add_safetensors(checkpoint, &file->safetensors, err) < 0)
		return -1;
	if (strip_prefix(checkpoint, first, err) < 0)
		return -1;
	return rename_norms(checkpoint, first, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct checkpoint_tensor *)a)->name,
		      ((const struct checkpoint_tensor *)b)->name);
}

static int sort_tensors(struct checkpoint *checkpoint, const char *path, struct err *err)
{
	struct checkpoint_tensor *tensors = checkpoint->tensors;

	if (checkpoint->n)
		qsort(tensors, checkpoint->n, sizeof(*tensors), by_name);
	for (size_t i = 1; i < checkpoint->n; i++)
		if (strcmp(tensors[i - 1].name, tensors[i].name) == 0)
			return err_set_at(err, path, 0, 0, "two tensors are called '%.200s'",
					  tensors[i].name);
	return 0;
}

static int init(struct checkpoint *checkpoint, size_t n_files, struct err *err)
{
	memset(checkpoint, 0, sizeof(*checkpoint));
	checkpoint->prefix = "";
	checkpoint->files = checked_calloc(n_files, sizeof(*checkpoint->files));
	return checkpoint->files ? 0 : err_set_memory(err);
}

int checkpoint_parse(struct checkpoint *checkpoint, const unsigned char *bytes, size_t length,
		     const char *name, struct err *err)
{
	if (init(checkpoint, 1, err) < 0)
		return -1;
	if (add_file(checkpoint, &checkpoint->files[0], bytes, length, name, err) == 0 &&
	    sort_tensors(checkpoint, name, err) == 0)
		return 0;
	checkpoint_close(checkpoint);
	return -1;
}

static int add_path(struct str_list *paths, const char *path, size_t length, struct err *err)
{
	char *copy = strndup(path, length);
	int rc;

	if (!copy)
		return err_set_memory(err);
	if (checkpoint_is_index(copy))
		rc = checkpoint_add_shards(paths, copy, err);
	else
		rc = str_list_add(paths, copy) < 0 ? err_set_memory(err) : 0;
	free(copy);
	return rc;
}

static bool is_file(const char *path, size_t length)
{
	char *copy = strndup(path, length);
	bool is = copy && file_size(copy) >= 0;

	free(copy);
	return is;
}

size_t checkpoint_first_path(const char *paths)
{
	size_t shortest = strcspn(paths, ","), length = shortest;

	while (!is_file(paths, length)) {
		if (!paths[length])
			return shortest;
		length += 1 + strcspn(paths + length + 1, ",");
	}
	return length;
}

/* The paths that stand for one model: one, or several with commas between them. */
static int split_paths(struct str_list *paths, const char *path, struct err *err)
{
	for (;;) {
		size_t length = checkpoint_first_path(path);

		if (add_path(paths, path, length, err) < 0)
			return -1;
		if (!path[length])
			break;
		path += length + 1;
	}
	if (paths->n > CHECKPOINT_FILES)
		return err_set(err, ERR_USAGE, "a model in %zu files: there may be %d", paths->n,
			       CHECKPOINT_FILES);
	return 0;
}

static int open_file(struct checkpoint *checkpoint, const char *path, struct err *err)
{
	struct checkpoint_file *file = &checkpoint->files[checkpoint->n_files];
	struct file_map map;
	int rc;

	if (file_map_open(&map, path, err) < 0)
		return -1;
	rc = add_file(checkpoint, file, map.data, map.size, path, err);
	if (file->form)
		file->map = map;
	else
		file_map_close(&map);
	return rc;
}

int checkpoint_open(struct checkpoint *checkpoint, const char *path, struct err *err)
{
	struct str_list paths = STR_LIST_INIT;
	int rc = split_paths(&paths, path, err);

	if (rc == 0)
		rc = init(checkpoint, paths.n, err);
	if (rc == 0) {
		for (size_t i = 0; i < paths.n && rc == 0; i++)
			rc = open_file(checkpoint, paths.items[i], err);
		if (rc == 0)
			rc = sort_tensors(checkpoint, path, err);
		if (rc < 0)
			checkpoint_close(checkpoint);
	}
	str_list_release(&paths);
	return rc;
}

void checkpoint_close(struct checkpoint *checkpoint)
{
	for (size_t i = 0; i < checkpoint->n_files; i++) {
		struct checkpoint_file *file = &checkpoint->files[i];

		if (strcmp(file->form, "safetensors") == 0)
			safetensors_close(&file->safetensors);
		else
			torch_file_close(&file->torch);
		if (file->map.data)
			file_map_close(&file->map);
	}
	free(checkpoint->files);
	free(checkpoint->tensors);
	str_list_release(&checkpoint->extras);
	arena_release(&checkpoint->arena);
	memset(checkpoint, 0, sizeof(*checkpoint));
}

const struct checkpoint_tensor *checkpoint_find(const struct checkpoint *checkpoint,
						const char *name)
{
	const struct checkpoint_tensor key = { .name = name };

	return checkpoint->n ? bsearch(&key, checkpoint->tensors, checkpoint->n,
				       sizeof(*checkpoint->tensors), by_name)
			     : NULL;
}

const char *checkpoint_metadata(const struct checkpoint *checkpoint, const char *key)
{
	const struct checkpoint_file *file = &checkpoint->files[0];

	if (strcmp(file->form, "safetensors") == 0)
		return safetensors_metadata(&file->safetensors, key);
	return strcmp(key, "labels") == 0 ? checkpoint->labels : NULL;
}

void checkpoint_gather(const struct checkpoint_tensor *tensor, unsigned char *out)
{
	size_t size = tensor_type_size(tensor->type), at = 0;
	size_t index[TORCH_DIMS] = { 0 };

	if (tensor->contiguous) {
		memcpy(out, tensor->data, tensor->elements * size);
		return;
	}
	for (size_t i = 0; i < tensor->elements; i++) {
		memcpy(out + i * size, tensor->data + at * size, size);
		for (size_t k = tensor->n_dims; k-- > 0;) {
			at += tensor->stride[k];
			if (++index[k] < tensor->shape[k])
				break;
			at -= tensor->stride[k] * tensor->shape[k];
			index[k] = 0;
		}
	}
}
