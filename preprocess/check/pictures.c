/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/pictures.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/pool.h"
#include "lib/base/str_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct pictures {
	struct str_table paths; /* "split path", so that each is there once a split */
	struct picture *items;  /* [n] */
	size_t n, capacity;
};

struct pictures *pictures_new(void)
{
	struct pictures *pictures = calloc(1, sizeof(*pictures));

	if (pictures)
		str_table_init(&pictures->paths);
	return pictures;
}

void pictures_free(struct pictures *pictures)
{
	if (!pictures)
		return;
	for (size_t i = 0; i < pictures->n; i++) {
		free(pictures->items[i].path);
		free(pictures->items[i].record);
		free(pictures->items[i].trouble);
	}
	free(pictures->items);
	str_table_release(&pictures->paths);
	free(pictures);
}

int pictures_add(struct pictures *pictures, const struct split *split, size_t split_index,
		 const char *id, const char *record, size_t line)
{
	struct buf key = BUF_INIT;
	struct picture *picture;
	char *path = split_image_path(split, id);
	int rc = -1;
	long number;

	if (!path)
		goto out;
	buf_add_format(&key, "%zu %s", split_index, path);
	number = key.failed ? -1 : str_table_add(&pictures->paths, key.data, key.length);
	if (number < 0)
		goto out;
	rc = 0;
	if ((size_t)number < pictures->n)
		goto out;
	rc = -1;
	if (GROW(pictures->items, pictures->n, pictures->capacity) < 0)
		goto out;
	picture = &pictures->items[pictures->n];
	*picture = (struct picture){ .path = path, .line = line, .split_index = split_index };
	pictures->n++;
	path = NULL;
	picture->exists = file_exists(picture->path);
	if (record) {
		picture->record = strdup(record);
		if (!picture->record)
			goto out;
	}
	rc = 0;
out:
	buf_release(&key);
	free(path);
	return rc;
}

bool pictures_forget_missing(struct pictures *pictures, size_t split_index)
{
	bool any = false;

	for (size_t i = 0; i < pictures->n; i++) {
		if (pictures->items[i].split_index != split_index)
			continue;
		if (pictures->items[i].exists)
			return false;
		any = true;
	}
	for (size_t i = 0; i < pictures->n; i++)
		if (pictures->items[i].split_index == split_index)
			pictures->items[i].forgotten = true;
	return any;
}

struct decoding {
	struct pictures *pictures;
	struct progress *progress;
	pthread_mutex_t mutex; /* of the progress and what follows */
	bool stopped, out_of_memory;
};

static void decode_one(void *context, size_t item, int thread)
{
	struct decoding *decoding = context;
	struct picture *picture = &decoding->pictures->items[item];
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	bool stopped, failed = false;

	(void)thread;
	pthread_mutex_lock(&decoding->mutex);
	stopped = decoding->stopped;
	pthread_mutex_unlock(&decoding->mutex);
	if (stopped || picture->forgotten)
		return;
	if (picture->exists &&
	    image_decode_file(&image, picture->path, NULL, &picture->info, &err) < 0) {
		picture->trouble = strdup(err.text);
		failed = !picture->trouble;
	}
	image_release(&image);
	pthread_mutex_lock(&decoding->mutex);
	decoding->out_of_memory |= failed;
	decoding->stopped |= progress_step(decoding->progress, 1);
	pthread_mutex_unlock(&decoding->mutex);
}

int pictures_decode(struct pictures *pictures, int jobs, struct progress *progress,
		    struct err *err)
{
	struct decoding decoding = { .pictures = pictures, .progress = progress };
	size_t wanted = 0;

	for (size_t i = 0; i < pictures->n; i++)
		wanted += !pictures->items[i].forgotten;
	if (wanted == 0)
		return 0;
	pthread_mutex_init(&decoding.mutex, NULL);
	progress_begin(progress, "check", "pictures", wanted);
	pool_run(jobs, pictures->n, decode_one, &decoding);
	progress_end(progress);
	pthread_mutex_destroy(&decoding.mutex);
	if (decoding.stopped)
		return err_set(err, ERR_STOPPED, "interrupted");
	return decoding.out_of_memory ? err_set_memory(err) : 0;
}

const struct picture *pictures_list(const struct pictures *pictures, size_t *n)
{
	*n = pictures->n;
	return pictures->items;
}
