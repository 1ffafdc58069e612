/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures of tweets on their way into HVPNeT: each file is read and run once, however many
 * records and slots show it, and so is the picture of zeros that stands for a missing object. What
 * is kept is bounded, so that memory does not grow with the records.
 *
 *	picture_store_init(&store, &prompt, jobs, &err);
 *	picture_store_load(&store, records, n, tweets, &arena, &err);
 *	prefix_room_fill(&room, &prompt, tweets, n, &batch, &err);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_PICTURES_H
#define TAGSIGHT_INFERENCE_SYSTEMS_HVPNET_PICTURES_H

#include "inference/systems/hvpnet_prompt.h"
#include "lib/base/str_table.h"
#include "lib/corpus/prediction.h"

struct stored_picture;

struct picture_store {
	const struct hvpnet_prompt *prompt;
	int jobs;
	struct prompt_scratch *scratch; /* [jobs] */
	float *inputs;                  /* [jobs, RESNET_BATCH, 3, IMAGENET_SIDE, IMAGENET_SIDE] */
	struct str_table paths;         /* "" is the picture of zeros */
	struct stored_picture *pictures; /* [paths.n] */
	size_t capacity;
};

/* The prompt is borrowed. On failure there is nothing to release. */
int picture_store_init(struct picture_store *store, const struct hvpnet_prompt *prompt, int jobs,
		       struct err *err);
void picture_store_release(struct picture_store *store);

/* What a record's pictures gave, until the store's next load. */
struct tweet_pictures {
	const struct prompt_picture *slots[PROMPT_SLOTS];
	const char *fault; /* why they could not be read; NULL when all is well */
};

/* Look at the pictures of n records on all threads. Faults belong to the arena; a whole picture that
 * cannot be read is not one when the record's fallback can. Fails only when memory is out. */
int picture_store_load(struct picture_store *store, const struct record_pictures *records, size_t n,
		       struct tweet_pictures *out, struct arena *arena, struct err *err);

/* Room for the keys and values of a batch; zero to begin with; one a thread. */
struct prefix_room {
	float *memory;
	struct encoder_prefix *prefixes;
	size_t capacity; /* tweets */
};

void prefix_room_release(struct prefix_room *room);

/* Give a batch of n sequences the prefixes of n tweets without faults; they live in the room until
 * its next use. */
int prefix_room_fill(struct prefix_room *room, const struct hvpnet_prompt *prompt,
		     const struct tweet_pictures *tweets, size_t n, struct encoder_batch *batch,
		     struct err *err);

#endif
