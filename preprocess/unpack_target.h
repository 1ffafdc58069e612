/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder that archives are unpacked into, reached only through folder descriptors and never
 * through a link, so that nothing can be read or written outside it whatever it holds beforehand.
 * Paths are relative, clean (unpack_clean_name) and not empty.
 *
 * New files are written in the stage TARGET/tagsight/unpack and renamed to their place. A staged file
 * gets its modification time last: one with the right size and time is complete.
 */
#ifndef TAGSIGHT_PREPROCESS_UNPACK_TARGET_H
#define TAGSIGHT_PREPROCESS_UNPACK_TARGET_H

#include "lib/base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct stat;

struct unpack_target {
	const char *path; /* borrowed, for messages */
	int root;         /* -1: does not exist (when only looking) */
	int work;         /* TARGET/tagsight; -1 when only looking */
	int stage;        /* its unpack/; locked */
	bool fresh;       /* the stage was empty: nothing to go on from */
	int folder;       /* the last folder used, -1 without */
	char folder_path[PATH_MAX];
};

/* Make and lock the stage below `path`, which is made too. Another unpacking of the same target is
 * ERR_USAGE. */
int unpack_target_open(struct unpack_target *target, const char *path, struct err *err);

/* Open what there is, to look only. */
int unpack_target_look(struct unpack_target *target, const char *path, struct err *err);

/* Remove the stage when it is empty, and close. */
void unpack_target_close(struct unpack_target *target);

/* lstat() below the target; false when there is nothing that can be reached without a link. */
bool unpack_target_stat(struct unpack_target *target, const char *path, struct stat *st);

/* Open a regular file to read; -1 when it cannot be. */
int unpack_target_read(struct unpack_target *target, const char *path);

/* A new, empty file in the stage, open to read and write. */
int unpack_stage_create(struct unpack_target *target, const char *name, struct err *err);

/* Whether the stage has the file complete. */
bool unpack_stage_has(struct unpack_target *target, const char *name, uint64_t size, int64_t mtime);

/* Open a staged file to read; -1 when it cannot be. */
int unpack_stage_read(struct unpack_target *target, const char *name);
void unpack_stage_remove(struct unpack_target *target, const char *name);

/* Remove all that is left in the stage, of other runs too. */
void unpack_stage_clear(struct unpack_target *target);

/* Rename a staged file to its place, folders made on the way. 1: something is there already and
 * `replace` was false. ERR_DATA: what is no folder or file of ours is in the way. */
int unpack_target_install(struct unpack_target *target, const char *name, const char *path,
			  bool replace, struct err *err);

#endif
