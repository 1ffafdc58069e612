/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/predicting.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/review/live.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NEAR 64 /* tweets on either side that come in the order of their distance */
#define FIRST_BATCH 16
/* Seconds: a thread between two looks, so that leaving and a new selection do not wait long; the joining
 * of what it made, which a key waits for. */
#define BATCH_SECONDS 0.1
#define JOIN_SECONDS 0.004

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void predicting_begin(struct predicting *predicting, struct predictor_opener *opener,
		      const struct sheet *sheet)
{
	*predicting = (struct predicting){ .opener = opener, .sheet = sheet,
					   .batch_size = FIRST_BATCH };
	if (opener && sheet->split->task == TASK_NER)
		predicting->phase = PREDICTING_WAITS;
}

static struct review *review_of(const struct predicting *predicting)
{
	return predicting->sheet->review;
}

void predicting_end(struct predicting *predicting)
{
	prediction_thread_stop(predicting->thread);
	prediction_batch_free(predicting->arrived);
	free(predicting->asked);
	memset(predicting, 0, sizeof(*predicting));
}

bool predicting_is_on(const struct predicting *predicting)
{
	return predicting->phase != PREDICTING_OFF;
}

static bool give_up(struct predicting *predicting, const struct err *err,
				    struct buf *message)
{
	struct err brief = *err;
	char text[2048];

	/* A status line has room for a name and what is wrong with it, but for no folders. */
	snprintf(brief.file, sizeof(brief.file), "%s", file_base_name(err->file));
	buf_add_format(message, "no predictions: %s", err_format(&brief, text, sizeof(text)));
	predicting_end(predicting);
	return true;
}

static bool any_lacks(const struct review *review)
{
	for (size_t i = 0; i < review_count(review); i++)
		if (review_lacks_prediction(review, i))
			return true;
	return false;
}

/* Start the thread, unless files have a prediction of all. */
static bool start(struct predicting *predicting, struct buf *message)
{
	struct err err = ERR_INIT;

	if (review_expects_predictions(review_of(predicting)))
		return false;
	if (review_takes_predictions(review_of(predicting)) && !any_lacks(review_of(predicting))) {
		predicting_end(predicting);
		return false;
	}
	predicting->thread = prediction_thread_start(predicting->opener, predicting->sheet->split, &err);
	if (!predicting->thread)
		return give_up(predicting, &err, message);
	predicting->phase = PREDICTING_LOADS;
	return true;
}

/* A model by its path and size, so that another one of that name is known as such. */
static int keep(struct predicting *predicting, struct err *err)
{
	const struct predictor *predictor = prediction_thread_predictor(predicting->thread);
	struct buf model = BUF_INIT;
	int rc;

	buf_add_format(&model, "%s %lld", predictor->model,
		       (long long)file_size(predictor->model));
	rc = model.failed ? err_set_memory(err)
			  : review_keep_predictions(review_of(predicting), predicting->sheet->live,
						    model.data, err);
	buf_release(&model);
	return rc;
}

static bool await_model(struct predicting *predicting, struct buf *message)
{
	struct err err = ERR_INIT;
	enum prediction_thread_state state = prediction_thread_state(predicting->thread, &err);

	if (state == PREDICTOR_FAILED)
		return give_up(predicting, &err, message);
	if (state == PREDICTOR_LOADING || !review_takes_predictions(review_of(predicting)))
		return false;
	if (keep(predicting, &err) < 0)
		return give_up(predicting, &err, message);
	predicting->phase = PREDICTING_JOINS;
	return true;
}

static void mark_asked(struct predicting *predicting, size_t record)
{
	predicting->asked[record / 8] |= (unsigned char)(1U << record % 8);
}

static bool is_asked(const struct predicting *predicting, size_t record)
{
	return predicting->asked[record / 8] >> record % 8 & 1U;
}

/* Count what is to be predicted, when all is known that is not. */
static bool count(struct predicting *predicting, struct buf *message)
{
	struct err err = ERR_INIT;

	if (!review_takes_predictions(review_of(predicting)))
		return false;
	predicting->records = review_count(review_of(predicting));
	predicting->asked = checked_calloc(predicting->records / 8 + 1, 1);
	if (!predicting->asked) {
		err_set_memory(&err);
		return give_up(predicting, &err, message);
	}
	for (size_t i = 0; i < predicting->records; i++) {
		if (review_lacks_prediction(review_of(predicting), i))
			predicting->total++;
		else
			mark_asked(predicting, i);
	}
	predicting->phase = PREDICTING_WORKS;
	return true;
}

/* The nth place of the queue in the order of what is wanted: around the anchor by turns behind and before
 * it, then onward and round; some are named twice. SIZE_MAX: there is no such place. */
static size_t nth_place(const struct predicting *predicting, size_t n, size_t nth)
{
	size_t distance = (nth + 1) / 2, anchor = predicting->anchor;

	if (distance > NEAR)
		return (anchor + nth - NEAR) % n;
	if (nth % 2)
		return anchor + distance < n ? anchor + distance : SIZE_MAX;
	return anchor >= distance && anchor - distance < n ? anchor - distance : SIZE_MAX;
}

/* The next tweet to be predicted, those that the queue leaves out after the others; SIZE_MAX: all were
 * given to the thread. */
static size_t next_record(struct predicting *predicting)
{
	const struct review_queue *queue = predicting->sheet->queue;
	size_t n = review_queue_count(queue);

	while (n && predicting->walked <= n + 2 * (size_t)NEAR) {
		size_t place = nth_place(predicting, n, predicting->walked++);
		size_t record = place == SIZE_MAX ? SIZE_MAX : review_queue_at(queue, place);

		if (record < predicting->records && !is_asked(predicting, record))
			return record;
	}
	while (predicting->rest < predicting->records && is_asked(predicting, predicting->rest))
		predicting->rest++;
	return predicting->rest < predicting->records ? predicting->rest : SIZE_MAX;
}

