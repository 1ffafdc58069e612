/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are alike: candidates by bands of minhashes, then the similarity itself. */
#include "preprocess/overlap/overlap_priv.h"

#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 4096 /* documents, or pairs, of one item of work */
/* Of texts that agree in a band, each is compared with so many that follow it: a template of which there
 * are thousands would else take the square of that. */
#define FOLLOWERS 256

struct search {
	struct overlap *overlap;
	struct progress *progress;
	uint32_t *keys;   /* [documents, bands] */
	uint64_t *pairs;  /* [n_pairs], two documents each, the lower one high */
	size_t n_pairs, capacity;
	float *similarities; /* [n_pairs] */
	struct shingles *scratch; /* [2 * threads] */
	_Atomic bool out_of_memory, stopped;
};

static size_t chunk_end(size_t item, size_t n)
{
	size_t end = (item + 1) * CHUNK;

	return end < n ? end : n;
}

static int document_shingles(const struct overlap *overlap, size_t document,
			     struct shingles *shingles)
{
	const struct str_entry *text = &overlap->texts.entries[document];

	return shingles_of(shingles, text->text, text->length);
}

static void key_documents(void *context, size_t item, int thread)
{
	struct search *search = context;
	struct overlap *overlap = search->overlap;
	struct shingles *shingles = &search->scratch[2 * thread];

	if (progress_stopped(search->progress))
		search->stopped = true;
	for (size_t d = item * CHUNK; d < chunk_end(item, overlap->n_documents); d++) {
		if (!overlap->documents[d].alike || search->stopped)
			continue;
		if (document_shingles(overlap, d, shingles) < 0)
			search->out_of_memory = true;
		else
			minhash_keys(&overlap->minhash, shingles,
				     search->keys + d * overlap->minhash.bands);
	}
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Pairs of one record each on two sides; two texts of one side alone are no overlap. */
static bool sides_differ(const struct overlap *overlap, uint32_t a, uint32_t b)
{
	uint64_t sides = overlap->documents[a].sides | overlap->documents[b].sides;

	return (sides & (sides - 1)) != 0;
}

static void add_pair(struct search *search, uint32_t a, uint32_t b)
{
	if (!sides_differ(search->overlap, a, b))
		return;
	if (GROW(search->pairs, search->n_pairs, search->capacity) < 0)
		search->out_of_memory = true;
	else
		search->pairs[search->n_pairs++] =
			a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

/* Sort by the key above 32 bits, in four stable passes; what is equal stays in order. */
static void sort_by_key(uint64_t *items, uint64_t *scratch, size_t n)
{
	for (int shift = 32; shift < 64; shift += 8) {
		size_t starts[257] = { 0 };
		uint64_t *swapped = items;

		for (size_t i = 0; i < n; i++)
			starts[(items[i] >> shift & 255) + 1]++;
		for (size_t i = 0; i < 256; i++)
			starts[i + 1] += starts[i];
		for (size_t i = 0; i < n; i++)
			scratch[starts[items[i] >> shift & 255]++] = items[i];
		items = scratch;
		scratch = swapped;
	}
}

/* `sorted` [n] holds keys of one band, each with its document below it. */
static void pair_equal_keys(struct search *search, const uint64_t *sorted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n && j - i <= FOLLOWERS && sorted[i] >> 32 == sorted[j] >> 32;
		     j++)
			add_pair(search, (uint32_t)sorted[i], (uint32_t)sorted[j]);
}

/* Sort the pairs found so far, each once. */
static void settle_pairs(struct search *search)
{
	size_t kept = 0;

	if (search->n_pairs)
		qsort(search->pairs, search->n_pairs, sizeof(*search->pairs), compare_numbers);
	for (size_t i = 0; i < search->n_pairs; i++)
		if (i == 0 || search->pairs[i] != search->pairs[kept - 1])
			search->pairs[kept++] = search->pairs[i];
	search->n_pairs = kept;
}

/* Progress counts texts, of which each band is a share. */
static size_t done_by(const struct overlap *overlap, size_t band)
{
	return (size_t)((double)overlap->n_documents * (double)band /
			(double)overlap->minhash.bands);
}

static void find_candidates(struct search *search)
{
	const struct overlap *overlap = search->overlap;
	size_t bands = overlap->minhash.bands;
	uint64_t *sorted = checked_calloc(overlap->n_documents, sizeof(*sorted));
	uint64_t *scratch = checked_calloc(overlap->n_documents, sizeof(*scratch));

	if (!sorted || !scratch)
		search->out_of_memory = true;
	for (size_t band = 0; band < bands && !search->out_of_memory && !search->stopped; band++) {
		size_t n = 0;

		for (size_t d = 0; d < overlap->n_documents; d++)
			if (overlap->documents[d].alike)
				sorted[n++] = (uint64_t)search->keys[d * bands + band] << 32 | d;
		sort_by_key(sorted, scratch, n);
		pair_equal_keys(search, sorted, n);
		settle_pairs(search);
		search->stopped |= progress_step(search->progress, done_by(overlap, band + 1) -
									   done_by(overlap, band));
	}
	free(scratch);
	free(sorted);
}

static void compare_pairs(void *context, size_t item, int thread)
{
	struct search *search = context;
	struct shingles *a = &search->scratch[2 * thread], *b = a + 1;
	uint64_t before = UINT64_MAX;

	for (size_t i = item * CHUNK; i < chunk_end(item, search->n_pairs); i++) {
		uint64_t first = search->pairs[i] >> 32;

		if ((first != before && document_shingles(search->overlap, first, a) < 0) ||
		    document_shingles(search->overlap, (uint32_t)search->pairs[i], b) < 0)
			search->out_of_memory = true;
		before = first;
		search->similarities[i] = (float)shingles_jaccard(a, b);
	}
}

static int compare_likenesses(const void *a, const void *b)
{
	const struct likeness *x = a, *y = b;

	if (x->document != y->document)
		return x->document < y->document ? -1 : 1;
	if (x->similarity != y->similarity)
		return x->similarity > y->similarity ? -1 : 1;
	return x->other < y->other ? -1 : x->other > y->other;
}

static int add_likeness(struct overlap *overlap, uint32_t document, uint32_t other, float similarity)
{
	if (GROW(overlap->likenesses, overlap->n_likenesses, overlap->likenesses_capacity) < 0)
		return -1;
	overlap->likenesses[overlap->n_likenesses++] =
		(struct likeness){ document, other, similarity };
	return 0;
}

static void keep_likenesses(struct search *search)
{
	struct overlap *overlap = search->overlap;

	for (size_t i = 0; i < search->n_pairs && !search->out_of_memory; i++) {
		uint32_t a = (uint32_t)(search->pairs[i] >> 32), b = (uint32_t)search->pairs[i];
		float similarity = search->similarities[i];

		if (similarity < (float)overlap->options.threshold)
			continue;
		if (add_likeness(overlap, a, b, similarity) < 0 ||
		    add_likeness(overlap, b, a, similarity) < 0)
			search->out_of_memory = true;
	}
	if (overlap->n_likenesses)
		qsort(overlap->likenesses, overlap->n_likenesses, sizeof(*overlap->likenesses),
		      compare_likenesses);
}

static void verify_pairs(struct search *search)
{
	search->similarities = checked_calloc(search->n_pairs, sizeof(*search->similarities));
	if (!search->similarities) {
		search->out_of_memory = true;
		return;
	}
	pool_run(search->overlap->options.jobs, (search->n_pairs + CHUNK - 1) / CHUNK, compare_pairs,
		 search);
	keep_likenesses(search);
}

static void run_search(struct search *search)
{
	size_t n = search->overlap->n_documents;

	pool_run(search->overlap->options.jobs, (n + CHUNK - 1) / CHUNK, key_documents, search);
	if (!search->out_of_memory && !search->stopped)
		find_candidates(search);
	if (!search->out_of_memory && !search->stopped)
		verify_pairs(search);
}

int overlap_find_likenesses(struct overlap *overlap, struct progress *progress, struct err *err)
{
	size_t threads = (size_t)(overlap->options.jobs ? overlap->options.jobs : pool_processors());
	struct search search = { .overlap = overlap, .progress = progress };
	size_t n_keys = 0;

	if (size_multiply(overlap->n_documents, overlap->minhash.bands, &n_keys))
		search.keys = checked_calloc(n_keys, sizeof(*search.keys));
	search.scratch = checked_calloc(2 * threads, sizeof(*search.scratch));
	progress_begin(progress, "compare", "texts", overlap->n_documents);
	if (search.keys && search.scratch)
		run_search(&search);
	else
		search.out_of_memory = true;
	progress_end(progress);
	for (size_t i = 0; search.scratch && i < 2 * threads; i++)
		shingles_release(&search.scratch[i]);
	free(search.scratch);
	free(search.keys);
	free(search.pairs);
	free(search.similarities);
	if (search.stopped)
		return err_set(err, ERR_STOPPED, "interrupted");
	return search.out_of_memory ? err_set_memory(err) : 0;
}
