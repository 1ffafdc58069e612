/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The default tagger: word pieces with case classes, a BERT-architecture encoder, a linear layer,
 * and a CRF with one position a word. inference/models/README.md defines it.
 */
#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "inference/systems/registry.h"
#include "inference/text/crf.h"
#include "inference/text/encoder.h"
#include "inference/text/tweet.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_FORMAT "tagsight-text-1"
#define LABEL_LIMIT 1024
#define BATCH_PIECES 768 /* enough that packing the weights costs little beside the products */

struct tagger {
	struct predictor predictor;
	struct weights weights;
	struct wordpiece *wordpiece;
	struct tweet_rules rules;
	struct encoder encoder;
	const float *classifier;      /* [labels, hidden] */
	const float *classifier_bias; /* [labels] */
	struct crf crf;
	const char **labels; /* [labels], of the arena */
	struct arena arena;
	int jobs;
	struct scratch *scratch; /* [jobs] */
	struct tweet_pieces tweets;
};

/* One call of predict(). */
struct tagging {
	struct tagger *tagger;
	const struct sentence *const *sentences;
	size_t n_sentences;
	size_t *words;    /* [n_sentences + 1], each sentence's first word among all */
	size_t *batches;  /* [n_batches + 1], first sequences */
	size_t n_batches;
	float *emissions; /* [pieces, labels] */
	struct prediction *out;
	float *confidence; /* [words] */
	const char **tags; /* [words] */
	atomic_bool failed;
};

static bool is_bio(const char *label)
{
	return label && (strcmp(label, "O") == 0 ||
			 ((label[0] == 'B' || label[0] == 'I') && label[1] == '-' && label[2]));
}

static int read_labels(struct tagger *tagger, struct err *err)
{
	const char *text;
	json_error_t error;
	json_t *array, *label;
	size_t i, n;
	int rc = 0;

	if (weights_metadata(&tagger->weights, "labels", &text, err) < 0)
		return -1;
	array = json_loads(text, 0, &error);
	n = json_array_size(array);
	tagger->labels = arena_alloc(&tagger->arena, n + 1, sizeof(*tagger->labels));
	if (n == 0 || n > LABEL_LIMIT)
		rc = err_set(err, ERR_DATA, "the labels are no JSON array of 1 to %d strings",
			     LABEL_LIMIT);
	else if (!tagger->labels)
		rc = err_set_memory(err);
	for (i = 0; i < n && rc == 0; i++) {
		label = json_array_get(array, i);
		if (!is_bio(json_string_value(label)))
			rc = err_set(err, ERR_DATA, "label %zu is no string O, B-X or I-X", i);
		else if (!(tagger->labels[i] = arena_copy(&tagger->arena, json_string_value(label))))
			rc = err_set_memory(err);
	}
	json_decref(array);
	tagger->predictor.labels = tagger->labels;
	tagger->predictor.n_labels = n;
	return rc;
}

static int read_vocabulary(struct tagger *tagger, const json_t *config, size_t vocabulary,
			   struct err *err)
{
	const struct wordpiece_rules rules = { json_is_true(json_object_get(config, "lower_case")),
					       NULL };
	const json_t *limit = json_object_get(config, "max_pieces_per_word");
	const unsigned char *text;
	size_t size;

