/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A predictor behind a thread of its own, so that who asks never waits: batches of sentences go in, the
 * same batches come back with their outcomes. The model is opened on that thread too. At most
 * PREDICTION_BATCHES are on their way, so that memory is bounded and the next to be predicted can be
 * chosen late.
 *
 *	thread = prediction_thread_start(opener, split, &err);
 *	while (prediction_thread_has_room(thread)) {
 *		batch = prediction_batch_new();
 *		prediction_batch_add(batch, 7, sentence);
 *		prediction_thread_give(thread, batch);
 *	}
 *	while ((batch = prediction_thread_take(thread))) {
 *		... batch->numbers[0] is 7, batch->outcomes[0] what came of it
 *		prediction_batch_free(batch);
 *	}
 *	prediction_thread_stop(thread);
 *
 * A batch belongs to the caller, then to the thread, then to the caller again. All functions are for one
 * thread, that of the caller.
 */
#ifndef TAGSIGHT_REVIEW_PREDICTION_THREAD_H
#define TAGSIGHT_REVIEW_PREDICTION_THREAD_H

#include "lib/corpus/dataset.h"
#include "lib/corpus/prediction.h"

#define PREDICTION_BATCHES 2    /* one that is worked on, one that waits */
#define PREDICTION_BATCH 256   /* sentences at most */

/* How a predictor comes to be. open() is called on the thread, once; what it gave is freed there, before
 * prediction_thread_stop() returns. */
struct predictor_opener {
	/* A predictor that needs to be shown nothing but sentences of the split; NULL on failure. */
	struct predictor *(*open)(struct predictor_opener *opener, const struct split *split,
				  struct err *err);
};

/* Sentences and what came of them; all belongs to the arena of the batch or to the predictor. */
struct prediction_batch {
	struct arena arena;
	size_t n, words;
	size_t numbers[PREDICTION_BATCH]; /* the caller's */
	struct sentence sentences[PREDICTION_BATCH];
	struct predict_record records[PREDICTION_BATCH];
	struct outcome outcomes[PREDICTION_BATCH];
	double seconds; /* that predicting took */
};

/* NULL when memory is out. */
struct prediction_batch *prediction_batch_new(void);
void prediction_batch_free(struct prediction_batch *batch);

/* Copy the words, the tags and the id of a sentence into a batch that is not full. -1: memory is out. */
int prediction_batch_add(struct prediction_batch *batch, size_t number,
			 const struct sentence *sentence);

struct prediction_thread;

enum prediction_thread_state {
	PREDICTOR_LOADING,
	PREDICTOR_READY,
	PREDICTOR_FAILED /* nothing more will come */
};

/* The opener and the split must outlive the thread. NULL on failure. */
struct prediction_thread *prediction_thread_start(struct predictor_opener *opener,
						  const struct split *split, struct err *err);

/* End the thread, without what it has not predicted; it leaves at the predictor's next look at its
 * progress. What points to the predictor is gone then. */
void prediction_thread_stop(struct prediction_thread *thread);

/* *err is set when it failed. */
enum prediction_thread_state prediction_thread_state(struct prediction_thread *thread,
						     struct err *err);

/* The predictor, to read its name, model and call_words, once it is ready; NULL before. */
const struct predictor *prediction_thread_predictor(struct prediction_thread *thread);

bool prediction_thread_has_room(struct prediction_thread *thread);

/* Hand over a batch; there must be room. */
void prediction_thread_give(struct prediction_thread *thread, struct prediction_batch *batch);

/* The oldest batch that is done; NULL: none is. */
struct prediction_batch *prediction_thread_take(struct prediction_thread *thread);

#endif
