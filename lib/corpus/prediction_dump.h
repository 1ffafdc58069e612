/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers behind predictions, for who ports a model and looks for the place where it parts: named
 * arrays of each record of one call of a predictor. Several threads may add at once.
 *
 *	prediction_dump_init(&dump, true);
 *	predictor->predict(predictor, records, n, outcomes, &dump, &arena, &err);
 *	entry = prediction_dump_find(&dump, 0, "emissions");
 *	prediction_dump_release(&dump);
 */
#ifndef TAGSIGHT_CORPUS_PREDICTION_DUMP_H
#define TAGSIGHT_CORPUS_PREDICTION_DUMP_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/formats/safetensors.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define DUMP_DIMS 4

struct dump_entry {
	size_t record; /* number in the call */
	const char *name;
	enum tensor_type type; /* TENSOR_F32 or TENSOR_I32 */
	size_t n_dims, shape[DUMP_DIMS], elements;
	const void *values; /* [elements] */
};

struct prediction_dump {
	bool all; /* the intermediates too, not only pieces and emissions or logits */
	struct dump_entry *entries; /* [n] */
	size_t n, capacity;
	struct arena arena;
	pthread_mutex_t lock;
};

void prediction_dump_init(struct prediction_dump *dump, bool all);
void prediction_dump_release(struct prediction_dump *dump);

/* Forget the entries, keep the memory. */
void prediction_dump_clear(struct prediction_dump *dump);

/* Copy an array; `dump` NULL does nothing. Fails only when memory is out. */
int prediction_dump_add(struct prediction_dump *dump, size_t record, const char *name,
			enum tensor_type type, size_t n_dims, const size_t *shape,
			const void *values, struct err *err);

/* A matrix of float32 [rows, columns], whose rows are `stride` floats apart. */
int prediction_dump_rows(struct prediction_dump *dump, size_t record, const char *name, size_t rows,
			 size_t columns, size_t stride, const float *values, struct err *err);

/* NULL when the record has no such array. */
const struct dump_entry *prediction_dump_find(const struct prediction_dump *dump, size_t record,
					      const char *name);

/* Write all entries as tensors NUMBER.NAME, record by record, where numbers [records] says the number of
 * each record of the call. */
int prediction_dump_write(struct prediction_dump *dump, const size_t *numbers,
			  struct safetensors_writer *writer, struct err *err);

#endif
