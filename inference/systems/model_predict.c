/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_priv.h"

#include "inference/core/product.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Enough words that packing the weights costs little beside the products; fewer where that would leave
 * threads without work. */
#define BATCH_WORDS 160
#define BATCH_WORDS_LEAST 80
/* Records whose pictures are in memory together. */
#define PICTURED_GROUP 32

/* Some records of one call, those without faults so far. */
struct group {
	struct model *model;
	const struct predict_record **records; /* [n] */
	size_t *numbers;               /* [n], in the call */
	const float **pictures;        /* [n, slots] */
	size_t n;
	size_t *batches; /* [n_batches + 1], first records */
	size_t n_batches;
	struct outcome *outcomes; /* of the call */
	struct prediction_dump *dump;
	struct arena *arena; /* of the call; only under the lock */
	pthread_mutex_t lock;
	atomic_bool failed;
	struct err *errs; /* [n_batches] */
};

/* The arrays of a batch, in the worker's arena. */
struct places {
	const struct predict_record **records;
	size_t *numbers, *sequences, *anchors, *rows;
	void **extras;
	const float **pictures;
};

static int allocate_places(struct places *places, const struct group *group, size_t n,
			   struct arena *arena, struct err *err)
{
	size_t slots = group->model->slots;

	places->records = arena_alloc(arena, n, sizeof(*places->records));
	places->numbers = arena_alloc(arena, n, sizeof(*places->numbers));
	places->sequences = arena_alloc(arena, n + 1, sizeof(*places->sequences));
	places->anchors = arena_alloc(arena, n + 1, sizeof(*places->anchors));
	places->rows = arena_alloc(arena, n + 1, sizeof(*places->rows));
	places->extras = arena_alloc(arena, n, sizeof(*places->extras));
	places->pictures = arena_alloc(arena, n * slots + 1, sizeof(*places->pictures));
	if (!places->records || !places->numbers || !places->sequences || !places->anchors ||
	    !places->rows || !places->extras || !places->pictures)
		return err_set_memory(err);
	return 0;
}

/* Keep a worker's text until the caller is done with it. */
static int note_fault(struct group *group, size_t number, const char *fault, struct err *err)
{
	const char *copy;

	pthread_mutex_lock(&group->lock);
	copy = arena_copy(group->arena, fault);
	pthread_mutex_unlock(&group->lock);
	group->outcomes[number].fault = copy;
	return copy ? 0 : err_set_memory(err);
}

static size_t count_rows(enum rows rows, const struct piece_text *text)
{
	switch (rows) {
	case ROWS_PIECES:
		return text->pieces.n;
	case ROWS_ANCHORS:
		return text->n_anchors;
	default:
		return 0;
	}
}

/* Cut the records [first, end) of a group; those that cannot be cut are left out. */
static int cut_batch(struct group *group, size_t first, size_t end, struct worker *worker,
		     struct places *places, size_t *n, struct err *err)
{
	struct model *model = group->model;
	struct piece_text *text = &worker->pieces;

	piece_text_clear(text);
	*n = 0;
	for (size_t i = first; i < end; i++) {
		struct piece_mark mark = piece_text_mark(text);
		const char *fault = NULL;
		void *extra = NULL;
		int (*cut)(struct model *, const struct predict_record *, struct worker *, void **,
			   const char **, struct err *) = model->system->cut ? model->system->cut : model_cut_words;

		if (cut(model, group->records[i], worker, &extra, &fault, err) < 0)
			return -1;
		if (fault) {
			piece_text_rewind(text, mark);
			if (note_fault(group, group->numbers[i], fault, err) < 0)
				return -1;
			continue;
		}
		places->records[*n] = group->records[i];
		places->numbers[*n] = group->numbers[i];
		places->extras[*n] = extra;
		memcpy(places->pictures + *n * model->slots, group->pictures + i * model->slots,
		       model->slots * sizeof(*places->pictures));
		++*n;
		places->sequences[*n] = text->n_sequences;
		places->anchors[*n] = text->n_anchors;
		places->rows[*n] = model->system->rows == ROWS_RECORDS ? *n : count_rows(model->system->rows, text);
	}
	return 0;
}

static int dump_batch(const struct group *group, const struct batch *batch, const float *scores,
		      struct err *err)
{
	const struct model *model = group->model;
	const struct piece_text *text = batch->text;

