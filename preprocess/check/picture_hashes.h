/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same picture in several splits or data sets: pictures are read once, on several threads, and
 * compared by their bytes and by what they show. 128 bytes and the strings are kept of a picture.
 *
 *	struct picture_hashes *hashes = picture_hashes_new();
 *	picture_hashes_add(hashes, path, &(struct picture_owner){ dataset, split, "IMGID:8", 12 });
 *	picture_hashes_read(hashes, jobs, progress, &err);
 *	picture_hashes_match(hashes, &matches, &n, &err);
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_PICTURE_HASHES_H
#define TAGSIGHT_PREPROCESS_CHECK_PICTURE_HASHES_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/image/fingerprint.h"

#include <stdbool.h>
#include <stddef.h>

/* Which record names a picture. `dataset` and `split` are the caller's numbers. */
struct picture_owner {
	size_t dataset, split;
	const char *record; /* "IMGID:8"; may be NULL */
	size_t line;        /* of the record in its text; 0 when unknown */
};

struct hashed_picture {
	const char *path;
	struct picture_owner owner;
	bool read; /* after picture_hashes_read(): it could be decoded */
	struct fingerprint fingerprint; /* where `read`; of a file that is no picture nothing is set */
};

/* Two pictures of different splits or data sets. */
struct picture_match {
	size_t picture, other; /* numbers in the list */
	bool same_bytes;
	int distance; /* bits of 64 in which the perceptual hashes differ; 0 for the same bytes */
};

struct picture_hashes;

struct picture_hashes *picture_hashes_new(void); /* NULL when memory is out */
void picture_hashes_free(struct picture_hashes *hashes);

/* Remember a picture; its strings are copied. A path that the same split named before is left out.
 * 0, or -1 when memory is out. */
int picture_hashes_add(struct picture_hashes *hashes, const char *path,
		       const struct picture_owner *owner);

/* Read all on up to `jobs` threads (0: one a processor), a file that several splits name once. What
 * is not there or is no picture stays unread and is no failure. -1 when memory is out or the user
 * stopped. */
int picture_hashes_read(struct picture_hashes *hashes, int jobs, struct progress *progress,
			struct err *err);

/* In the order in which they were added; valid until the next addition. */
const struct hashed_picture *picture_hashes_list(const struct picture_hashes *hashes, size_t *n);

/* For each picture its best match in every other split that has one (the same bytes before a likeness,
 * then the smaller distance, then the earlier): heap, [*n], ordered by picture, then by the other's
 * data set and split. Each pair thus shows from both sides. Fails only when memory is out. */
int picture_hashes_match(const struct picture_hashes *hashes, struct picture_match **matches,
			 size_t *n, struct err *err);

#endif
