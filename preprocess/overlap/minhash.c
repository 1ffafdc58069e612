/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/overlap/minhash.h"

#include "lib/base/checked.h"
#include "lib/base/random.h"
#include "lib/base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WANTED_RECALL 0.99
#define WIDEST_BAND 8

void shingles_release(struct shingles *shingles)
{
	free(shingles->items);
	*shingles = (struct shingles)SHINGLES_INIT;
}

/* The finishing mix of SplitMix64: each bit of the result depends on each of `x`. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void make_set(struct shingles *shingles)
{
	size_t kept = 0;

	qsort(shingles->items, shingles->n, sizeof(*shingles->items), compare);
	for (size_t i = 0; i < shingles->n; i++)
		if (i == 0 || shingles->items[i] != shingles->items[kept - 1])
			shingles->items[kept++] = shingles->items[i];
	shingles->n = kept;
}

static uint64_t hash_run(const uint32_t *run, size_t n)
{
	uint64_t hash = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < n; i++)
		hash = mix(hash ^ run[i]);
	return hash;
}

int shingles_of(struct shingles *shingles, const char *text, size_t length)
{
	uint32_t run[SHINGLE_LENGTH];
	size_t n = 0;

	shingles->n = 0;
	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t size = utf8_decode(text + at, length - at, &c);

		if (n >= SHINGLE_LENGTH)
			memmove(run, run + 1, sizeof(run) - sizeof(*run));
		run[n < SHINGLE_LENGTH ? n : SHINGLE_LENGTH - 1] = c;
		at += size ? size : 1;
		if (++n < SHINGLE_LENGTH && at < length)
			continue;
		if (GROW(shingles->items, shingles->n, shingles->capacity) < 0)
			return -1;
		shingles->items[shingles->n++] =
			hash_run(run, n < SHINGLE_LENGTH ? n : SHINGLE_LENGTH);
	}
	make_set(shingles);
	return 0;
}

double shingles_jaccard(const struct shingles *a, const struct shingles *b)
{
	size_t i = 0, j = 0, both = 0;

	while (i < a->n && j < b->n) {
		if (a->items[i] == b->items[j])
			both++, i++, j++;
		else if (a->items[i] < b->items[j])
			i++;
		else
			j++;
	}
	return a->n + b->n ? (double)both / (double)(a->n + b->n - both) : 0;
}

double minhash_recall(const struct minhash *minhash, double similarity)
{
	return 1 - pow(1 - pow(similarity, (double)minhash->rows), (double)minhash->bands);
}

void minhash_init(struct minhash *minhash, double threshold, uint64_t seed)
{
	struct random_stream stream = random_stream(seed, "minhash");

	for (size_t i = 0; i < MINHASH_ROWS; i++) {
		minhash->factors[i] = (uint32_t)random_next(&stream) | 1;
		minhash->terms[i] = (uint32_t)random_next(&stream);
	}
	for (minhash->rows = WIDEST_BAND; minhash->rows > 1; minhash->rows--) {
		minhash->bands = MINHASH_ROWS / minhash->rows;
		if (minhash_recall(minhash, threshold) >= WANTED_RECALL)
			return;
	}
	minhash->bands = MINHASH_ROWS;
}

void minhash_keys(const struct minhash *minhash, const struct shingles *shingles, uint32_t *keys)
{
	uint32_t least[MINHASH_ROWS];

	memset(least, 0xff, sizeof(least));
	for (size_t s = 0; s < shingles->n; s++) {
		uint32_t low = (uint32_t)shingles->items[s];
		uint32_t high = (uint32_t)(shingles->items[s] >> 32);

		for (size_t i = 0; i < MINHASH_ROWS; i++) {
			uint32_t hash = (low ^ minhash->terms[i]) * minhash->factors[i] + high;

			least[i] = hash < least[i] ? hash : least[i];
		}
	}
	for (size_t band = 0; band < minhash->bands; band++) {
		uint64_t key = band;

		for (size_t row = 0; row < minhash->rows; row++)
			key = mix(key ^ least[band * minhash->rows + row]);
		keys[band] = (uint32_t)key;
	}
}
