/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/pictures.h"

#include "lib/base/arena.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/pool.h"
#include "lib/base/str_table.h"
#include "preprocess/check/picture_twins.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct pictures {
	struct str_table paths; /* by which files are numbered */
	struct str_table sets;  /* "task name", by which sets are */
	struct picture_file **files; /* [n_files] */
	size_t n_files, file_capacity;
	size_t *last; /* [n_files] the picture that was added last of each */
	size_t last_capacity;
	struct picture *items; /* [n] */
	size_t n, capacity;
	struct arena arena; /* of files, records and troubles */
};

struct pictures *pictures_new(void)
{
	struct pictures *pictures = calloc(1, sizeof(*pictures));

	if (!pictures)
		return NULL;
	str_table_init(&pictures->paths);
	str_table_init(&pictures->sets);
	arena_init(&pictures->arena);
	return pictures;
}

void pictures_free(struct pictures *pictures)
{
	if (!pictures)
		return;
	str_table_release(&pictures->paths);
	str_table_release(&pictures->sets);
	arena_release(&pictures->arena);
	free(pictures->files);
	free(pictures->last);
	free(pictures->items);
	free(pictures);
}

/* The number of a path's file, made when it is new; -1 when memory is out. */
static long file_number(struct pictures *pictures, const char *path)
{
	long number = str_table_add(&pictures->paths, path, strlen(path));
	struct picture_file *file;

	if (number < 0 || (size_t)number < pictures->n_files)
		return number;
	file = arena_alloc(&pictures->arena, 1, sizeof(*file));
	if (!file || GROW(pictures->files, pictures->n_files, pictures->file_capacity) < 0 ||
	    GROW(pictures->last, pictures->n_files, pictures->last_capacity) < 0)
		return -1;
	file->path = str_table_text(&pictures->paths, (size_t)number);
	file->exists = file_exists(path);
	pictures->last[pictures->n_files] = pictures->n;
	pictures->files[pictures->n_files++] = file;
	return number;
}

static long set_number(struct pictures *pictures, const struct split *split)
{
	struct buf key = BUF_INIT;
	long number;

	buf_add_format(&key, "%d %s", (int)split->task, split->set ? split->set : "");
	number = key.failed ? -1 : str_table_add(&pictures->sets, key.data, key.length);
	buf_release(&key);
	return number;
}

static int add_item(struct pictures *pictures, size_t number, const struct picture *item)
{
	struct picture *picture;

	if (GROW(pictures->items, pictures->n, pictures->capacity) < 0)
		return -1;
	picture = &pictures->items[pictures->n];
	*picture = *item;
	picture->file = pictures->files[number];
	if (item->record && !(picture->record = arena_copy(&pictures->arena, item->record)))
		return -1;
	pictures->last[number] = pictures->n++;
	return 0;
}

int pictures_add(struct pictures *pictures, const struct split *split, size_t split_index,
		 const char *id, const char *record, size_t line)
{
	char *path = split_image_path(split, id);
	long number = path ? file_number(pictures, path) : -1, set = set_number(pictures, split);
	struct picture item = { .record = record, .line = line, .split_index = split_index,
				.set = (size_t)set, .n_records = 1 };
	size_t last;

	free(path);
	if (number < 0 || set < 0)
		return -1;
	last = pictures->last[number];
	if (last < pictures->n && pictures->items[last].split_index == split_index &&
	    pictures->items[last].file == pictures->files[number]) {
		pictures->items[last].n_records++;
		return 0;
	}
	return add_item(pictures, (size_t)number, &item);
}

bool pictures_forget_missing(struct pictures *pictures, size_t split_index)
{
	bool any = false;

	for (size_t i = 0; i < pictures->n; i++) {
		if (pictures->items[i].split_index != split_index)
			continue;
		if (pictures->items[i].file->exists)
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
	pthread_mutex_t mutex; /* of the arena, the progress and what follows */
	bool stopped, out_of_memory;
};

/* A file that is forgotten does not exist, so it is not read either. */
static void decode_one(void *context, size_t number, int thread)
{
	struct decoding *decoding = context;
	struct picture_file *file = decoding->pictures->files[number];
	struct err err = ERR_INIT;

	(void)thread;
	if (!file->exists || progress_stopped(decoding->progress))
		return;
	file->decoded = picture_file_read(file->path, &file->facts, &err) == 0;
	pthread_mutex_lock(&decoding->mutex);
	if (!file->decoded) {
		file->trouble = arena_copy(&decoding->pictures->arena, err.text);
		decoding->out_of_memory |= !file->trouble;
	}
	decoding->stopped |= progress_step(decoding->progress, 1);
	pthread_mutex_unlock(&decoding->mutex);
}

int pictures_decode(struct pictures *pictures, int jobs, struct progress *progress,
		    struct err *err)
{
	struct decoding decoding = { .pictures = pictures, .progress = progress };
	size_t wanted = 0;

	for (size_t i = 0; i < pictures->n_files; i++)
		wanted += pictures->files[i]->exists;
	if (wanted == 0)
		return 0;
	pthread_mutex_init(&decoding.mutex, NULL);
	progress_begin(progress, "check", "pictures", wanted);
	pool_run(jobs, pictures->n_files, decode_one, &decoding);
	progress_end(progress);
	pthread_mutex_destroy(&decoding.mutex);
	if (decoding.stopped || progress_stopped(progress))
		return err_set(err, ERR_STOPPED, "interrupted");
	for (size_t set = 0; set < pictures->sets.n && !decoding.out_of_memory; set++)
		if (picture_twins_find(pictures->items, pictures->n, set) < 0)
			decoding.out_of_memory = true;
	return decoding.out_of_memory ? err_set_memory(err) : 0;
}

const struct picture *pictures_list(const struct pictures *pictures, size_t *n)
{
	*n = pictures->n;
	return pictures->items;
}

const struct picture_file *pictures_find(const struct pictures *pictures, const char *path)
{
	long number = str_table_find(&pictures->paths, path, strlen(path));

	return number < 0 ? NULL : pictures->files[number];
}
