/* SPDX-License-Identifier: Apache-2.0 */
/* Results in order whatever threads do, never more than the window, and the ways to end. */
#include "lib/base/pipeline.h"
#include "tests/unit/test.h"

#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#define ITEMS 500
#define NOTHING SIZE_MAX

struct job {
	size_t window;
	size_t bad[2];      /* items that fail */
	size_t bad_put;     /* the result that cannot be taken */
	size_t stop_after;  /* results */
	atomic_size_t begun, dropped, most_ahead;
	atomic_size_t put;  /* also read by the threads */
};

/* Each result is its item's number on the heap, so that a lost one is a leak. */
static int make(void *context, size_t item, int thread, void **result, struct err *err)
{
	struct job *job = context;
	size_t ahead = atomic_fetch_add(&job->begun, 1) + 1 - atomic_load(&job->put);
	size_t most = atomic_load(&job->most_ahead);

	assert_true(thread >= 0);
	while (ahead > most && !atomic_compare_exchange_weak(&job->most_ahead, &most, ahead))
		;
	/* The first ones of a window take longest. */
	if (item % 7 == 0)
		usleep(2000);
	if (item == job->bad[0] || item == job->bad[1])
		return err_set(err, ERR_DATA, "item %zu is bad", item);
	*result = malloc(sizeof(size_t));
	*(size_t *)*result = item;
	return 0;
}

static int take(void *context, size_t item, void *result, struct err *err)
{
	struct job *job = context;
	size_t number = *(size_t *)result;

	free(result);
	assert_int_equal(number, item);
	assert_int_equal(item, atomic_load(&job->put));
	if (item == job->bad_put)
		return err_set(err, ERR_SYSTEM, "the disk is full");
	atomic_fetch_add(&job->put, 1);
	return 0;
}

static bool is_enough(void *context)
{
	struct job *job = context;

	return atomic_load(&job->put) >= job->stop_after;
}

static struct job *dropping;

static void drop(void *result)
{
	atomic_fetch_add(&dropping->dropped, 1);
	free(result);
}

static enum pipeline_end run(struct job *job, int threads, size_t items, struct err *err)
{
	const struct pipeline pipeline = { threads, items, job->window, make, take, is_enough, drop, job };

	dropping = job;
	return pipeline_run(&pipeline, err);
}

static struct job new_job(size_t window)
{
	return (struct job){ .window = window, .bad = { NOTHING, NOTHING }, .bad_put = NOTHING,
			     .stop_after = NOTHING };
}

static void test_all_in_order(void **state)
{
	static const size_t windows[] = { 1, 3, 64, 2 * ITEMS };

	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++)
		for (int threads = 1; threads <= 5; threads += 2) {
			struct job job = new_job(windows[i]);
			struct err err = ERR_INIT;

			assert_int_equal(run(&job, threads, ITEMS, &err), PIPELINE_DONE);
			assert_int_equal(job.put, ITEMS);
			assert_int_equal(job.begun, ITEMS);
			/* A result counts as put a moment after the next may begin. */
			assert_true(job.most_ahead <= windows[i] + 1);
		}
}

static void test_nothing_to_do(void **state)
{
	struct job job = new_job(4);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(run(&job, 3, 0, &err), PIPELINE_DONE);
	assert_int_equal(job.begun, 0);
}

/* Of two that fail the first by number counts, though the other fails sooner. */
static void test_the_first_failure(void **state)
{
	struct job job = new_job(16);
	struct err err = ERR_INIT;

	(void)state;
	job.bad[0] = 70;
	job.bad[1] = 71;
	assert_int_equal(run(&job, 4, ITEMS, &err), PIPELINE_FAILED);
	assert_string_equal(err.text, "item 70 is bad");
	assert_int_equal(job.put, 70);
	assert_true(job.begun < 70 + 16 + 1);
	assert_int_equal(job.put + job.dropped + 1 + (job.begun > 71), job.begun);
}

static void test_what_cannot_be_put(void **state)
{
	struct job job = new_job(8);
	struct err err = ERR_INIT;

	(void)state;
	job.bad_put = 33;
	assert_int_equal(run(&job, 3, ITEMS, &err), PIPELINE_FAILED);
	assert_string_equal(err.text, "the disk is full");
	assert_int_equal(job.put, 33);
	assert_int_equal(job.begun, job.put + job.dropped + 1);
}

/* What was begun is put after a stop, and no more is begun. */
static void test_a_stop(void **state)
{
	struct job job = new_job(8);
	struct err err = ERR_INIT;

	(void)state;
	job.stop_after = 20;
	assert_int_equal(run(&job, 3, ITEMS, &err), PIPELINE_STOPPED);
	assert_true(job.put >= 20 && job.put <= 20 + 8);
	assert_int_equal(job.begun, job.put);
	assert_int_equal(job.dropped, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_in_order),	   cmocka_unit_test(test_nothing_to_do),
		cmocka_unit_test(test_the_first_failure), cmocka_unit_test(test_what_cannot_be_put),
		cmocka_unit_test(test_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