	if (weights_bytes(&tagger->weights, "vocab", &text, &size, err) < 0)
		return -1;
	tagger->wordpiece = wordpiece_new((const char *)text, size, &rules, err);
	if (!tagger->wordpiece)
		return -1;
	if (wordpiece_size(tagger->wordpiece) != vocabulary)
		return err_set(err, ERR_DATA, "the vocabulary has %zu pieces, but the config says %zu",
			       wordpiece_size(tagger->wordpiece), vocabulary);
	tagger->rules = (struct tweet_rules){ .wordpiece = tagger->wordpiece,
					      .cls = wordpiece_id(tagger->wordpiece, "[CLS]"),
					      .sep = wordpiece_id(tagger->wordpiece, "[SEP]"),
					      .unknown = wordpiece_id(tagger->wordpiece, "[UNK]") };
	if (tagger->rules.cls < 0 || tagger->rules.sep < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no [CLS] or no [SEP]");
	if (!json_is_integer(limit) || json_integer_value(limit) < 1)
		return err_set(err, ERR_DATA, "'max_pieces_per_word' in the config is no number above 0");
	tagger->rules.word_limit = (size_t)json_integer_value(limit);
	return 0;
}

static int read_config(struct tagger *tagger, struct encoder_config *config, struct err *err)
{
	const char *format, *text;
	json_t *object;
	int rc;

	if (weights_metadata(&tagger->weights, "format", &format, err) < 0 ||
	    weights_metadata(&tagger->weights, "config", &text, err) < 0)
		return -1;
	if (strcmp(format, MODEL_FORMAT) != 0)
		return err_set(err, ERR_DATA, "its format is '%.100s', but this program reads '%s'",
			       format, MODEL_FORMAT);
	if (encoder_config_parse(config, text, err) < 0)
		return -1;
	object = json_loads(text, 0, NULL);
	rc = read_vocabulary(tagger, object, config->vocabulary, err);
	json_decref(object);
	if (rc < 0)
		return -1;
	tagger->rules.sequence_limit = config->max_position;
	if (tagger->rules.word_limit + 2 > config->max_position)
		return err_set(err, ERR_DATA, "a word of %zu pieces does not fit in %zu positions",
			       tagger->rules.word_limit, config->max_position);
	if (config->case_vectors != WORD_CASES)
		return err_set(err, ERR_DATA, "it has %zu case vectors, but there are %d cases",
			       config->case_vectors, WORD_CASES);
	return 0;
}

static int load(struct tagger *tagger, struct err *err)
{
	struct weights *weights = &tagger->weights;
	struct encoder_config config;
	size_t labels;

	if (blas_open(err) < 0 || read_labels(tagger, err) < 0 ||
	    read_config(tagger, &config, err) < 0)
		return -1;
	/* Each thread of ours runs its own products. */
	blas_set_threads(1);
	labels = tagger->crf.n_labels = tagger->predictor.n_labels;
	if (weights_get(weights, "classifier.weight", SHAPE(labels, config.hidden),
			&tagger->classifier, err) < 0 ||
	    weights_get(weights, "classifier.bias", SHAPE(labels), &tagger->classifier_bias, err) < 0 ||
	    weights_get(weights, "crf.start", SHAPE(labels), &tagger->crf.start, err) < 0 ||
	    weights_get(weights, "crf.end", SHAPE(labels), &tagger->crf.end, err) < 0 ||
	    weights_get(weights, "crf.transitions", SHAPE(labels, labels), &tagger->crf.transitions,
			err) < 0)
		return -1;
	return encoder_init(&tagger->encoder, weights, &config, tagger->jobs, err);
}

/* Sequences to batches of about BATCH_PIECES. */
static int make_batches(struct tagging *tagging, struct arena *arena, struct err *err)
{
	const struct tweet_pieces *tweets = &tagging->tagger->tweets;
	size_t begin = 0;

	tagging->batches = arena_alloc(arena, tweets->n_sequences + 1, sizeof(*tagging->batches));
	if (!tagging->batches)
		return err_set_memory(err);
	for (size_t s = 0; s < tweets->n_sequences; s++) {
		size_t pieces = tweets->starts[s + 1] - tweets->starts[begin];

		if (s > begin && pieces > BATCH_PIECES)
			tagging->batches[++tagging->n_batches] = s;
		if (tagging->n_batches)
			begin = tagging->batches[tagging->n_batches];
	}
	if (tweets->n_sequences)
		tagging->batches[++tagging->n_batches] = tweets->n_sequences;
	return 0;
}

static int run_batch(struct tagging *tagging, size_t number, int thread, struct err *err)
{
	struct tagger *tagger = tagging->tagger;
	const struct tweet_pieces *tweets = &tagger->tweets;
	size_t labels = tagger->crf.n_labels, hidden = tagger->encoder.config.hidden;
	size_t first = tagging->batches[number], n = tagging->batches[number + 1] - first;
	size_t begin = tweets->starts[first], pieces = tweets->starts[first + n] - begin;
	float *emissions = tagging->emissions + begin * labels;
	size_t starts[BATCH_PIECES + 1];
	const float *states;

	for (size_t s = 0; s <= n; s++)
		starts[s] = tweets->starts[first + s] - begin;
	if (encoder_run(&tagger->encoder,
			&(struct encoder_batch){ .ids = tweets->pieces.ids + begin,
						 .cases = tweets->cases + begin,
						 .starts = starts,
						 .n_sequences = n },
			&tagger->scratch[thread], NULL, &states, err) < 0)
		return -1;
	blas_sgemm(false, true, (int)pieces, (int)labels, (int)hidden, 1, states, (int)hidden,
		   tagger->classifier, (int)hidden, 0, emissions, (int)labels);
	kernels()->add_bias(emissions, tagger->classifier_bias, pieces, labels);
	return 0;
}

static void encode_batch(void *context, size_t number, int thread)
{
	struct tagging *tagging = context;
	struct err err = ERR_INIT;

	if (!atomic_load(&tagging->failed) && run_batch(tagging, number, thread, &err) < 0)
		atomic_store(&tagging->failed, true);
}

/* Weights that are not finite make marginals that are none: those words have no confidence. */
static float probability(float marginal)
{
	return marginal >= 0 && marginal <= 1 ? marginal : 0;
}

/* Best path and confidences of one sentence. */
static int decode(struct tagging *tagging, size_t number, struct arena *arena, struct err *err)
{
	const struct tagger *tagger = tagging->tagger;
	size_t labels = tagger->crf.n_labels, first = tagging->words[number];
	size_t n = tagging->words[number + 1] - first;
	float *emissions = arena_alloc(arena, n * labels, sizeof(*emissions));
	float *marginals = arena_alloc(arena, n * labels, sizeof(*marginals));
	int *path = arena_alloc(arena, n, sizeof(*path));

	if (!emissions || !marginals || !path)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++)
		memcpy(emissions + i * labels,
		       tagging->emissions + tagger->tweets.first[first + i] * labels,
		       labels * sizeof(*emissions));
	if (crf_decode(&tagger->crf, emissions, n, path, arena, err) < 0 ||
	    crf_marginals(&tagger->crf, emissions, n, marginals, NULL, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		tagging->tags[first + i] = tagger->labels[path[i]];
		tagging->confidence[first + i] = probability(marginals[i * labels + (size_t)path[i]]);
	}
	tagging->out[number] = (struct prediction){ n, tagging->tags + first, tagging->tags + first,
						    tagging->confidence + first };
	return 0;
}

static void decode_sentence(void *context, size_t number, int thread)
{
	struct tagging *tagging = context;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;

	(void)thread;
	if (!atomic_load(&tagging->failed) && decode(tagging, number, &arena, &err) < 0)
		atomic_store(&tagging->failed, true);
	arena_release(&arena);
}

static int cut_sentences(struct tagging *tagging, struct arena *arena, struct err *err)
{
	struct tagger *tagger = tagging->tagger;

	tagging->words = arena_alloc(arena, tagging->n_sentences + 1, sizeof(*tagging->words));
	if (!tagging->words)
		return err_set_memory(err);
	tweet_clear(&tagger->tweets);
	for (size_t i = 0; i < tagging->n_sentences; i++) {
		if (tweet_add(&tagger->tweets, &tagger->rules, tagging->sentences[i], err) < 0)
			return -1;
		tagging->words[i + 1] = tagger->tweets.n_words;
	}
	return 0;
}

/* Hand out the pieces and emissions of each sentence: its sequences stand side by side. */
static int fill_dumps(const struct tagging *tagging, struct prediction_dump *dumps,
		      struct arena *arena, struct err *err)
{
	const struct tweet_pieces *tweets = &tagging->tagger->tweets;
	size_t labels = tagging->tagger->crf.n_labels, sequence = 0;