/* Fill a batch and give it to the thread. -1: memory is out, or the text cannot be read. */
static int give(struct predicting *predicting, struct err *err)
{
	const struct predictor *predictor = prediction_thread_predictor(predicting->thread);
	struct prediction_batch *batch = prediction_batch_new();

	if (!batch)
		return err_set_memory(err);
	while (batch->n < predicting->batch_size &&
	       (batch->n == 0 || batch->words < predictor->call_words)) {
		size_t record = next_record(predicting);
		const struct sentence *words;

		if (record == SIZE_MAX)
			break;
		mark_asked(predicting, record);
		words = review_words(review_of(predicting), record);
		if (!words || prediction_batch_add(batch, record, words) < 0) {
			prediction_batch_free(batch);
			return review_fault(review_of(predicting), err) < 0 ? -1 : err_set_memory(err);
		}
	}
	predicting->given += batch->n;
	if (batch->n)
		prediction_thread_give(predicting->thread, batch);
	else
		prediction_batch_free(batch);
	return 0;
}

/* Batches are to take about as long as a blink, whatever the model. */
static void fit_batch_size(struct predicting *predicting, const struct prediction_batch *batch)
{
	if (batch->seconds > 2 * BATCH_SECONDS && predicting->batch_size > 1)
		predicting->batch_size /= 2;
	else if (batch->n == predicting->batch_size && batch->seconds < BATCH_SECONDS / 2 &&
		 predicting->batch_size < PREDICTION_BATCH)
		predicting->batch_size *= 2;
}

/* Join one of what arrived, and show it if it is wanted. */
static int join_next(struct predicting *predicting, struct err *err)
{
	struct prediction_batch *batch = predicting->arrived;
	const struct outcome *outcome = &batch->outcomes[predicting->joined];
	size_t record = batch->numbers[predicting->joined++];
	int rc = 0;

	if (!outcome->fault)
		rc = review_put_prediction(review_of(predicting), record, &outcome->tags, err);
	if (rc > 0 && review_queue_append(predicting->sheet->queue, record) < 0)
		rc = err_set_memory(err);
	predicting->faults += rc == 0;
	predicting->done++;
	return rc < 0 ? -1 : 0;
}

/* Join some of what arrived. */
static int join(struct predicting *predicting, struct err *err)
{
	struct prediction_batch *batch = predicting->arrived;
	double end = now() + JOIN_SECONDS;

	while (predicting->joined < batch->n && now() < end)
		if (join_next(predicting, err) < 0)
			return -1;
	if (predicting->joined < batch->n)
		return 0;
	fit_batch_size(predicting, batch);
	prediction_batch_free(batch);
	predicting->arrived = NULL;
	predicting->joined = 0;
	return 0;
}

static bool finish(struct predicting *predicting, struct buf *message)
{
	if (predicting->faults)
		buf_add_format(message,
			       "%zu of %zu tweets could not be predicted; 'tagsight predict' says why",
			       predicting->faults, predicting->total);
	predicting_end(predicting);
	return true;
}

static bool work(struct predicting *predicting, struct buf *message)
{
	struct err err = ERR_INIT;
	bool arrived;

	if (!predicting->arrived)
		predicting->arrived = prediction_thread_take(predicting->thread);
	arrived = predicting->arrived;
	if (arrived && join(predicting, &err) < 0)
		return give_up(predicting, &err, message);
	while (predicting->given < predicting->total &&
	       prediction_thread_has_room(predicting->thread))
		if (give(predicting, &err) < 0)
			return give_up(predicting, &err, message);
	if (predicting->done == predicting->total)
		return finish(predicting, message);
	if (!arrived && prediction_thread_state(predicting->thread, &err) == PREDICTOR_FAILED)
		return give_up(predicting, &err, message);
	return arrived;
}

bool predicting_step(struct predicting *predicting, size_t position, struct buf *message)
{
	struct err err = ERR_INIT;

	if (predicting->phase == PREDICTING_OFF)
		return false;
	if (review_fault(review_of(predicting), &err) < 0) { /* which the review tells itself */
		predicting_end(predicting);
		return true;
	}
	if (position != predicting->anchor) {
		predicting->anchor = position;
		predicting->walked = 0;
	}
	switch (predicting->phase) {
	case PREDICTING_WAITS:
		return start(predicting, message);
	case PREDICTING_LOADS:
		return await_model(predicting, message);
	case PREDICTING_JOINS:
		return count(predicting, message);
	default:
		return work(predicting, message);
	}
}

/* A number with commas between its thousands. */
static void add_number(struct buf *out, size_t number)
{
	if (number >= 1000) {
		add_number(out, number / 1000);
		buf_add_format(out, ",%03zu", number % 1000);
	} else {
		buf_add_format(out, "%zu", number);
	}
}

void predicting_describe(const struct predicting *predicting, char *text, size_t size)
{
	struct buf line = BUF_INIT;

	if (predicting->phase == PREDICTING_LOADS)
		buf_add_string(&line, "loading tagger");
	if (predicting->phase == PREDICTING_WORKS) {
		buf_add_string(&line, "predicting ");
		add_number(&line, predicting->done);
		buf_add_string(&line, " of ");
		add_number(&line, predicting->total);
	}
	snprintf(text, size, "%s", line.data);
	buf_release(&line);
}
