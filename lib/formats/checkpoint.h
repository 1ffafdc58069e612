/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The named tensors of a model, whatever its files are: safetensors, or PyTorch's zip and legacy
 * forms. Files are mapped and tensors point into them. In PyTorch's files the state dict is looked
 * for at the top and under the names that trainers give it; what lies beside it (optimizers,
 * counters) is stepped over. Names lose what wrappers put before all of them ("module."), and
 * LayerNorm.gamma and LayerNorm.beta are called weight and bias.
 *
 *	struct checkpoint checkpoint;
 *	if (checkpoint_open(&checkpoint, "best_model.pth", &err) < 0) ...
 *	tensor = checkpoint_find(&checkpoint, "crf.transitions");
 *	checkpoint_close(&checkpoint);
 *
 * A model in several files is opened by their paths with commas between them, one in shards by its
 * index (model.safetensors.index.json).
 */
#ifndef TAGSIGHT_FORMATS_CHECKPOINT_H
#define TAGSIGHT_FORMATS_CHECKPOINT_H

#include "lib/base/str_list.h"
#include "lib/formats/safetensors.h"
#include "lib/formats/torch_file.h"

#define CHECKPOINT_FILES 64
#define CHECKPOINT_EXTRAS 50 /* are told of at most */

/* The shape's elements lie at data + sum of index * stride, in elements. All that is reached lies
 * in the file. */
struct checkpoint_tensor {
	const char *name;
	enum tensor_type type;
	bool contiguous; /* row by row without gaps */
	size_t n_dims;
	size_t shape[TORCH_DIMS];
	size_t stride[TORCH_DIMS];
	size_t elements;
	const unsigned char *data; /* little-endian, not aligned to anything */
};

/* One file; `form` is "safetensors", "zip" or "legacy". */
struct checkpoint_file {
	const char *form;
	struct file_map map;
	struct safetensors safetensors;
	struct torch_file torch;
};

struct checkpoint {
	struct checkpoint_tensor *tensors; /* [n], by name */
	size_t n, capacity;
	struct checkpoint_file *files; /* [n_files] */
	size_t n_files;
	const char *prefix;     /* what was before all names of the first file, "" for nothing */
	struct str_list extras; /* "epoch (an int)": what was stepped over */
	const char *labels;     /* of a PyTorch file that tells them: a JSON array; else NULL */
	struct arena arena;
};

/* Map and check; on failure there is nothing to close. */
int checkpoint_open(struct checkpoint *checkpoint, const char *path, struct err *err);

/* The same for one file's bytes, which outlive the checkpoint. */
int checkpoint_parse(struct checkpoint *checkpoint, const unsigned char *bytes, size_t length,
		     const char *name, struct err *err);

void checkpoint_close(struct checkpoint *checkpoint);

/* Bytes of the first path in "a.bin,b.bin". A comma that belongs to the name of a file that exists ends
 * no path. */
size_t checkpoint_first_path(const char *paths);

/* NULL when there is no such tensor. */
const struct checkpoint_tensor *checkpoint_find(const struct checkpoint *checkpoint,
						const char *name);

/* A key of safetensors' metadata, NULL when it is not there; "labels" also of a file of flair's. */
const char *checkpoint_metadata(const struct checkpoint *checkpoint, const char *key);

/* Write the tensor's elements [elements * size of its type] to `out`, row by row. */
void checkpoint_gather(const struct checkpoint_tensor *tensor, unsigned char *out);

#endif