	for (size_t i = 0; i < tagging->n_sentences; i++) {
		size_t last = tagging->words[i + 1], begin, n;
		int *ids;

		begin = tweets->n_sequences ? tweets->starts[sequence] : 0;
		if (last > tagging->words[i])
			do
				sequence++;
			while (tweets->starts[sequence] <= tweets->first[last - 1]);
		n = tweets->n_sequences ? tweets->starts[sequence] - begin : 0;
		ids = arena_alloc(arena, n, sizeof(*ids));
		if (!ids)
			return err_set_memory(err);
		memcpy(ids, tweets->pieces.ids + begin, n * sizeof(*ids));
		dumps[i] = (struct prediction_dump){ n, labels, ids,
						     tagging->emissions + begin * labels };
	}
	return 0;
}

static int tagger_predict(struct predictor *predictor, const struct sentence *const *sentences,
			  size_t n, struct prediction *out, struct prediction_dump *dumps,
			  struct arena *arena, struct err *err)
{
	struct tagger *tagger = (struct tagger *)predictor;
	struct tagging tagging = {
		.tagger = tagger, .sentences = sentences, .n_sentences = n, .out = out
	};
	size_t words, numbers;

	if (cut_sentences(&tagging, arena, err) < 0 || make_batches(&tagging, arena, err) < 0)
		return -1;
	words = tagger->tweets.n_words;
	if (!size_multiply(tagger->tweets.pieces.n, tagger->crf.n_labels, &numbers))
		return err_set_memory(err);
	tagging.emissions = arena_alloc(arena, numbers, sizeof(*tagging.emissions));
	tagging.confidence = arena_alloc(arena, words, sizeof(*tagging.confidence));
	tagging.tags = arena_alloc(arena, words, sizeof(*tagging.tags));
	if (!tagging.emissions || !tagging.confidence || !tagging.tags)
		return err_set_memory(err);
	pool_run(tagger->jobs, tagging.n_batches, encode_batch, &tagging);
	pool_run(tagger->jobs, n, decode_sentence, &tagging);
	if (atomic_load(&tagging.failed))
		return err_set_memory(err);
	return dumps ? fill_dumps(&tagging, dumps, arena, err) : 0;
}

/* All but the weights. */
static void release(struct tagger *tagger)
{
	for (int i = 0; tagger->scratch && i < tagger->jobs; i++)
		scratch_release(&tagger->scratch[i]);
	free(tagger->scratch);
	tweet_release(&tagger->tweets);
	encoder_release(&tagger->encoder);
	wordpiece_free(tagger->wordpiece);
	arena_release(&tagger->arena);
}

static void tagger_free(struct predictor *predictor)
{
	struct tagger *tagger = (struct tagger *)predictor;

	if (!tagger)
		return;
	release(tagger);
	weights_close(&tagger->weights);
	free(tagger);
}

static int tagger_check(struct weights *weights, struct err *err)
{
	struct tagger tagger = { .weights = *weights, .tweets = TWEET_PIECES_INIT, .jobs = 1 };
	int rc = load(&tagger, err);

	release(&tagger);
	*weights = tagger.weights;
	return rc;
}

static struct predictor *tagger_open(struct weights *weights, const struct system_options *options,
				     struct err *err)
{
	struct tagger *tagger = calloc(1, sizeof(*tagger));

	if (!tagger) {
		weights_close(weights);
		err_set_memory(err);
		return NULL;
	}
	tagger->weights = *weights;
	tagger->tweets = (struct tweet_pieces)TWEET_PIECES_INIT;
	tagger->predictor = (struct predictor){ .name = system_tagger.name,
						.model = tagger->weights.path,
						.predict = tagger_predict,
						.free = tagger_free };
	tagger->jobs = options->jobs > 0 ? options->jobs : pool_processors();
	tagger->scratch = checked_calloc((size_t)tagger->jobs, sizeof(*tagger->scratch));
	if (!tagger->scratch)
		err_set_memory(err);
	else if (load(tagger, err) == 0)
		return &tagger->predictor;
	err_add_file(err, tagger->weights.path);
	tagger_free(&tagger->predictor);
	return NULL;
}

const struct system system_tagger = {
	.name = "tagger",
	.summary = "word pieces, BERT-architecture encoder and CRF; text only",
	.check = tagger_check,
	.open = tagger_open,
};
