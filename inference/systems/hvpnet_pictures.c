/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/hvpnet_pictures.h"

#include "lib/base/checked.h"
#include "lib/base/pool.h"
#include "lib/image/decode.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define STORE_LIMIT 512 /* pictures, of 98 KB each for BERT-base */

struct stored_picture {
	struct prompt_picture picture; /* `blocks` and `gates` are one allocation */
	char *fault;                   /* heap */
};

static void clear(struct picture_store *store)
{
	for (size_t i = 0; i < store->paths.n; i++) {
		free(store->pictures[i].picture.blocks);
		free(store->pictures[i].fault);
	}
	str_table_release(&store->paths);
	str_table_init(&store->paths);
}

int picture_store_init(struct picture_store *store, const struct hvpnet_prompt *prompt, int jobs,
		       struct err *err)
{
	*store = (struct picture_store){ .prompt = prompt, .jobs = jobs };
	str_table_init(&store->paths);
	store->scratch = checked_calloc((size_t)jobs, sizeof(*store->scratch));
	store->inputs = checked_calloc((size_t)jobs, RESNET_BATCH * IMAGENET_FLOATS * sizeof(float));
	if (store->scratch && store->inputs)
		return 0;
	picture_store_release(store);
	return err_set_memory(err);
}

void picture_store_release(struct picture_store *store)
{
	clear(store);
	str_table_release(&store->paths);
	for (int i = 0; store->scratch && i < store->jobs; i++)
		prompt_scratch_release(&store->scratch[i]);
	free(store->scratch);
	free(store->inputs);
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
	size_t first, batch; /* first picture; pictures of a batch */
	atomic_bool failed;
};

/* One file as the network reads it; a fault of the file is noted. -1: memory is out. */
static int read_picture(struct stored_picture *stored, const char *path, float *input)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	char text[1400];
	int rc = 0;

	if (!*path) {
		memset(input, 0, IMAGENET_FLOATS * sizeof(*input));
		return 0;
	}
	if (image_decode_file(&image, path, NULL, NULL, &err) < 0 ||
	    image_to_imagenet(&image, input, &err) < 0) {
		err_add_file(&err, path);
		stored->fault = strdup(err_format(&err, text, sizeof(text)));
		rc = stored->fault ? 0 : -1;
	}
	image_release(&image);
	return rc;
}

static int make_room(const struct hvpnet_prompt *prompt, struct prompt_picture *picture)
{
	size_t blocks = hvpnet_prompt_blocks_size(prompt);

	picture->blocks = checked_calloc(blocks + hvpnet_prompt_gates_size(prompt),
					 sizeof(*picture->blocks));
	if (!picture->blocks)
		return -1;
	picture->gates = picture->blocks + blocks;
	return 0;
}

static int run_batch(const struct run *run, size_t number, int thread)
{
	struct picture_store *store = run->store;
	float *input = store->inputs + (size_t)thread * RESNET_BATCH * IMAGENET_FLOATS;
	size_t first = run->first + number * run->batch, end = first + run->batch;
	struct prompt_picture pictures[RESNET_BATCH];
	struct err err = ERR_INIT;
	int n = 0;

	for (size_t i = first; i < end && i < store->paths.n; i++) {
		struct stored_picture *stored = &store->pictures[i];

		if (read_picture(stored, str_table_text(&store->paths, i),
				 input + (size_t)n * IMAGENET_FLOATS) < 0)
			return -1;
		if (stored->fault)
			continue;
		if (make_room(store->prompt, &stored->picture) < 0)
			return -1;
		pictures[n++] = stored->picture;
	}
	return n == 0 ? 0 : hvpnet_prompt_run(store->prompt, input, n, &store->scratch[thread], pictures, &err);
}

static void work(void *context, size_t number, int thread)
{
	struct run *run = context;

	if (!atomic_load(&run->failed) && run_batch(run, number, thread) < 0)
		atomic_store(&run->failed, true);
}

/* Look at all pictures from `first` on. */
static int run_pictures(struct picture_store *store, size_t first, struct err *err)
{
	struct run run = { .store = store, .first = first };
	size_t n = store->paths.n - first, jobs = (size_t)store->jobs;

	run.batch = (n + jobs - 1) / jobs;
	if (run.batch > RESNET_BATCH)
		run.batch = RESNET_BATCH;
	if (n > 0)
		pool_run(store->jobs, (n + run.batch - 1) / run.batch, work, &run);
	return atomic_load(&run.failed) ? err_set_memory(err) : 0;
}

