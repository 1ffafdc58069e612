/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/picture_hashes.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"
#include "lib/base/str_table.h"
#include "preprocess/check/near_pictures.h"
#include "preprocess/check/picture_file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A file, which several splits may name. */
struct hashed_file {
	bool read;
	struct fingerprint fingerprint;
};

struct picture_hashes {
	struct str_table paths; /* by which files are numbered */
	struct str_table named; /* "dataset split path", by which pictures are numbered */
	struct arena arena;     /* of the records */
	struct hashed_file *files; /* [paths.n] after reading */
	struct hashed_picture *pictures; /* [n] */
	size_t *file_of; /* [n] */
	size_t n, capacity, file_capacity;
};

struct picture_hashes *picture_hashes_new(void)
{
	struct picture_hashes *hashes = calloc(1, sizeof(*hashes));

	if (!hashes)
		return NULL;
	str_table_init(&hashes->paths);
	str_table_init(&hashes->named);
	arena_init(&hashes->arena);
	return hashes;
}

void picture_hashes_free(struct picture_hashes *hashes)
{
	if (!hashes)
		return;
	str_table_release(&hashes->paths);
	str_table_release(&hashes->named);
	arena_release(&hashes->arena);
	free(hashes->files);
	free(hashes->pictures);
	free(hashes->file_of);
	free(hashes);
}

/* The number of the picture when it is new; `n` or more then, below when it is there; -1. */
static long number_of(struct picture_hashes *hashes, const char *path,
		      const struct picture_owner *owner)
{
	struct buf key = BUF_INIT;
	long number = -1;

	buf_add_format(&key, "%zu %zu %s", owner->dataset, owner->split, path);
	if (!key.failed)
		number = str_table_add(&hashes->named, key.data, key.length);
	buf_release(&key);
	return number;
}

int picture_hashes_add(struct picture_hashes *hashes, const char *path,
		       const struct picture_owner *owner)
{
	long number = number_of(hashes, path, owner), file;
	struct hashed_picture *picture;

	if (number < 0)
		return -1;
	if ((size_t)number < hashes->n)
		return 0;
	file = str_table_add(&hashes->paths, path, strlen(path));
	if (file < 0 || GROW(hashes->pictures, hashes->n, hashes->capacity) < 0 ||
	    GROW(hashes->file_of, hashes->n, hashes->file_capacity) < 0)
		return -1;
	picture = &hashes->pictures[hashes->n];
	*picture = (struct hashed_picture){ .path = str_table_text(&hashes->paths, (size_t)file),
					    .owner = *owner };
	if (owner->record && !(picture->owner.record = arena_copy(&hashes->arena, owner->record)))
		return -1;
	hashes->file_of[hashes->n++] = (size_t)file;
	return 0;
}

/* ---- reading ---- */

struct reading {
	struct picture_hashes *hashes;
	struct progress *progress;
	pthread_mutex_t mutex; /* of the progress and what follows */
	bool stopped;
};

static void read_file(void *context, size_t number, int thread)
{
	struct reading *reading = context;
	struct hashed_file *file = &reading->hashes->files[number];
	struct picture_facts facts;
	struct err err = ERR_INIT;

	(void)thread;
	if (progress_stopped(reading->progress))
		return;
	file->read = picture_file_read(str_table_text(&reading->hashes->paths, number), &facts,
				       &err) == 0;
	file->fingerprint = facts.print;
	pthread_mutex_lock(&reading->mutex);
	reading->stopped |= progress_step(reading->progress, 1);
	pthread_mutex_unlock(&reading->mutex);
}

int picture_hashes_read(struct picture_hashes *hashes, int jobs, struct progress *progress,
			struct err *err)
{
	struct reading reading = { .hashes = hashes, .progress = progress };
	size_t n = hashes->paths.n;

	free(hashes->files);
	hashes->files = checked_calloc(n, sizeof(*hashes->files));
	if (!hashes->files)
		return err_set_memory(err);
	pthread_mutex_init(&reading.mutex, NULL);
	progress_begin(progress, "compare", "pictures", n);
	pool_run(jobs, n, read_file, &reading);
	progress_end(progress);
	pthread_mutex_destroy(&reading.mutex);
	if (reading.stopped || progress_stopped(progress))
		return err_set(err, ERR_STOPPED, "interrupted");
	for (size_t i = 0; i < hashes->n; i++) {
		const struct hashed_file *file = &hashes->files[hashes->file_of[i]];

		hashes->pictures[i].read = file->read;
		if (file->read)
			hashes->pictures[i].fingerprint = file->fingerprint;
	}
	return 0;
}

const struct hashed_picture *picture_hashes_list(const struct picture_hashes *hashes, size_t *n)
{
	*n = hashes->n;
	return hashes->pictures;
}
