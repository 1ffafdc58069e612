/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/piece_tagger.h"

#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Enough that packing the weights costs little beside the products; fewer where that would leave
 * threads without work. */
#define BATCH_PIECES 768
#define BATCH_PIECES_LEAST 128

/* One call of predict(). */
struct tagging {
	struct piece_tagger *tagger;
	const struct sentence *const *sentences;
	size_t n;
	size_t *words;   /* [n + 1], each sentence's first word among all */
	size_t *batches; /* [n_batches + 1], first sentences */
	size_t n_batches;
	float *emissions; /* [pieces, labels] */
	struct prediction *out;
	float *confidence;       /* [words] */
	const char **raw, **tags; /* [words] */
	atomic_bool failed;
	struct err *errs; /* [n_batches + n] */
};

static int cut_sentences(struct tagging *tagging, struct arena *arena, struct err *err)
{
	struct piece_tagger *tagger = tagging->tagger;

	tagging->words = arena_alloc(arena, tagging->n + 1, sizeof(*tagging->words));
	if (!tagging->words)
		return err_set_memory(err);
	tagging->words[0] = 0;
	piece_tweets_clear(&tagger->tweets);
	for (size_t i = 0; i < tagging->n; i++) {
		if (piece_tweets_add(&tagger->tweets, &tagger->rules, tagging->sentences[i], err) < 0)
			return -1;
		tagging->words[i + 1] = tagger->tweets.n_words;
	}
	return 0;
}

static int make_batches(struct tagging *tagging, struct arena *arena, struct err *err)
{
	const struct piece_tweets *tweets = &tagging->tagger->tweets;
	size_t most = tweets->pieces.n / (size_t)tagging->tagger->jobs + 1, begin = 0;

	most = most < BATCH_PIECES_LEAST ? BATCH_PIECES_LEAST : most;
	most = most > BATCH_PIECES ? BATCH_PIECES : most;
	tagging->batches = arena_alloc(arena, tweets->n_tweets + 1, sizeof(*tagging->batches));
	if (!tagging->batches)
		return err_set_memory(err);
	tagging->batches[0] = 0;
	for (size_t i = 0; i < tweets->n_tweets; i++)
		if (i > begin && tweets->starts[i + 1] - tweets->starts[begin] > most)
			tagging->batches[++tagging->n_batches] = begin = i;
	if (tweets->n_tweets)
		tagging->batches[++tagging->n_batches] = tweets->n_tweets;
	return 0;
}

static int run_batch(struct tagging *tagging, size_t number, int thread, struct err *err)
{
	struct piece_tagger *tagger = tagging->tagger;
	const struct piece_tweets *tweets = &tagger->tweets;
	size_t labels = tagger->crf.n_labels, hidden = tagger->encoder.config.hidden;
	size_t first = tagging->batches[number], n = tagging->batches[number + 1] - first;
	size_t begin = tweets->starts[first], pieces = tweets->starts[first + n] - begin;
	float *emissions = tagging->emissions + begin * labels;
	size_t *starts = checked_calloc(n + 1, sizeof(*starts));
	struct encoder_batch batch = { .ids = tweets->pieces.ids + begin,
				       .starts = starts,
				       .n_sequences = n };
	const float *states;
	int rc = starts ? 0 : err_set_memory(err);

	for (size_t i = 0; i <= n && rc == 0; i++)
		starts[i] = tweets->starts[first + i] - begin;
	if (rc == 0 && tagger->prepare)
		rc = tagger->prepare(tagger, tagging->sentences + first, thread, &batch, err);
	if (rc == 0)
		rc = encoder_run(&tagger->encoder, &batch, &tagger->scratch[thread], NULL, &states, err);
	free(starts);
	if (rc < 0)
		return -1;
	blas_sgemm(false, true, (int)pieces, (int)labels, (int)hidden, 1, states, (int)hidden,
		   tagger->classifier_weight, (int)hidden, 0, emissions, (int)labels);
	kernels()->add_bias(emissions, tagger->classifier_bias, pieces, labels);
	return 0;
}

static void encode_batch(void *context, size_t number, int thread)
{
	struct tagging *tagging = context;

	if (!atomic_load(&tagging->failed) &&
	    run_batch(tagging, number, thread, &tagging->errs[number]) < 0)
		atomic_store(&tagging->failed, true);
}

/* Weights that are not finite make marginals that are none: those words have no confidence. */
static float probability(float marginal)
{
	return marginal >= 0 && marginal <= 1 ? marginal : 0;
}

