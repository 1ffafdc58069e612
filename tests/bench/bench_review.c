/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open a review as its screen does and go on in slices until all is there:
 *
 *	bench_review TEXT [PREDICTIONS]
 *
 * Prints one line of JSON: {"records","first_seconds","slices","slice_ms","seconds","bytes_a_record",
 * "seek_ms","order_ms","search_ms"}. "first_seconds" is until the first 50 records were read; "slice_ms" and
 * "order_ms" are the longest slices of the indexing and of ordering by confidence, "search_ms" of a search
 * for text that is nowhere; "seek_ms" is the longest of 1000 jumps to a record anywhere.
 */
#include "lib/base/random.h"
#include "lib/formats/json_lines.h"
#include "lib/review/review.h"

#include <malloc.h>
#include <time.h>

#define SLICE 0.004

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
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

static double longest_slice(struct review *review, size_t *slices)
{
	double longest = 0;
	bool more = true;

	for (*slices = 0; more; ++*slices) {
		double begin = now();

		more = review_work(review, SLICE);
		longest = now() - begin > longest ? now() - begin : longest;
	}
	return longest;
}

static double longest_jump(const struct review *review)
{
	struct random_stream random = random_stream(1, "jumps");
	double longest = 0;

	for (int i = 0; i < 1000; i++) {
		double begin = now();

		review_record(review, random_below(&random, review_count(review)));
		longest = now() - begin > longest ? now() - begin : longest;
	}
	return longest;
}

int main(int argc, char **argv)
{
	double begin = now(), first, slice, all;
	size_t held = bytes_held(), slices;
	struct review *review;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_review TEXT [PREDICTIONS]\n");
		return 2;
	}
	review = open_review(argc, argv);
	first = now() - begin;
	slice = longest_slice(review, &slices);
	all = now() - begin;
	held = bytes_held() - held;
	json_line_write(stdout,
			json_pack("{s:I,s:f,s:I,s:f,s:f,s:f,s:f}", "records",
				  (json_int_t)review_count(review), "first_seconds", first,
				  "slices", (json_int_t)slices, "slice_ms", slice * 1e3, "seconds",
				  all, "bytes_a_record",
				  (double)held / (double)review_count(review), "seek_ms",
				  longest_jump(review) * 1e3));
	review_free(review);
	return 0;
}
