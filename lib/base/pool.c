/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define POOL_THREADS 256

struct pool {
	void (*work)(void *context, size_t item, int thread);
	void *context;
	size_t n;
	atomic_size_t next;
};

struct pool_thread {
	struct pool *pool;
	int number;
	pthread_t id;
};

int pool_processors(void)
{
	cpu_set_t set;
	int n = 0;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	return n > 0 ? n : 1;
}

static void *run_thread(void *argument)
{
	struct pool_thread *thread = argument;
	struct pool *pool = thread->pool;
	size_t item;

	while ((item = atomic_fetch_add(&pool->next, 1)) < pool->n)
		pool->work(pool->context, item, thread->number);
	return NULL;
}

void pool_run(int jobs, size_t n, void (*work)(void *context, size_t item, int thread),
	      void *context)
{
	struct pool pool = { work, context, n, 0 };
	struct pool_thread threads[POOL_THREADS];
	int wanted = jobs > 0 ? jobs : pool_processors(), started = 1;

	if (wanted > POOL_THREADS)
		wanted = POOL_THREADS;
	if ((size_t)wanted > n)
		wanted = n ? (int)n : 1;
	threads[0] = (struct pool_thread){ &pool, 0, pthread_self() };
	for (; started < wanted; started++) {
		threads[started] = (struct pool_thread){ &pool, started, 0 };
		if (pthread_create(&threads[started].id, NULL, run_thread, &threads[started]) != 0)
			break;
	}
	run_thread(&threads[0]);
	for (int i = 1; i < started; i++)
		pthread_join(threads[i].id, NULL);
}