/* Best path of one tweet, and what its words get of it. */
static int decode(struct tagging *tagging, size_t number, struct arena *arena, struct err *err)
{
	const struct piece_tagger *tagger = tagging->tagger;
	size_t labels = tagger->crf.n_labels, begin = tagger->tweets.starts[number];
	size_t n = tagger->tweets.starts[number + 1] - begin;
	const float *emissions = tagging->emissions + begin * labels;
	float *marginals = arena_alloc(arena, n * labels, sizeof(*marginals));
	int *path = arena_alloc(arena, n, sizeof(*path));
	size_t first = tagging->words[number], last = tagging->words[number + 1];

	if (!marginals || !path)
		return err_set_memory(err);
	if (crf_decode(&tagger->crf, emissions, n, path, arena, err) < 0 ||
	    crf_marginals(&tagger->crf, emissions, n, marginals, NULL, arena, err) < 0)
		return -1;
	for (size_t word = first; word < last; word++) {
		size_t piece = tagger->tweets.first[word], label;

		tagging->raw[word] = "";
		tagging->tags[word] = "O";
		tagging->confidence[word] = 0;
		if (piece == PIECE_NONE)
			continue;
		label = (size_t)path[piece - begin];
		tagging->raw[word] = tagger->raw[label];
		tagging->tags[word] = tagger->tags[label];
		tagging->confidence[word] = probability(marginals[(piece - begin) * labels + label]);
	}
	tagging->out[number] = (struct prediction){ last - first, tagging->tags + first,
						    tagging->raw + first,
						    tagging->confidence + first };
	return 0;
}

static void decode_sentence(void *context, size_t number, int thread)
{
	struct tagging *tagging = context;
	struct arena arena = ARENA_INIT;

	(void)thread;
	if (!atomic_load(&tagging->failed) &&
	    decode(tagging, number, &arena, &tagging->errs[tagging->n_batches + number]) < 0)
		atomic_store(&tagging->failed, true);
	arena_release(&arena);
}

/* Hand out the pieces and emissions of each tweet. */
static int fill_dumps(const struct tagging *tagging, struct prediction_dump *dumps,
		      struct arena *arena, struct err *err)
{
	const struct piece_tweets *tweets = &tagging->tagger->tweets;
	size_t labels = tagging->tagger->crf.n_labels;

	for (size_t i = 0; i < tagging->n; i++) {
		size_t begin = tweets->starts[i], n = tweets->starts[i + 1] - begin;
		int *ids = arena_alloc(arena, n, sizeof(*ids));

		if (!ids)
			return err_set_memory(err);
		memcpy(ids, tweets->pieces.ids + begin, n * sizeof(*ids));
		dumps[i] = (struct prediction_dump){ n, labels, ids,
						     tagging->emissions + begin * labels };
	}
	return 0;
}

/* Room for what is handed out, and for an error of each piece of work. */
static int place(struct tagging *tagging, struct arena *arena, struct err *err)
{
	const struct piece_tweets *tweets = &tagging->tagger->tweets;
	size_t numbers;

	if (!size_multiply(tweets->pieces.n, tagging->tagger->crf.n_labels, &numbers))
		return err_set_memory(err);
	tagging->emissions = arena_alloc(arena, numbers, sizeof(*tagging->emissions));
	tagging->confidence = arena_alloc(arena, tweets->n_words, sizeof(*tagging->confidence));
	tagging->raw = arena_alloc(arena, tweets->n_words, sizeof(*tagging->raw));
	tagging->tags = arena_alloc(arena, tweets->n_words, sizeof(*tagging->tags));
	tagging->errs = checked_calloc(tagging->n_batches + tagging->n, sizeof(*tagging->errs));
	if (!tagging->emissions || !tagging->confidence || !tagging->raw || !tagging->tags ||
	    !tagging->errs)
		return err_set_memory(err);
	return 0;
}

/* Pass on the first error of the threads. */
static int collect(const struct tagging *tagging, struct err *err)
{
	for (size_t i = 0; i < tagging->n_batches + tagging->n; i++)
		if (tagging->errs[i].kind != ERR_NONE) {
			*err = tagging->errs[i];
			return -1;
		}
	return 0;
}

int piece_tagger_predict(struct predictor *predictor, const struct sentence *const *sentences,
			 size_t n, struct prediction *out, struct prediction_dump *dumps,
			 struct arena *arena, struct err *err)
{
	struct piece_tagger *tagger = (struct piece_tagger *)predictor;
	struct tagging tagging = { .tagger = tagger, .sentences = sentences, .n = n, .out = out };
	int rc = -1;

	if (cut_sentences(&tagging, arena, err) < 0 || make_batches(&tagging, arena, err) < 0 ||
	    place(&tagging, arena, err) < 0)
		goto out;
	pool_run(tagger->jobs, tagging.n_batches, encode_batch, &tagging);
	pool_run(tagger->jobs, n, decode_sentence, &tagging);
	rc = collect(&tagging, err);
	if (rc == 0 && dumps)
		rc = fill_dumps(&tagging, dumps, arena, err);
out:
	free(tagging.errs);
	return rc;
}
