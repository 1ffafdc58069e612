/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files as the rest of the program wants them: mapped, read whole with a cap, replaced by rename
 * after an fsync, and folders walked in a fixed order.
 */
#ifndef TAGSIGHT_BASE_FILE_H
#define TAGSIGHT_BASE_FILE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str_list.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A whole file, read only. An empty file has size 0 and a non-NULL data. */
struct file_map {
	const unsigned char *data;
	size_t size;
};

int file_map_open(struct file_map *map, const char *path, struct err *err);
void file_map_close(struct file_map *map);

/* Append the whole file ("-" is standard input) to `buf`; more than `limit` bytes is an error. */
int file_read_all(const char *path, struct buf *buf, size_t limit, struct err *err);

/*
 * A file that appears whole or not at all: written beside its final name, synced, renamed. What is there
 * and is no file, a device or a pipe, is written to as it is.
 *
 *	struct file_writer writer;
 *	if (file_writer_open(&writer, path, &err) < 0) ...
 *	fputs("text", writer.stream);
 *	if (file_writer_commit(&writer, &err) < 0) ...
 *
 * file_writer_abort() after a commit does nothing, so that it may stand at `out:`. Write errors
 * are remembered by the stream and reported by the commit.
 */
struct file_writer {
	FILE *stream;
	char *path;
	char *temporary; /* NULL where there is nothing to rename */
	bool unsynced;   /* set after opening: do not wait for the disk. For what can be made again
			    and is looked at before it is relied on */
};

#define FILE_WRITER_INIT { NULL, NULL, NULL, false }

int file_writer_open(struct file_writer *writer, const char *path, struct err *err);
int file_writer_commit(struct file_writer *writer, struct err *err);
void file_writer_abort(struct file_writer *writer);

/* Remove what writers of processes that have ended left unfinished in a folder; one that does not
 * exist is fine. This process must have no writer open there. */
int file_writer_sweep(const char *folder, struct err *err);

/* Write `length` bytes as a new file by rename. */
int file_write_all(const char *path, const void *bytes, size_t length, struct err *err);

/* Make a folder and its parents; one that exists is fine. */
int file_make_folders(const char *path, struct err *err);

/* Make the folders above `path`. */
int file_make_parents(const char *path, struct err *err);

bool file_exists(const char *path);
bool file_is_folder(const char *path);

/* Bytes of a regular file, or -1. */
int64_t file_size(const char *path);

/* "folder/name" on the heap (just `name` when folder is NULL or empty); NULL when memory is out. */
char *file_join(const char *folder, const char *name);

/* The part after the last slash; points into `path`. */
const char *file_base_name(const char *path);

/* The extension without its dot, "" when there is none; points into `path`. */
const char *file_extension(const char *path);

/* Add the regular files under `folder`, as paths relative to it and sorted by bytes. Links to
 * folders are not followed. More than `limit` entries is an error. */
int file_walk(const char *folder, struct str_list *out, size_t limit, struct err *err);

/* Take the lock file `path` for this process; *fd keeps it until file_unlock(). Another process
 * that holds it is an error of kind ERR_USAGE. */
int file_lock(const char *path, int *fd, struct err *err);
/* The same with others who share it; who takes it with file_lock() is alone. */
int file_lock_shared(const char *path, int *fd, struct err *err);
void file_unlock(int fd);

#endif
