/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/pipeline.h"

#include "lib/base/checked.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define MOST_THREADS 256
#define PATIENCE 100000000 /* nanoseconds between two questions whether to stop */

struct slot {
	bool done;
	void *result;
};

struct run {
	const struct pipeline *pipeline;
	struct slot *slots; /* [window]; item i has slot i % window */
	size_t begun;       /* items, which are those before this number */
	size_t put;         /* likewise */
	size_t end;         /* no item from here on is begun: all, the first that failed, or where it stopped */
	bool failed;        /* item `end` did */
	struct err err;     /* of that item */
	pthread_mutex_t lock;
	pthread_cond_t room, ready;
};

struct worker {
	struct run *run;
	int number;
	pthread_t id;
};

/* Wait for an item to begin; false when there is none any more. */
static bool begin_item(struct run *run, size_t *item)
{
	while (run->begun < run->end && run->begun - run->put == run->pipeline->window)
		pthread_cond_wait(&run->room, &run->lock);
	if (run->begun >= run->end)
		return false;
	*item = run->begun++;
	return true;
}

static void end_item(struct run *run, size_t item, void *result, int rc, const struct err *err)
{
	if (rc == 0) {
		run->slots[item % run->pipeline->window] = (struct slot){ true, result };
	} else if (item < run->end) {
		run->end = item;
		run->failed = true;
		run->err = *err;
		pthread_cond_broadcast(&run->room);
	}
	pthread_cond_signal(&run->ready);
}

static void *work(void *argument)
{
	const struct worker *worker = argument;
	struct run *run = worker->run;
	size_t item;

	pthread_mutex_lock(&run->lock);
	while (begin_item(run, &item)) {
		struct err err = ERR_INIT;
		void *result = NULL;
		int rc;

		pthread_mutex_unlock(&run->lock);
		rc = run->pipeline->work(run->pipeline->context, item, worker->number, &result, &err);
		pthread_mutex_lock(&run->lock);
		end_item(run, item, result, rc, &err);
	}
	pthread_mutex_unlock(&run->lock);
	return NULL;
}

static void wait_a_little(struct run *run)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += PATIENCE;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&run->ready, &run->lock, &until);
}

/* Begin no further item; those that were begun are still put. */
static void stop(struct run *run)
{
	if (run->begun < run->end)
		run->end = run->begun;
	pthread_cond_broadcast(&run->room);
}

/* Put results in order until the end. The lock is held, but not while others' functions run. */
static int put_all(struct run *run, struct err *err)
{
	const struct pipeline *pipeline = run->pipeline;
	int rc = 0;

	while (rc == 0 && run->put < run->end) {
		struct slot *slot = &run->slots[run->put % pipeline->window];
		bool stopped;

		pthread_mutex_unlock(&run->lock);
		stopped = pipeline->stopped && pipeline->stopped(pipeline->context);
		pthread_mutex_lock(&run->lock);
		if (stopped)
			stop(run);
		if (run->put >= run->end)
			break;
		if (!slot->done) {
			wait_a_little(run);
			continue;
		}
		slot->done = false;
		pthread_mutex_unlock(&run->lock);
		rc = pipeline->put(pipeline->context, run->put, slot->result, err);
		pthread_mutex_lock(&run->lock);
		run->put++;
		pthread_cond_broadcast(&run->room);
	}
	if (rc < 0)
		stop(run);
	return rc;
}

static void drop_rest(struct run *run)
{
	for (size_t i = 0; i < run->pipeline->window; i++)
		if (run->slots[i].done)
			run->pipeline->drop(run->slots[i].result);
	free(run->slots);
}

static int start(struct run *run, struct worker *workers)
{
	int wanted = run->pipeline->threads, started = 0;

	wanted = wanted < 1 ? 1 : wanted < MOST_THREADS ? wanted : MOST_THREADS;
	for (; started < wanted; started++) {
		workers[started] = (struct worker){ run, started, 0 };
		if (pthread_create(&workers[started].id, NULL, work, &workers[started]) != 0)
			break;
	}
	return started;
}

enum pipeline_end pipeline_run(const struct pipeline *pipeline, struct err *err)
{
	struct run run = { .pipeline = pipeline, .end = pipeline->items, .err = ERR_INIT,
			   .lock = PTHREAD_MUTEX_INITIALIZER, .room = PTHREAD_COND_INITIALIZER,
			   .ready = PTHREAD_COND_INITIALIZER };
	struct worker workers[MOST_THREADS];
	int started, rc = 0;

	run.slots = checked_calloc(pipeline->window, sizeof(*run.slots));
	if (!run.slots)
		return err_set_memory(err), PIPELINE_FAILED;
	started = start(&run, workers);
	if (started == 0)
		rc = err_set(err, ERR_SYSTEM, "cannot start a thread; try again with fewer jobs");
	pthread_mutex_lock(&run.lock);
	if (rc == 0)
		rc = put_all(&run, err);
	pthread_mutex_unlock(&run.lock);
	for (int i = 0; i < started; i++)
		pthread_join(workers[i].id, NULL);
	drop_rest(&run);
	if (rc < 0)
		return PIPELINE_FAILED;
	if (run.failed) {
		*err = run.err;
		return PIPELINE_FAILED;
	}
	return run.put < pipeline->items ? PIPELINE_STOPPED : PIPELINE_DONE;
}
