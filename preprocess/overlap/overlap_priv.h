/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records are kept by their text: a document is a normalised text, an entry a record that has it. Texts too
 * short to be compared loosely are documents by their exact words.
 */
#ifndef TAGSIGHT_PREPROCESS_OVERLAP_PRIV_H
#define TAGSIGHT_PREPROCESS_OVERLAP_PRIV_H

#include "lib/base/buf.h"
#include "lib/base/hash128.h"
#include "lib/base/str_table.h"
#include "preprocess/check/picture_hashes.h"
#include "preprocess/overlap/minhash.h"
#include "preprocess/overlap/overlap.h"
#include "preprocess/overlap/test_hashes.h"
#include "preprocess/records.h"

struct entry {
	struct hash128 exact;
	uint32_t document, line, name; /* name: byte of `names` */
	uint16_t side;
};

struct document {
	uint64_t sides;    /* bit by side */
	uint32_t first, n; /* of `order`, once matched */
	bool alike;        /* to be compared for likeness */
};

/* Two documents that are alike, from the one's side. */
struct likeness {
	uint32_t document, other;
	float similarity;
};

struct stored_pair {
	uint32_t entry, other; /* other: an entry; of a side of hashes, nothing */
	uint16_t side;         /* of the other */
	uint8_t kind;          /* enum overlap_kind */
	float similarity;
};

struct overlap {
	struct overlap_options options;
	struct minhash minhash;
	struct overlap_side sides[OVERLAP_SIDES];
	struct overlap_count counts[OVERLAP_SIDES][OVERLAP_SIDES];
	size_t n_sides;
	struct test_hashes *hashes; /* its sets are the first sides; NULL without any */
	struct str_table texts;     /* by number of document */
	struct document *documents; /* [n_documents], which is texts.n */
	size_t n_documents, documents_capacity;
	struct entry *entries; /* [n_entries] */
	size_t n_entries, entries_capacity;
	struct buf names, key; /* strings after each other; scratch */
	uint32_t *order;       /* [n_entries], by document, side and words */
	struct likeness *likenesses; /* [n_likenesses], by document, the closest first */
	size_t n_likenesses, likenesses_capacity;
	struct stored_pair *pairs; /* [n_pairs], by entry */
	size_t n_pairs, pairs_capacity;
	size_t leaks;
	struct picture_hashes *pictures; /* NULL: not asked for */
	struct picture_match *picture_matches; /* [n_picture_matches] */
	size_t n_picture_matches;
};

/* Whether a side is known by hashes alone. */
static inline bool overlap_is_hashed(const struct overlap *overlap, size_t side)
{
	return overlap->hashes && test_hashes_set(overlap->hashes, side);
}

/* Fill overlap->likenesses. */
int overlap_find_likenesses(struct overlap *overlap, struct progress *progress, struct err *err);

/* Remember the picture of a record of a split that has them. 0, or -1 when memory is out. */
int overlap_add_picture(struct overlap *overlap, const struct split *split, const struct record *record);

/* Read and compare the pictures. */
int overlap_match_pictures(struct overlap *overlap, struct progress *progress, struct err *err);

/* Remember a pair. 0, or -1 when memory is out. */
int overlap_store(struct overlap *overlap, const struct stored_pair *pair);

#endif
