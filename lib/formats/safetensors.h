/* SPDX-License-Identifier: Apache-2.0 */
/*
 * safetensors files: 8 bytes little-endian header size, a JSON header
 *	{"__metadata__": {"k": "v"}, "NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
 * and the data that the offsets count from. The file is mapped; tensors, names and metadata belong
 * to the struct and live until safetensors_close(). Everything in the header is checked against the
 * file before anything is handed out: the types, the sizes, that the tensors tile the data.
 *
 *	struct safetensors file;
 *	if (safetensors_open(&file, path, &err) < 0) ...
 *	tensor = safetensors_find(&file, "crf.start");
 */
#ifndef TAGSIGHT_FORMATS_SAFETENSORS_H
#define TAGSIGHT_FORMATS_SAFETENSORS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/file.h"

#include <stddef.h>

#define SAFETENSORS_HEADER_LIMIT ((size_t)100 << 20) /* bytes of the JSON header */
#define SAFETENSORS_DIMS 8

enum tensor_type {
	TENSOR_BOOL,
	TENSOR_U8,
	TENSOR_I8,
	TENSOR_F8_E5M2,
	TENSOR_F8_E4M3,
	TENSOR_I16,
	TENSOR_U16,
	TENSOR_F16,
	TENSOR_BF16,
	TENSOR_I32,
	TENSOR_U32,
	TENSOR_F32,
	TENSOR_F64,
	TENSOR_I64,
	TENSOR_U64,
	TENSOR_TYPES
};

/* "F32", as in the header. */
const char *tensor_type_name(enum tensor_type type);
/* Bytes of one element. */
size_t tensor_type_size(enum tensor_type type);

struct tensor {
	const char *name;
	enum tensor_type type;
	size_t n_dims;
	size_t shape[SAFETENSORS_DIMS];
	size_t elements;           /* product of the shape */
	const unsigned char *data; /* [size] bytes, little-endian, not aligned to anything */
	size_t size;
};

struct tensor_metadata {
	const char *key, *value;
};

struct safetensors {
	struct file_map map;
	struct arena arena;
	struct tensor *tensors; /* [n], by name */
	size_t n;
	struct tensor_metadata *metadata; /* [n_metadata], in the file's order */
	size_t n_metadata;
};

/* Map and check a file; on failure there is nothing to close. */
int safetensors_open(struct safetensors *file, const char *path, struct err *err);

/* The same for bytes that outlive the struct. `name` is for messages. */
int safetensors_parse(struct safetensors *file, const void *bytes, size_t size, const char *name,
		      struct err *err);

void safetensors_close(struct safetensors *file);

/* NULL when there is no such tensor or key. */
const struct tensor *safetensors_find(const struct safetensors *file, const char *name);
const char *safetensors_metadata(const struct safetensors *file, const char *key);

/*
 * Writing tensor after tensor, of which only the header entries are kept in memory. The data waits
 * in an unnamed temporary file; the result appears by rename.
 *
 *	writer = safetensors_writer_new("dump.safetensors", &err);
 *	safetensors_add(writer, "0.ids", TENSOR_I32, 1, (size_t[]){ n }, ids, &err);
 *	safetensors_writer_commit(writer, &err);
 */
struct safetensors_writer;

/* NULL on failure. */
struct safetensors_writer *safetensors_writer_new(const char *path, struct err *err);

/* Append a tensor whose name was not used before. `data` are the elements in memory. */
int safetensors_add(struct safetensors_writer *writer, const char *name, enum tensor_type type,
		    size_t n_dims, const size_t *shape, const void *data, struct err *err);

/* Set a key of the metadata; both are UTF-8. */
int safetensors_add_metadata(struct safetensors_writer *writer, const char *key, const char *value,
			     struct err *err);

/* Write the file and free the writer, also on failure. */
int safetensors_writer_commit(struct safetensors_writer *writer, struct err *err);

/* Drop what was written; NULL is fine. */
void safetensors_writer_abort(struct safetensors_writer *writer);

#endif
