/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mends of the pictures that records name. A JPEG that Exif says to turn is turned: readers that heed Exif
 * and readers that do not then agree. That is safe where it loses nothing and nobody has measured boxes in
 * the picture as it is stored. A picture whose name tells another format is, only where that is asked for,
 * written anew in the format of its name, which is the name that loaders open; or it is renamed.
 *
 *	repair_pictures(split, &options, &seen, on_picture, context, progress, &err);
 */
#ifndef TAGSIGHT_PREPROCESS_REPAIR_PICTURES_H
#define TAGSIGHT_PREPROCESS_REPAIR_PICTURES_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"
#include "lib/image/sniff.h"
#include "preprocess/repair/repair.h"

#include <stdio.h>

enum picture_mend_kind {
	PICTURE_NO_MEND,
	PICTURE_TURN,   /* moved blocks, no loss */
	PICTURE_ENCODE, /* decoded, turned, and written anew */
	PICTURE_RENAME
};

struct picture_mend {
	enum picture_mend_kind kind;
	const char *rule;
	const char *path;
	const char *record; /* the first that names it */
	const char *renamed; /* PICTURE_RENAME: the path to be; else NULL */
	enum image_format format; /* to be written */
	int orientation; /* of the file */
	const char *before, *after; /* what changes, for the log */
};

/* Called for each picture that wants mending; its strings are valid during the call only. -1 stops. */
typedef int repair_picture_function(void *context, const struct picture_mend *mend, struct err *err);

/* Look at each picture of a split that is there and not yet in `seen`. */
int repair_pictures(const struct split *split, const struct repair_options *options,
		    struct str_table *seen, repair_picture_function *on_picture, void *context,
		    struct progress *progress, struct err *err);

/* Write the mended file. Not for PICTURE_RENAME. */
int repair_picture_write(const struct picture_mend *mend, FILE *stream, struct err *err);

#endif
