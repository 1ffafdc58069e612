/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tweets of one split stand in another, of the same data set or of any other: word for word, the
 * same when normalised (tweet_key.h), or alike (minhash.h, then the true Jaccard similarity, so that no
 * pair is reported that is not). Each split counts as a side; the records of a side are looked for in all
 * other sides.
 *
 * About 350 bytes are kept of a record, and its normalised text.
 *
 *	struct overlap *overlap = overlap_new(&options);
 *	overlap_add(overlap, &dataset, progress, &err);            for each data set
 *	overlap_match(overlap, progress, &err);
 *	overlap_count(overlap, 0, 1, &count);
 *	overlap_free(overlap);
 */
#ifndef TAGSIGHT_PREPROCESS_OVERLAP_H
#define TAGSIGHT_PREPROCESS_OVERLAP_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/dataset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OVERLAP_SIDES 64 /* at most */

struct overlap_options {
	double threshold; /* Jaccard similarity from which two texts are alike; above 0, up to 1 */
	uint64_t seed;    /* of the hash functions */
	int jobs;         /* threads; 0: one a processor */
	bool pictures;    /* compare the pictures that records name as well */
};

#define OVERLAP_OPTIONS_INIT { 0.7, 1, 0, false }

/* A split, or a file of hashes of one, whose records nobody has. */
struct overlap_side {
	char *set, *name, *file; /* heap; name "" for a lone file */
	size_t records;          /* 0: unknown */
	size_t pictures;         /* that could be read, each once */
};

/* How many records of one side stand in another; each counts once, under the closest kind. */
struct overlap_count {
	size_t exact, normalised, near;
	size_t same_pictures, like_pictures; /* of the pictures, by bytes and by what they show */
};

enum overlap_kind { OVERLAP_EXACT, OVERLAP_NORMALISED, OVERLAP_NEAR };

/* A record and the closest one of another side; strings live as long as the struct overlap. */
struct overlap_record {
	size_t side, line;
	const char *name; /* "IMGID:8", or the number of a line of relations */
};

struct overlap_pair {
	struct overlap_record record, other; /* other.line 0: only its hash is known */
	enum overlap_kind kind;
	double similarity; /* of the normalised texts; 1 unless they are only alike */
};

/* A picture and the closest one of another side. */
struct overlap_picture {
	const char *path, *other_path;
	struct overlap_record record, other;
	bool same_bytes;
	int distance; /* bits of 64 in which their perceptual hashes differ */
};

struct overlap;

struct overlap *overlap_new(const struct overlap_options *options); /* NULL when memory is out */
void overlap_free(struct overlap *overlap);

/* Have a file of hashes searched as well: lines "SET exact|loose HASH", where HASH is the first 16
 * hexadecimal digits of the SHA-256 of the words joined by blanks, or of their loose form. Each SET
 * becomes a side, named "test". To be called before records are added. */
int overlap_add_hashes(struct overlap *overlap, const char *path, struct err *err);

/* Read the records of all splits. Records that cannot be read are stepped over. */
int overlap_add(struct overlap *overlap, const struct dataset *dataset, struct progress *progress,
		struct err *err);

/* After the last addition: find what is the same. */
int overlap_match(struct overlap *overlap, struct progress *progress, struct err *err);

/* The sides in the order of their addition, those of hashes first. */
const struct overlap_side *overlap_sides(const struct overlap *overlap, size_t *n);

/* Records of side `from` that stand in side `in`. */
struct overlap_count overlap_count(const struct overlap *overlap, size_t from, size_t in);

/* Records of splits called train that stand in any side called valid or test. */
size_t overlap_leaks(const struct overlap *overlap);

/* The share of pairs at the threshold that the search for likeness comes to see. */
double overlap_recall(const struct overlap *overlap);

/* Pairs number *at and on, in the order of the records: 1, or 0 past the last. */
int overlap_next(const struct overlap *overlap, size_t *at, struct overlap_pair *pair);
int overlap_next_picture(const struct overlap *overlap, size_t *at, struct overlap_picture *picture);

#endif
