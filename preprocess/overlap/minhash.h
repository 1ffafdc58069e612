/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Near-duplicates without comparing all with all: a text is the set of its runs of five characters, its
 * signature the least of that set under each of many hash functions, and texts that agree in all rows
 * of one band of the signature are candidates (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of
 * Massive Datasets, 3.4). Two sets with Jaccard similarity s become candidates with probability
 * 1 - (1 - s^rows)^bands; whether they are alike is then decided by the similarity itself.
 *
 *	minhash_init(&minhash, 0.7, seed);
 *	shingles_of(&shingles, text, length);
 *	minhash_keys(&minhash, &shingles, keys);        keys[minhash.bands]
 */
#ifndef TAGSIGHT_PREPROCESS_MINHASH_H
#define TAGSIGHT_PREPROCESS_MINHASH_H

#include <stddef.h>
#include <stdint.h>

#define SHINGLE_LENGTH 5 /* characters */
#define MINHASH_ROWS 96  /* hash functions */

/* A set of runs of characters, by 64-bit hashes, in rising order. */
struct shingles {
	uint64_t *items; /* [n] */
	size_t n, capacity;
};

#define SHINGLES_INIT { NULL, 0, 0 }

void shingles_release(struct shingles *shingles);

/* The set of a text (UTF-8); a text of fewer characters is its own only run. 0, or -1 when memory is
 * out. */
int shingles_of(struct shingles *shingles, const char *text, size_t length);

/* Size of the intersection over size of the union; 0 for two empty sets. */
double shingles_jaccard(const struct shingles *a, const struct shingles *b);

struct minhash {
	size_t rows, bands; /* rows in a band; rows * bands is at most MINHASH_ROWS */
	uint32_t factors[MINHASH_ROWS], terms[MINHASH_ROWS];
};

/* Hash functions from a seed, and the widest bands by which 99 of 100 pairs with similarity `threshold`
 * (above 0, up to 1) become candidates. */
void minhash_init(struct minhash *minhash, double threshold, uint64_t seed);

/* The share of pairs of that similarity that become candidates. */
double minhash_recall(const struct minhash *minhash, double similarity);

/* A hash of each band: keys[bands]. The set must not be empty. */
void minhash_keys(const struct minhash *minhash, const struct shingles *shingles, uint32_t *keys);

#endif
