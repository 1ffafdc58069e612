/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a system keeps of pictures: each file is read and run through the network once, however many
 * records and slots show it, and so is the picture of zeros that stands for a missing crop. What is
 * kept is bounded, so that memory does not grow with the records.
 *
 *	picture_store_init(&store, model);
 *	picture_store_load(&store, records, n, pictures, faults, 0, NULL, &arena, &err);
 *	picture_store_release(&store);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_PICTURE_STORE_H
#define TAGSIGHT_INFERENCE_SYSTEMS_PICTURE_STORE_H

#include "lib/base/str_table.h"
#include "lib/corpus/prediction.h"

#include <stdbool.h>
#include <stddef.h>

struct model;
struct stored_picture;

struct picture_store {
	struct model *model;            /* borrowed: says how to read and look, and how many may work */
	struct str_table paths;         /* "" for the picture of zeros */
	struct stored_picture *pictures; /* [paths.n] */
	size_t capacity;
	struct prediction_dump seen; /* intermediates by the pictures' numbers, where they are wanted */
	bool dumping;
};

/* The store is empty until its first load, which allocates; nothing fails. */
void picture_store_init(struct picture_store *store, struct model *model);
void picture_store_release(struct picture_store *store);

/* What is kept of the pictures of n records: pictures [n, slots], valid until the next load. The
 * outcomes [n], which are zeroed, come to say why a record's pictures cannot be had or the whole one was
 * replaced. With `dump`, intermediates
 * of the pictures are added for record first + i; of one slot as they are, else stacked by slot. */
int picture_store_load(struct picture_store *store, const struct predict_record *records, size_t n,
		       const float **pictures, struct outcome *outcomes, size_t first,
		       struct prediction_dump *dump, struct arena *arena, struct err *err);

#endif
