/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/picture_store.h"

#include "inference/core/product.h"
#include "inference/systems/model_priv.h"
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"
#include "lib/image/decode.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_BYTES ((size_t)64 << 20) /* past which the store begins anew */

struct stored_picture {
	float *kept; /* [picture_floats], heap */
	char *fault; /* heap */
	bool broken; /* it cannot be decoded, rather than the system does not take it */
};

static void clear(struct picture_store *store)
{
	for (size_t i = 0; i < store->paths.n; i++) {
		free(store->pictures[i].kept);
		free(store->pictures[i].fault);
	}
	str_table_release(&store->paths);
	str_table_init(&store->paths);
	prediction_dump_clear(&store->seen);
}

void picture_store_init(struct picture_store *store, struct model *model)
{
	*store = (struct picture_store){ .model = model };
	str_table_init(&store->paths);
	prediction_dump_init(&store->seen, true);
}

void picture_store_release(struct picture_store *store)
{
	clear(store);
	str_table_release(&store->paths);
	prediction_dump_release(&store->seen);
	free(store->pictures);
	memset(store, 0, sizeof(*store));
}

/* The number of a picture that is in the store or will be after the next run. */
static int add_path(struct picture_store *store, const char *path, size_t *number, struct err *err)
{
	size_t before = store->paths.n;
	long id;

	if (GROW(store->pictures, before, store->capacity) < 0)
		return err_set_memory(err);
	id = str_table_add(&store->paths, path, strlen(path));
	if (id < 0)
		return err_set_memory(err);
	if (store->paths.n > before)
		memset(&store->pictures[id], 0, sizeof(*store->pictures));
	*number = (size_t)id;
	return 0;
}

/* The pictures that a run has still to look at, in batches. */
struct run {
	struct picture_store *store;
	size_t first, batches; /* first picture; how many batches, of about as many pictures */
	atomic_bool failed;
};

static int to_input(const struct model *model, const struct image *image, const char *path,
		    float *input, struct err *err)
{
	return model->system->read_picture
		       ? model->system->read_picture(model, image, path, input, err)
		       : image_to_input(image, &image_input_shorter, input, err);
}

/* One file as the network reads it; a fault of the file is noted. -1: memory is out. */
static int read_picture(const struct model *model, struct stored_picture *stored, const char *path,
			float *input)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	char text[1400];
	int rc = 0;

	if (!*path) {
		memset(input, 0, IMAGENET_FLOATS * sizeof(*input));
		return 0;
	}
	stored->broken = image_decode_file(&image, path, NULL, NULL, &err) < 0;
	if (stored->broken || to_input(model, &image, path, input, &err) < 0) {
		err_add_file(&err, path);
		stored->fault = strdup(err_format(&err, text, sizeof(text)));
		rc = stored->fault ? 0 : -1;
	}
	image_release(&image);
	return rc;
}

/* Read the pictures [first, end) into the inputs of the good ones, whose numbers come out. */
static int read_pictures(const struct run *run, size_t first, size_t end, float *inputs,
			 size_t *numbers, float **kept, size_t *n)
{
	struct picture_store *store = run->store;

	*n = 0;
	for (size_t i = first; i < end; i++) {
		struct stored_picture *stored = &store->pictures[i];

		if (read_picture(store->model, stored, str_table_text(&store->paths, i),
				 inputs + *n * IMAGENET_FLOATS) < 0)
			return -1;
		if (stored->fault)
			continue;
		stored->kept = checked_calloc(store->model->picture_floats, sizeof(*stored->kept));
		if (!stored->kept)
			return -1;
		kept[*n] = stored->kept;
		numbers[(*n)++] = i;
	}
	return 0;
}

