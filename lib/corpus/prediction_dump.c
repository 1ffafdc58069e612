/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/prediction_dump.h"

#include "lib/base/checked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void prediction_dump_init(struct prediction_dump *dump, bool all)
{
	*dump = (struct prediction_dump){ .all = all, .arena = ARENA_INIT };
	pthread_mutex_init(&dump->lock, NULL);
}

void prediction_dump_release(struct prediction_dump *dump)
{
	arena_release(&dump->arena);
	free(dump->entries);
	pthread_mutex_destroy(&dump->lock);
}

void prediction_dump_clear(struct prediction_dump *dump)
{
	dump->n = 0;
	arena_reset(&dump->arena);
}

/* The new entry's values, which are not set; NULL when memory is out. */
static void *add_entry(struct prediction_dump *dump, size_t record, const char *name,
		       enum tensor_type type, size_t n_dims, const size_t *shape)
{
	struct dump_entry entry = { .record = record, .type = type, .n_dims = n_dims, .elements = 1 };
	void *values = NULL;

	if (n_dims > DUMP_DIMS)
		BUG("prediction_dump: an array of so many dimensions");
	for (size_t i = 0; i < n_dims; i++) {
		entry.shape[i] = shape[i];
		entry.elements *= shape[i];
	}
	pthread_mutex_lock(&dump->lock);
	if (GROW(dump->entries, dump->n, dump->capacity) == 0) {
		entry.name = arena_copy(&dump->arena, name);
		entry.values = values = arena_alloc(&dump->arena, entry.elements + 1, tensor_type_size(type));
		if (entry.name && values)
			dump->entries[dump->n++] = entry;
		else
			values = NULL;
	}
	pthread_mutex_unlock(&dump->lock);
	return values;
}

int prediction_dump_add(struct prediction_dump *dump, size_t record, const char *name,
			enum tensor_type type, size_t n_dims, const size_t *shape,
			const void *values, struct err *err)
{
	size_t elements = 1;
	void *copy;

	if (!dump)
		return 0;
	copy = add_entry(dump, record, name, type, n_dims, shape);
	if (!copy)
		return err_set_memory(err);
	for (size_t i = 0; i < n_dims; i++)
		elements *= shape[i];
	memcpy(copy, values, elements * tensor_type_size(type));
	return 0;
}

int prediction_dump_rows(struct prediction_dump *dump, size_t record, const char *name, size_t rows,
			 size_t columns, size_t stride, const float *values, struct err *err)
{
	const size_t shape[2] = { rows, columns };
	float *copy;

	if (!dump)
		return 0;
	copy = add_entry(dump, record, name, TENSOR_F32, 2, shape);
	if (!copy)
		return err_set_memory(err);
	for (size_t row = 0; row < rows; row++)
		memcpy(copy + row * columns, values + row * stride, columns * sizeof(*copy));
	return 0;
}

const struct dump_entry *prediction_dump_find(const struct prediction_dump *dump, size_t record,
					      const char *name)
{
	for (size_t i = 0; i < dump->n; i++)
		if (dump->entries[i].record == record && strcmp(dump->entries[i].name, name) == 0)
			return &dump->entries[i];
	return NULL;
}

/* By record and name, so that files do not depend on which thread came first. */
static int compare(const void *a, const void *b)
{
	const struct dump_entry *x = a, *y = b;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return strcmp(x->name, y->name);
}

int prediction_dump_write(struct prediction_dump *dump, const size_t *numbers,
			  struct safetensors_writer *writer, struct err *err)
{
	char name[256];

	if (dump->n)
		qsort(dump->entries, dump->n, sizeof(*dump->entries), compare);
	for (size_t i = 0; i < dump->n; i++) {
		const struct dump_entry *entry = &dump->entries[i];

		snprintf(name, sizeof(name), "%zu.%s", numbers[entry->record], entry->name);
		if (safetensors_add(writer, name, entry->type, entry->n_dims, entry->shape,
				    entry->values, err) < 0)
			return -1;
	}
	return 0;
}
