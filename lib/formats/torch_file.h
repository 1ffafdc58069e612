/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PyTorch's files (.pth, .pt, .bin), read without running anything: the zip form of torch 1.6 and
 * later, and the legacy form before it. The file is mapped; tensors point into it.
 *
 *	struct torch_file file;
 *	if (torch_file_open(&file, "twitter2015_train_dict.pth", &err) == 0) {
 *		use(file.root);
 *		torch_file_close(&file);
 *	}
 *
 * Every tensor was checked when the file was opened: its elements lie within its storage, the
 * storage within the file. Values, tensors and storages belong to the file.
 */
#ifndef TAGSIGHT_FORMATS_TORCH_FILE_H
#define TAGSIGHT_FORMATS_TORCH_FILE_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/formats/pickle.h"

#include <stdbool.h>
#include <stddef.h>

#define TORCH_DIMS 16
#define TORCH_PICKLE_LIMIT ((size_t)64 << 20) /* bytes of data.pkl */
/* Elements of one tensor beyond those of its storage (stride 0 repeats them). */
#define TORCH_EXPANDED_LIMIT ((size_t)1 << 28)

enum torch_dtype {
	TORCH_FLOAT32, TORCH_FLOAT64, TORCH_FLOAT16, TORCH_BFLOAT16, TORCH_INT64, TORCH_INT32,
	TORCH_INT16, TORCH_INT8, TORCH_UINT8, TORCH_BOOL, TORCH_COMPLEX64, TORCH_COMPLEX128,
	TORCH_DTYPES
};

struct torch_storage {
	const char *key;
	enum torch_dtype dtype;
	size_t n;                  /* elements */
	const unsigned char *data; /* little-endian, may be unaligned; NULL until it is found */
	size_t number;             /* from 0 in the order of use */
	struct torch_storage *next;
};

/* A view of a storage. */
struct torch_tensor {
	const struct torch_storage *storage;
	size_t offset; /* in elements, as the strides */
	size_t n_dims;
	size_t shape[TORCH_DIMS];
	size_t stride[TORCH_DIMS];
	bool requires_grad;
	bool parameter;
};

enum torch_form { TORCH_ZIP, TORCH_LEGACY };

struct torch_file {
	struct file_map map;
	struct arena arena;
	struct pickle pickle;
	const struct pickle_value *root;
	struct torch_storage *storages; /* linked in the order of use */
	const char *form;               /* "zip" or "legacy" */
	bool objects;                   /* of a trainer's classes are stepped over */
};

/* Whether bytes begin as one of the two forms does. */
bool torch_file_recognise(const unsigned char *bytes, size_t length);

int torch_file_open(struct torch_file *file, const char *path, struct err *err);
void torch_file_close(struct torch_file *file);

/* The same for bytes in memory, which must outlive the file. */
int torch_file_parse(struct torch_file *file, const unsigned char *bytes, size_t length,
		     const char *name, struct err *err);

/* The same of a trainer's checkpoint, in which objects of the classes of a few libraries may lie beside
 * the tensors (pickle.h): they are stepped over. */
int torch_checkpoint_parse(struct torch_file *file, const unsigned char *bytes, size_t length,
			   const char *name, struct err *err);

/* The tensor or the storage that a value stands for, or NULL. */
const struct torch_tensor *torch_tensor_of(const struct pickle_value *value);
const struct torch_storage *torch_storage_of(const struct pickle_value *value);

/* "float32", ... and the bytes of one element. */
const char *torch_dtype_name(enum torch_dtype dtype);
size_t torch_dtype_size(enum torch_dtype dtype);

/* Append a file that torch.load() reads, with and without weights_only, from torch 1.6 on: a zip
 * whose folder is `folder`, around the bytes of a pickle. */
int torch_file_write(struct buf *out, const char *folder, const struct buf *pickle,
		     struct err *err);

/* The same in the form that torch.save() wrote before 1.6 and every torch.load() still reads; the
 * pickle has no tensors. */
int torch_legacy_write(struct buf *out, const struct buf *pickle, struct err *err);

#endif