static const char *or_zeros(const char *path)
{
	return path ? path : "";
}

/* Give the numbers of the slots [n, PROMPT_SLOTS] in the store to pictures old and new. */
static int add_records(struct picture_store *store, const struct record_pictures *records, size_t n,
		       size_t *numbers, struct err *err)
{
	for (size_t i = 0; i < n; i++, numbers += PROMPT_SLOTS) {
		const char *whole = records[i].whole ? records[i].whole : records[i].fallback;

		if (add_path(store, or_zeros(whole), &numbers[0], err) < 0)
			return -1;
		for (size_t slot = 1; slot < PROMPT_SLOTS; slot++)
			if (add_path(store, or_zeros(records[i].crops[slot - 1]), &numbers[slot], err) < 0)
				return -1;
	}
	return 0;
}

/* Put the fallbacks in the places of whole pictures that could not be read. */
static int add_fallbacks(struct picture_store *store, const struct record_pictures *records,
			 size_t n, size_t *numbers, struct err *err)
{
	for (size_t i = 0; i < n; i++, numbers += PROMPT_SLOTS)
		if (records[i].fallback && store->pictures[numbers[0]].fault &&
		    add_path(store, records[i].fallback, &numbers[0], err) < 0)
			return -1;
	return 0;
}

static int fill_tweet(const struct picture_store *store, const struct record_pictures *record,
		      const size_t *numbers, struct tweet_pictures *out, struct arena *arena,
		      struct err *err)
{
	*out = (struct tweet_pictures){ .fault = NULL };
	if (!record->whole && !record->fallback)
		out->fault = "it has no picture";
	for (size_t slot = 0; slot < PROMPT_SLOTS; slot++) {
		const struct stored_picture *stored = &store->pictures[numbers[slot]];

		out->slots[slot] = &stored->picture;
		if (stored->fault && !out->fault && !(out->fault = arena_copy(arena, stored->fault)))
			return err_set_memory(err);
	}
	return 0;
}

/* Look at the pictures of the records, then at the fallbacks that it turns out to take. */
static int look(struct picture_store *store, const struct record_pictures *records, size_t n,
		size_t *numbers, struct err *err)
{
	size_t known = store->paths.n;

	if (add_records(store, records, n, numbers, err) < 0 || run_pictures(store, known, err) < 0)
		return -1;
	known = store->paths.n;
	if (add_fallbacks(store, records, n, numbers, err) < 0)
		return -1;
	return run_pictures(store, known, err);
}

int picture_store_load(struct picture_store *store, const struct record_pictures *records, size_t n,
		       struct tweet_pictures *out, struct arena *arena, struct err *err)
{
	size_t *numbers = arena_alloc(arena, n, PROMPT_SLOTS * sizeof(*numbers));

	if (!numbers)
		return err_set_memory(err);
	if (store->paths.n > STORE_LIMIT)
		clear(store);
	if (look(store, records, n, numbers, err) < 0) {
		clear(store);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		if (fill_tweet(store, &records[i], numbers + i * PROMPT_SLOTS, &out[i], arena, err) < 0)
			return -1;
	return 0;
}

void prefix_room_release(struct prefix_room *room)
{
	free(room->memory);
	free(room->prefixes);
	memset(room, 0, sizeof(*room));
}

static int reserve(struct prefix_room *room, const struct hvpnet_prompt *prompt, size_t n,
		   struct err *err)
{
	if (n <= room->capacity)
		return 0;
	prefix_room_release(room);
	room->memory = checked_calloc(n, hvpnet_prompt_prefix_size(prompt) * sizeof(*room->memory));
	room->prefixes = checked_calloc(n, prompt->layers * sizeof(*room->prefixes));
	if (!room->memory || !room->prefixes)
		return err_set_memory(err);
	room->capacity = n;
	return 0;
}

int prefix_room_fill(struct prefix_room *room, const struct hvpnet_prompt *prompt,
		     const struct tweet_pictures *tweets, size_t n, struct encoder_batch *batch,
		     struct err *err)
{
	if (reserve(room, prompt, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		hvpnet_prompt_prefix(prompt, tweets[i].slots,
				     room->memory + i * hvpnet_prompt_prefix_size(prompt),
				     room->prefixes + i * prompt->layers);
	batch->prefixes = room->prefixes;
	batch->prefix_length = PROMPT_LENGTH;
	return 0;
}