static int run_batch(const struct run *run, size_t number, int thread)
{
	struct picture_store *store = run->store;
	struct worker *worker = &store->model->workers[thread];
	size_t all = store->paths.n - run->first, n;
	size_t first = run->first + all * number / run->batches;
	size_t end = run->first + all * (number + 1) / run->batches;
	size_t numbers[RESNET_BATCH];
	float *kept[RESNET_BATCH], *inputs;
	struct err err = ERR_INIT;

	arena_reset(&worker->arena);
	inputs = arena_alloc(&worker->arena, RESNET_BATCH * IMAGENET_FLOATS, sizeof(*inputs));
	if (!inputs)
		return -1;
	if (read_pictures(run, first, end, inputs, numbers, kept, &n) < 0)
		return -1;
	return n == 0 ? 0
		      : store->model->system->look(store->model, inputs, n, worker, kept,
						   store->dumping ? &store->seen : NULL, numbers,
						   &err);
}

static void work(void *context, size_t number, int thread)
{
	struct run *run = context;

	product_set_threads(run->store->model->jobs / (int)run->batches);
	if (!atomic_load(&run->failed) &&
	    (progress_stopped(run->store->model->predictor.progress) || run_batch(run, number, thread) < 0))
		atomic_store(&run->failed, true);
	product_set_threads(1);
}

/* Look at all pictures from `first` on, in as many batches for each thread. */
static int run_pictures(struct picture_store *store, size_t first, struct err *err)
{
	struct run run = { .store = store, .first = first };
	size_t n = store->paths.n - first, jobs = (size_t)store->model->jobs;

	run.batches = (n + jobs * RESNET_BATCH - 1) / (jobs * RESNET_BATCH) * jobs;
	run.batches = run.batches < n ? run.batches : n;
	pool_run(store->model->jobs, run.batches, work, &run);
	if (!atomic_load(&run.failed))
		return 0;
	return model_check_stopped(store->model, err) < 0 ? -1 : err_set_memory(err);
}

static bool reads_whole(const struct model *model)
{
	return model->predictor.reads & READS_WHOLE;
}

/* The file of a record's slot; NULL: there is none. */
static const char *slot_path(const struct model *model, const struct predict_record *record, size_t slot)
{
	const struct record_pictures *pictures = &record->pictures;

	if (!reads_whole(model))
		return pictures->crops[slot];
	if (slot > 0)
		return pictures->crops[slot - 1];
	return pictures->whole ? pictures->whole : pictures->fallback;
}

/* The numbers [n, slots] in the store of pictures old and new. */
static int add_records(struct picture_store *store, const struct predict_record *records, size_t n,
		       size_t *numbers, struct err *err)
{
	size_t slots = store->model->slots;

	for (size_t i = 0; i < n; i++)
		for (size_t slot = 0; slot < slots; slot++) {
			const char *path = slot_path(store->model, &records[i], slot);

			if (add_path(store, path ? path : "", &numbers[i * slots + slot], err) < 0)
				return -1;
		}
	return 0;
}

/* Put the fallback in the place of a whole picture that could not be read. */
static int replace(struct picture_store *store, const struct record_pictures *pictures, size_t *number,
		   struct outcome *outcome, struct arena *arena, struct err *err)
{
	const struct stored_picture *stored = &store->pictures[*number];

	if (!pictures->fallback || (pictures->whole && !stored->fault))
		return 0;
	outcome->broken = pictures->whole && stored->broken;
	outcome->replaced = arena_copy(arena, pictures->whole ? stored->fault : "it has no picture");
	if (!outcome->replaced)
		return err_set_memory(err);
	return add_path(store, pictures->fallback, number, err);
}

static int add_fallbacks(struct picture_store *store, const struct predict_record *records, size_t n,
			 size_t *numbers, struct outcome *outcomes, struct arena *arena, struct err *err)
{
	if (!reads_whole(store->model))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (replace(store, &records[i].pictures, &numbers[i * store->model->slots], &outcomes[i],
			    arena, err) < 0)
			return -1;
	return 0;
}

/* Look at the pictures of the records, then at the fallbacks that it turns out to take. */
static int look(struct picture_store *store, const struct predict_record *records, size_t n,
		size_t *numbers, struct outcome *outcomes, struct arena *arena, struct err *err)
{
	size_t known = store->paths.n;

	if (add_records(store, records, n, numbers, err) < 0 || run_pictures(store, known, err) < 0)
		return -1;
	known = store->paths.n;
	if (add_fallbacks(store, records, n, numbers, outcomes, arena, err) < 0)
		return -1;
	return run_pictures(store, known, err);
}

