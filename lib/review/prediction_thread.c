/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/prediction_thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define NICE 10 /* a key comes before a prediction */

struct batch_list {
	struct prediction_batch *batches[PREDICTION_BATCHES]; /* oldest first */
	size_t n;
};

struct prediction_thread {
	struct progress progress; /* of the predictor; it never goes on when the thread is to stop */
	struct predictor_opener *opener;
	const struct split *split;
	pthread_t id;
	pthread_mutex_t lock; /* of what follows, up to `stopping` */
	pthread_cond_t given;
	enum prediction_thread_state state;
	struct err err;
	struct predictor *predictor;
	struct batch_list waiting, done;
	size_t under_way; /* batches that were given and not taken */
	atomic_bool stopping;
};

struct prediction_batch *prediction_batch_new(void)
{
	struct prediction_batch *batch = calloc(1, sizeof(*batch));

	if (batch)
		arena_init(&batch->arena);
	return batch;
}

void prediction_batch_free(struct prediction_batch *batch)
{
	if (!batch)
		return;
	arena_release(&batch->arena);
	free(batch);
}

static int copy_token(struct token *to, const struct token *from, struct arena *arena)
{
	to->word = arena_string(arena, from->word, from->word_length);
	to->word_length = from->word_length;
	to->tag = from->tag ? arena_copy(arena, from->tag) : NULL;
	to->line_number = from->line_number;
	to->columns = from->columns;
	return to->word && (to->tag || !from->tag) ? 0 : -1;
}

int prediction_batch_add(struct prediction_batch *batch, size_t number,
			 const struct sentence *sentence)
{
	struct sentence *copy = &batch->sentences[batch->n];
	size_t n = sentence->n_tokens;

	*copy = (struct sentence){ .id_line = sentence->id_line,
				   .line_number = sentence->line_number,
				   .record = sentence->record,
				   .n_tokens = n };
	copy->tokens = arena_alloc(&batch->arena, n ? n : 1, sizeof(*copy->tokens));
	if (sentence->id)
		copy->id = arena_copy(&batch->arena, sentence->id);
	if (!copy->tokens || (sentence->id && !copy->id))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (copy_token(&copy->tokens[i], &sentence->tokens[i], &batch->arena) < 0)
			return -1;
	batch->records[batch->n] = (struct predict_record){ .sentence = copy };
	batch->numbers[batch->n++] = number;
	batch->words += n;
	return 0;
}

static struct prediction_batch *shift(struct batch_list *list)
{
	struct prediction_batch *first = list->n ? list->batches[0] : NULL;

	if (first)
		memmove(list->batches, list->batches + 1, --list->n * sizeof(first));
	return first;
}

static void drop(struct batch_list *list)
{
	struct prediction_batch *batch;

	while ((batch = shift(list)))
		prediction_batch_free(batch);
}

static bool must_stop(struct progress *progress)
{
	return atomic_load(&((struct prediction_thread *)progress)->stopping);
}

static void fail(struct prediction_thread *thread, const struct err *err)
{
	pthread_mutex_lock(&thread->lock);
	thread->state = PREDICTOR_FAILED;
	thread->err = *err;
	pthread_mutex_unlock(&thread->lock);
}

/* The next batch, waited for; NULL: the thread is to end. */
static struct prediction_batch *next_batch(struct prediction_thread *thread)
{
	struct prediction_batch *batch = NULL;

	pthread_mutex_lock(&thread->lock);
	while (!atomic_load(&thread->stopping) && thread->waiting.n == 0)
		pthread_cond_wait(&thread->given, &thread->lock);
	if (!atomic_load(&thread->stopping))
		batch = shift(&thread->waiting);
	pthread_mutex_unlock(&thread->lock);
	return batch;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int predict(struct prediction_thread *thread, struct predictor *predictor,
		   struct prediction_batch *batch, struct err *err)
{
	double begin = now();
	int rc = predictor->predict(predictor, batch->records, batch->n, batch->outcomes, NULL,
				    &batch->arena, err);

