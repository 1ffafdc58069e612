/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open a review as its screen does and go on in slices until all is there:
 *
 *	bench_review TEXT [PREDICTIONS]
 *
 * Prints one line of JSON: {"records","first_seconds","slices","slice_ms","slice_cpu_ms","seconds","cpu",
 * "bytes_a_record","jump_ms","order_ms","order_slice_ms","search_ms","search_slice_ms"}. "first_seconds" is
 * until the first 50 records were read; a slice is asked to take 4 ms, "slice_ms" and "slice_cpu_ms" are what
 * the longest took by the clock and by the processor; "jump_ms" is the longest of 1000 reads of a record
 * anywhere; "order_ms" is ordering by confidence, "search_ms" a search for a text that is nowhere.
 */
#include "lib/base/random.h"
#include "lib/formats/json_lines.h"
#include "lib/review/queue.h"

#include <malloc.h>
#include <time.h>

#define SLICE 0.004

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static size_t bytes_held(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static struct review *open_review(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(argv[1], &err);

	if (!review ||
	    (argc > 2 && review_read_predictions(review, argv[2], &note, &err) < 0))
		BUG(err.text);
	buf_release(&note);
	for (size_t i = 0; i < 50 && i < review_count(review); i++)
		review_record(review, i);
	return review;
}

struct slices {
	size_t n;
	double seconds, cpu;                 /* all */
	double longest, longest_cpu;         /* in ms */
	double begin, begin_cpu;             /* of the one that runs */
};

static void begin_slice(struct slices *slices)
{
	slices->begin = now(CLOCK_MONOTONIC);
	slices->begin_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
}

static void end_slice(struct slices *slices)
{
	double took = now(CLOCK_MONOTONIC) - slices->begin;
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID) - slices->begin_cpu;

	slices->n++;
	slices->seconds += took;
	slices->cpu += cpu;
	if (took * 1e3 > slices->longest)
		slices->longest = took * 1e3;
	if (cpu * 1e3 > slices->longest_cpu)
		slices->longest_cpu = cpu * 1e3;
}

static struct slices read_all(struct review *review)
{
	struct slices slices = { 0 };
	bool more = true;

	while (more) {
		begin_slice(&slices);
		more = review_work(review, SLICE);
		end_slice(&slices);
	}
	return slices;
}

static struct slices jump_about(const struct review *review)
{
	struct random_stream random = random_stream(1, "jumps");
	struct slices slices = { 0 };

	for (int i = 0; i < 1000; i++) {
		begin_slice(&slices);
		review_record(review, random_below(&random, review_count(review)));
		end_slice(&slices);
	}
	return slices;
}

static struct slices order(struct review_queue *queue)
{
	static const struct review_filter all = REVIEW_FILTER_INIT;
	struct slices slices = { 0 };
	bool more = true;

	if (review_queue_make(queue, ORDER_CONFIDENCE, 0, &all) < 0)
		BUG("no memory");
	while (more) {
		begin_slice(&slices);
		more = review_queue_work(queue, SLICE);
		end_slice(&slices);
	}
	return slices;
}

static struct slices search(const struct review_queue *queue)
{
	struct review_search walk =
		review_search_from(queue, GOAL_TEXT, "nowhere to be found", 0, true);
	enum search_status status = SEARCH_MORE;
	struct slices slices = { 0 };

	while (status == SEARCH_MORE) {
		begin_slice(&slices);
		status = review_search_work(queue, &walk, SLICE);
		end_slice(&slices);
	}
	return slices;
}

static void print(const struct review *review, double first, size_t held, struct review_queue *queue,
		  const struct slices *reading)
{
	struct slices jumps = jump_about(review), searching = search(queue), ordering = order(queue);

	json_line_write(
		stdout,
		json_pack("{s:I,s:f,s:I,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "records",
			  (json_int_t)review_count(review), "first_seconds", first, "slices",
			  (json_int_t)reading->n, "slice_ms", reading->longest, "slice_cpu_ms",
			  reading->longest_cpu, "seconds", reading->seconds, "cpu", reading->cpu,
			  "bytes_a_record", (double)held / (double)review_count(review), "jump_ms",
			  jumps.longest, "order_ms", ordering.seconds * 1e3, "order_slice_ms",
			  ordering.longest_cpu, "search_ms", searching.seconds * 1e3,
			  "search_slice_ms", searching.longest_cpu));
}

int main(int argc, char **argv)
{
	double begin = now(CLOCK_MONOTONIC), first;
	size_t held = bytes_held();
	struct review_queue *queue;
	struct slices reading;
	struct review *review;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_review TEXT [PREDICTIONS]\n");
		return 2;
	}
	review = open_review(argc, argv);
	first = now(CLOCK_MONOTONIC) - begin;
	reading = read_all(review);
	held = bytes_held() - held;
	queue = review_queue_new(review);
	if (!queue)
		return 3;
	print(review, first, held, queue, &reading);
	review_queue_free(queue);
	review_free(review);
	return 0;
}