	for (size_t i = 0; i < batch->n; i++) {
		size_t begin = text->n_sequences ? text->starts[batch->sequences[i]] : 0;
		size_t n = text->n_sequences ? text->starts[batch->sequences[i + 1]] - begin : 0;
		size_t rows = batch->rows[i + 1] - batch->rows[i], labels = model->n_labels;
		const float *own = scores + batch->rows[i] * labels;

		if (group->outcomes[batch->numbers[i]].fault)
			continue;
		if (prediction_dump_add(group->dump, batch->numbers[i], "ids", TENSOR_I32, 1, &n,
					text->pieces.ids + begin, err) < 0)
			return -1;
		if (model->system->relates ? prediction_dump_add(group->dump, batch->numbers[i], "logits",
								 TENSOR_F32, 1, &labels, own, err) < 0
					   : prediction_dump_rows(group->dump, batch->numbers[i],
								  "emissions", rows, labels, labels,
								  own, err) < 0)
			return -1;
	}
	return 0;
}

/* Room in the call's arena for what the outcomes of a batch point to. */
static int allocate_results(struct group *group, const struct batch *batch, struct decode_room *out,
			    struct err *err)
{
	size_t words = batch->anchors[batch->n], labels = group->model->n_labels;
	bool relates = group->model->system->relates;
	bool all_labels = group->model->predictor.all_labels && !relates;
	bool failed;

	pthread_mutex_lock(&group->lock);
	out->tags = arena_alloc(group->arena, relates ? 1 : words + 1, sizeof(*out->tags));
	out->raw = arena_alloc(group->arena, relates ? 1 : words + 1, sizeof(*out->raw));
	out->confidence = arena_alloc(group->arena, relates ? batch->n * labels : words + 1,
				      sizeof(*out->confidence));
	out->probabilities = all_labels ? arena_alloc(group->arena, words + 1,
						      labels * sizeof(*out->probabilities))
					: NULL;
	failed = !out->tags || !out->raw || !out->confidence || (all_labels && !out->probabilities);
	pthread_mutex_unlock(&group->lock);
	return failed ? err_set_memory(err) : 0;
}

static int decode_batch(struct group *group, const struct batch *batch, const float *scores,
			struct worker *worker, struct err *err)
{
	const struct model *model = group->model;
	struct decode_room results;

	if (allocate_results(group, batch, &results, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->n; i++) {
		bool relates = model->system->relates;
		size_t at = relates ? 0 : batch->anchors[i];
		const struct decode_room room = {
			results.tags + at, results.raw + at,
			results.confidence + (relates ? i * model->n_labels : at),
			results.probabilities ? results.probabilities + at * model->n_labels : NULL
		};

		if (group->outcomes[batch->numbers[i]].fault)
			continue;
		if (model_decode(model, batch, i, scores + batch->rows[i] * model->n_labels,
				 &group->outcomes[batch->numbers[i]], &room, &worker->arena,
				 err) < 0)
			return -1;
	}
	return 0;
}

static bool all_finite(const float *scores, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(scores[i]))
			return false;
	return true;
}

static int check_weights(struct group *group, struct err *err)
{
	struct model *model = group->model;
	size_t numbers;
	int rc = 0;

	pthread_mutex_lock(&group->lock);
	if (!model->finite)
		rc = weights_check_finite(&model->weights, &numbers, err);
	model->finite = rc == 0;
	pthread_mutex_unlock(&group->lock);
	return rc;
}

/* Scores that are no numbers come of weights that are none, which is worth the time to find them, or of
 * large numbers, which another record may not have. */
static int check_scores(struct group *group, const struct batch *batch, const float *scores,
			struct err *err)
{
	static const char fault[] = "its scores are not finite, though the model's weights are: they, or what "
				    "is read with the record, hold very large numbers";
	size_t labels = group->model->n_labels;

	for (size_t i = 0; i < batch->n; i++) {
		const float *own = scores + batch->rows[i] * labels;

		if (!all_finite(own, (batch->rows[i + 1] - batch->rows[i]) * labels) &&
		    (check_weights(group, err) < 0 || note_fault(group, batch->numbers[i], fault, err) < 0))
			return -1;
	}
	return 0;
}

int model_check_stopped(const struct model *model, struct err *err)
{
	return progress_stopped(model->predictor.progress) ? err_set(err, ERR_STOPPED, "interrupted") : 0;
}

static int run_batch(struct group *group, size_t number, struct worker *worker, struct err *err)
{
	struct model *model = group->model;
	size_t first = group->batches[number], end = group->batches[number + 1], n;
	struct places places;
	struct batch batch;
	float *scores;

	arena_reset(&worker->arena);
	if (model_check_stopped(model, err) < 0 ||
	    allocate_places(&places, group, end - first, &worker->arena, err) < 0 ||
	    cut_batch(group, first, end, worker, &places, &n, err) < 0)
		return -1;
	batch = (struct batch){ n, places.records, places.numbers, &worker->pieces, places.sequences,
				places.anchors, places.rows, places.extras, places.pictures,
				group->dump && group->dump->all ? group->dump : NULL };
	scores = arena_alloc(&worker->arena, batch.rows[n] + 1, model->n_labels * sizeof(*scores));
	if (!scores)
		return err_set_memory(err);
	if (batch.rows[n] && (model->system->run(model, &batch, worker, scores, err) < 0 ||
			      check_scores(group, &batch, scores, err) < 0))
		return -1;
	if (group->dump && dump_batch(group, &batch, scores, err) < 0)
		return -1;
	return decode_batch(group, &batch, scores, worker, err);
}