static const char *missing(const struct model *model, const struct predict_record *record)
{
	for (size_t slot = 0; slot < model->slots; slot++)
		if (!slot_path(model, record, slot)) {
			if (slot == 0 && reads_whole(model))
				return "it has no picture";
			if (!model->system->empty_crops)
				return "it has not all the crops that the model reads";
		}
	return NULL;
}

/* Why a record's slot cannot be had; of a whole picture also that nothing could stand in for it. */
static const char *tell_fault(const struct model *model, const struct predict_record *record, size_t slot,
			      const char *fault, struct arena *arena)
{
	const char *name = model->predictor.fallback;

	if (slot > 0 || !reads_whole(model) || !name || record->pictures.fallback)
		return arena_copy(arena, fault);
	return arena_format(arena, "%s; nor is there %s, which stands in for such pictures", fault, name);
}

static int fill_record(const struct picture_store *store, const struct predict_record *record,
		       const size_t *numbers, const float **pictures, const char **fault,
		       struct arena *arena, struct err *err)
{
	*fault = missing(store->model, record);
	for (size_t slot = 0; slot < store->model->slots; slot++) {
		const struct stored_picture *stored = &store->pictures[numbers[slot]];

		pictures[slot] = stored->kept;
		if (!stored->fault || *fault)
			continue;
		*fault = tell_fault(store->model, record, slot, stored->fault, arena);
		if (!*fault)
			return err_set_memory(err);
	}
	return 0;
}

/* The same intermediate of all slots, one behind another. */
static int dump_stacked(const struct picture_store *store, const struct dump_entry *first,
			const size_t *numbers, size_t record, struct prediction_dump *dump,
			struct arena *arena, struct err *err)
{
	size_t slots = store->model->slots, shape[DUMP_DIMS] = { slots };
	float *values = arena_alloc(arena, slots * first->elements, sizeof(*values));

	if (!values)
		return err_set_memory(err);
	for (size_t slot = 0; slot < slots; slot++) {
		const struct dump_entry *entry =
			prediction_dump_find(&store->seen, numbers[slot], first->name);

		if (entry)
			memcpy(values + slot * first->elements, entry->values,
			       first->elements * sizeof(*values));
	}
	memcpy(shape + 1, first->shape, (DUMP_DIMS - 1) * sizeof(*shape));
	if (slots == 1)
		return prediction_dump_add(dump, record, first->name, TENSOR_F32, first->n_dims,
					   first->shape, values, err);
	return prediction_dump_add(dump, record, first->name, TENSOR_F32, first->n_dims + 1, shape,
				   values, err);
}

static int dump_record(const struct picture_store *store, const size_t *numbers, size_t record,
		       struct prediction_dump *dump, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < store->seen.n; i++)
		if (store->seen.entries[i].record == numbers[0] &&
		    dump_stacked(store, &store->seen.entries[i], numbers, record, dump, arena, err) < 0)
			return -1;
	return 0;
}

int picture_store_load(struct picture_store *store, const struct predict_record *records, size_t n,
		       const float **pictures, struct outcome *outcomes, size_t first,
		       struct prediction_dump *dump, struct arena *arena, struct err *err)
{
	size_t slots = store->model->slots;
	size_t *numbers = arena_alloc(arena, n, slots * sizeof(*numbers));

	if (!numbers)
		return err_set_memory(err);
	if (dump && !dump->all)
		dump = NULL;
	if (dump || store->paths.n * store->model->picture_floats * sizeof(float) > KEPT_BYTES)
		clear(store);
	store->dumping = dump != NULL;
	if (look(store, records, n, numbers, outcomes, arena, err) < 0) {
		clear(store);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (fill_record(store, &records[i], numbers + i * slots, pictures + i * slots,
				&outcomes[i].fault, arena, err) < 0)
			return -1;
		if (dump && !outcomes[i].fault &&
		    dump_record(store, numbers + i * slots, first + i, dump, arena, err) < 0)
			return -1;
	}
	return 0;
}
