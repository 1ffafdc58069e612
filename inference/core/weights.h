/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers of a model. Every tensor that a system uses comes through here, where its name, type,
 * shape and size are checked against what the system says it must be; what is given out is float32.
 * The file may be of any kind that lib/formats/checkpoint.h knows.
 *
 * Stored types: F32, F64, F16, BF16, and I8 [rows, ...] beside a tensor NAME.scale F32 [rows], where
 * an element of row r stands for int8 * scale[r].
 *
 *	if (weights_open(&weights, path, &err) < 0 ||
 *	    weights_get(&weights, "crf.start", SHAPE(9), &start, &err) < 0) ...
 *
 * Float arrays belong to the weights and live until weights_close(); an aligned F32 tensor is used
 * where it lies in the mapped file.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_WEIGHTS_H
#define TAGSIGHT_INFERENCE_CORE_WEIGHTS_H

#include "lib/formats/checkpoint.h"

#include <stdbool.h>
#include <stdint.h>

/* What a system misses in a file. While one is set, a tensor that is missing or of a wrong shape is
 * noted here and zeros stand in for it, so that loading goes on and finds all. */
struct weights_survey {
	struct str_list wrong; /* messages */
	struct arena arena;
};

#define WEIGHTS_SURVEY_INIT { STR_LIST_INIT, ARENA_INIT }

struct weights {
	struct checkpoint file;
	char *path;
	bool *used; /* [file.n], whether a system asked for the tensor */
	struct weights_survey *survey; /* borrowed; NULL: a missing tensor is an error */
	float **owned; /* [n_owned], heap */
	size_t n_owned, capacity;
};

struct shape {
	size_t n;
	size_t dims[SAFETENSORS_DIMS];
};

#define SHAPE(...)                                                                                 \
	((struct shape){ sizeof((size_t[]){ __VA_ARGS__ }) / sizeof(size_t), { __VA_ARGS__ } })

/* Map the file; on failure there is nothing to close. */
int weights_open(struct weights *weights, const char *path, struct err *err);
void weights_close(struct weights *weights);
void weights_survey_release(struct weights_survey *survey);

bool weights_have(const struct weights *weights, const char *name);

/* The shape that a tensor has in the file; false when it is not there. */
bool weights_shape(const struct weights *weights, const char *name, struct shape *out);

/* A tensor of this shape as float32 [product of the shape]. */
int weights_get(struct weights *weights, const char *name, struct shape shape, const float **out,
		struct err *err);

/* Check a tensor as weights_get() does, but do not make a copy: *out is NULL where one is needed. */
int weights_find(const struct weights *weights, const char *name, struct shape shape,
		 const float **out, struct err *err);

/* The same written to `out`, which has room for it; calls for different tensors may run at once. */
int weights_copy(const struct weights *weights, const char *name, struct shape shape, float *out,
		 struct err *err);

/* A table of which only a few rows are wanted at a time: it stays as it is stored. */
struct weight_table {
	enum tensor_type type;
	size_t rows, columns;
	size_t row_stride, column_stride; /* elements from one to the next */
	const unsigned char *data;  /* [rows, columns] */
	const unsigned char *scale; /* float32 [rows], not aligned; NULL but for I8 */
};

int weights_table(const struct weights *weights, const char *name, size_t rows, size_t columns,
		  struct weight_table *out, struct err *err);

/* Row `row`, which is below `rows`, as float32 [columns]. */
void weight_table_row(const struct weight_table *table, size_t row, float *out);

/* The bytes of a U8 tensor of one dimension, borrowed. */
int weights_bytes(const struct weights *weights, const char *name, const unsigned char **out,
		  size_t *size, struct err *err);

/* The value of a metadata key; a missing one is an error. */
int weights_metadata(const struct weights *weights, const char *key, const char **out,
		     struct err *err);

/* That every number of every tensor is finite; *numbers counts them. */
int weights_check_finite(const struct weights *weights, size_t *numbers, struct err *err);

/* The same of those whose names begin with `prefix`. */
int weights_check_part_finite(const struct weights *weights, const char *prefix, size_t *numbers,
			      struct err *err);

#endif