/* Threads that have no batch of their own help with the products of others. */
static void work(void *context, size_t number, int thread)
{
	struct group *group = context;

	product_set_threads(group->model->jobs / (int)group->n_batches);
	if (!atomic_load(&group->failed) &&
	    run_batch(group, number, &group->model->workers[thread], &group->errs[number]) < 0)
		atomic_store(&group->failed, true);
	product_set_threads(1);
}

/* How much work a record is, in words. */
static size_t count_words(const struct system *system, const struct predict_record *record)
{
	if (system->padded)
		return system->padded;
	return 1 + (record->sentence ? record->sentence->n_tokens : record->relation->n_words);
}

/* Records to batches of about as many words. */
static int make_batches(struct group *group, struct arena *arena, struct err *err)
{
	const struct system *system = group->model->system;
	size_t total = 0, most, words = 0;

	for (size_t i = 0; i < group->n; i++)
		total += count_words(system, group->records[i]);
	most = total / (size_t)group->model->jobs + 1;
	most = most < BATCH_WORDS_LEAST ? BATCH_WORDS_LEAST : most;
	most = most > BATCH_WORDS ? BATCH_WORDS : most;
	group->batches = arena_alloc(arena, group->n + 1, sizeof(*group->batches));
	if (!group->batches)
		return err_set_memory(err);
	for (size_t i = 0; i < group->n; i++) {
		words += count_words(system, group->records[i]);
		if (words >= most || i + 1 == group->n) {
			group->batches[++group->n_batches] = i + 1;
			words = 0;
		}
	}
	return 0;
}

static int run_batches(struct group *group, struct err *err)
{
	int rc = 0;

	group->errs = checked_calloc(group->n_batches, sizeof(*group->errs));
	if (!group->errs)
		return err_set_memory(err);
	pool_run(group->model->jobs, group->n_batches, work, group);
	for (size_t i = 0; i < group->n_batches && rc == 0; i++)
		if (group->errs[i].kind != ERR_NONE) {
			*err = group->errs[i];
			rc = -1;
		}
	free(group->errs);
	return rc;
}

/* Take the records [first, first + n) of the call into the group, with their pictures. */
static int fill_group(struct group *group, const struct predict_record *records, size_t first, size_t n,
		      struct arena *arena, struct err *err)
{
	size_t slots = group->model->slots;
	const float **pictures = arena_alloc(arena, n * slots + 1, sizeof(*pictures));

	group->records = arena_alloc(arena, n, sizeof(*group->records));
	group->numbers = arena_alloc(arena, n, sizeof(*group->numbers));
	if (!pictures || !group->records || !group->numbers)
		return err_set_memory(err);
	memset(group->outcomes + first, 0, n * sizeof(*group->outcomes));
	if (slots && picture_store_load(&group->model->store, records + first, n, pictures,
					group->outcomes + first, first, group->dump, group->arena, err) < 0)
		return -1;
	group->pictures = pictures;
	for (size_t i = 0; i < n; i++) {
		if (group->outcomes[first + i].fault)
			continue;
		memmove(pictures + group->n * slots, pictures + i * slots, slots * sizeof(*pictures));
		group->records[group->n] = &records[first + i];
		group->numbers[group->n++] = first + i;
	}
	return 0;
}

int model_predict(struct predictor *predictor, const struct predict_record *records, size_t n,
		  struct outcome *outcomes, struct prediction_dump *dump, struct arena *arena,
		  struct err *err)
{
	struct model *model = (struct model *)predictor;
	size_t most = model->slots ? PICTURED_GROUP : n;
	struct arena own = ARENA_INIT;
	int rc = 0;

	for (size_t first = 0; first < n && rc == 0; first += most) {
		struct group group = { .model = model, .outcomes = outcomes, .dump = dump, .arena = arena };

		arena_reset(&own);
		pthread_mutex_init(&group.lock, NULL);
		if (fill_group(&group, records, first, n - first < most ? n - first : most, &own, err) < 0 ||
		    make_batches(&group, &own, err) < 0 || run_batches(&group, err) < 0)
			rc = -1;
		pthread_mutex_destroy(&group.lock);
	}
	arena_release(&own);
	return rc;
}
