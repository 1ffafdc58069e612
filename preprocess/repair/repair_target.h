/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a mended file goes: into another folder under its own name, or into the place of the original,
 * which is then kept beside it as NAME.orig (.orig.1, .orig.2, ... where there is one already, so that no
 * original is ever written over).
 *
 *	struct repair_target target;
 *	if (repair_target_open(&target, "data/train.txt", "data", NULL, &err) < 0) ...
 *	fwrite(..., target.writer.stream);
 *	if (repair_target_commit(&target, &err) < 0) ...
 *	repair_target_release(&target);
 */
#ifndef TAGSIGHT_PREPROCESS_REPAIR_TARGET_H
#define TAGSIGHT_PREPROCESS_REPAIR_TARGET_H

#include "lib/base/err.h"
#include "lib/base/file.h"

#include <stdbool.h>

struct repair_target {
	struct file_writer writer;
	char *source; /* the original */
	char *path;   /* where the mended file appears */
	char *backup; /* after a commit in the original's place: where that is now; else NULL */
	bool in_place;
};

/* `folder` NULL: in the place of the original; else there, under the path that `source` has below
 * `root`. The folder must not be the original's own (ERR_USAGE). What is no regular file is refused. On
 * failure there is nothing to release. */
int repair_target_open(struct repair_target *target, const char *source, const char *root,
		       const char *folder, struct err *err);

/* Keep the original where that is asked for, then let the mended file appear. */
int repair_target_commit(struct repair_target *target, struct err *err);

/* Without a commit before it, nothing was changed. */
void repair_target_release(struct repair_target *target);

/* Give `path` the name `renamed`, in the same folder; with a `folder`, put a copy of that name there. What
 * has the name already is not touched (ERR_USAGE). */
int repair_rename(const char *path, const char *renamed, const char *root, const char *folder,
		  struct err *err);

#endif