	batch->seconds = now() - begin;
	if (rc < 0) {
		prediction_batch_free(batch);
		return -1;
	}
	pthread_mutex_lock(&thread->lock);
	thread->done.batches[thread->done.n++] = batch;
	pthread_mutex_unlock(&thread->lock);
	return 0;
}

static void work(struct prediction_thread *thread, struct predictor *predictor)
{
	struct prediction_batch *batch;
	struct err err = ERR_INIT;

	predictor->progress = &thread->progress;
	pthread_mutex_lock(&thread->lock);
	thread->predictor = predictor;
	thread->state = PREDICTOR_READY;
	pthread_mutex_unlock(&thread->lock);
	while ((batch = next_batch(thread)))
		if (predict(thread, predictor, batch, &err) < 0) {
			fail(thread, &err);
			break;
		}
}

/* Signals are for the thread that reads keys. */
static void block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

static void *run(void *argument)
{
	struct prediction_thread *thread = argument;
	struct err err = ERR_INIT;
	struct predictor *predictor;

	block_signals();
#ifdef __linux__
	/* Of this thread alone, and of those that it starts; elsewhere it would slow the keys too. */
	setpriority(PRIO_PROCESS, 0, NICE);
#endif
	predictor = thread->opener->open(thread->opener, thread->split, &err);
	if (predictor)
		work(thread, predictor);
	else
		fail(thread, &err);
	/* The labels of batches that are done live as long as the predictor: it waits for the end. */
	pthread_mutex_lock(&thread->lock);
	while (!atomic_load(&thread->stopping))
		pthread_cond_wait(&thread->given, &thread->lock);
	thread->predictor = NULL;
	pthread_mutex_unlock(&thread->lock);
	if (predictor)
		predictor->free(predictor);
	return NULL;
}

struct prediction_thread *prediction_thread_start(struct predictor_opener *opener,
						  const struct split *split, struct err *err)
{
	struct prediction_thread *thread = calloc(1, sizeof(*thread));
	int rc;

	if (!thread) {
		err_set_memory(err);
		return NULL;
	}
	thread->progress.stopped = must_stop;
	thread->opener = opener;
	thread->split = split;
	pthread_mutex_init(&thread->lock, NULL);
	pthread_cond_init(&thread->given, NULL);
	atomic_init(&thread->stopping, false);
	rc = pthread_create(&thread->id, NULL, run, thread);
	if (rc == 0)
		return thread;
	err_set(err, ERR_SYSTEM, "cannot start a thread: %s", strerror(rc));
	pthread_cond_destroy(&thread->given);
	pthread_mutex_destroy(&thread->lock);
	free(thread);
	return NULL;
}

void prediction_thread_stop(struct prediction_thread *thread)
{
	if (!thread)
		return;
	pthread_mutex_lock(&thread->lock);
	atomic_store(&thread->stopping, true);
	pthread_cond_signal(&thread->given);
	pthread_mutex_unlock(&thread->lock);
	pthread_join(thread->id, NULL);
	drop(&thread->waiting);
	drop(&thread->done);
	pthread_cond_destroy(&thread->given);
	pthread_mutex_destroy(&thread->lock);
	free(thread);
}

enum prediction_thread_state prediction_thread_state(struct prediction_thread *thread,
						     struct err *err)
{
	enum prediction_thread_state state;

	pthread_mutex_lock(&thread->lock);
	state = thread->state;
	if (state == PREDICTOR_FAILED)
		*err = thread->err;
	pthread_mutex_unlock(&thread->lock);
	return state;
}

const struct predictor *prediction_thread_predictor(struct prediction_thread *thread)
{
	const struct predictor *predictor;

	pthread_mutex_lock(&thread->lock);
	predictor = thread->predictor;
	pthread_mutex_unlock(&thread->lock);
	return predictor;
}

bool prediction_thread_has_room(struct prediction_thread *thread)
{
	bool room;

	pthread_mutex_lock(&thread->lock);
	room = thread->state == PREDICTOR_READY && thread->under_way < PREDICTION_BATCHES;
	pthread_mutex_unlock(&thread->lock);
	return room;
}

void prediction_thread_give(struct prediction_thread *thread, struct prediction_batch *batch)
{
	pthread_mutex_lock(&thread->lock);
	if (thread->under_way >= PREDICTION_BATCHES)
		BUG("a batch for a thread that has no room");
	thread->waiting.batches[thread->waiting.n++] = batch;
	thread->under_way++;
	pthread_cond_signal(&thread->given);
	pthread_mutex_unlock(&thread->lock);
}

struct prediction_batch *prediction_thread_take(struct prediction_thread *thread)
{
	struct prediction_batch *batch;

	pthread_mutex_lock(&thread->lock);
	batch = shift(&thread->done);
	if (batch)
		thread->under_way--;
	pthread_mutex_unlock(&thread->lock);
	return batch;
}
