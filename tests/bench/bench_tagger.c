/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tweets a second of the default tagger, beside peer_tagger.py:
 *
 *	bench_tagger MODEL DATA [THREADS [REPEAT]]
 *
 * Prints one JSON line with the peer's keys: `whole` is words to tags, tokenising and Viterbi
 * included, and posterior confidences, which the peer leaves out. The fastest of REPEAT rounds
 * counts; loading the model and reading the file are in none.
 */
#include "inference/systems/registry.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"
#include "lib/formats/conll.h"

#include <time.h>

#define GROUP 512 /* tweets in one call, as the command does */

struct bench {
	struct predictor *predictor;
	struct arena arena;
	struct predict_record *records; /* [n] */
	size_t n, capacity;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int read_tweets(struct bench *bench, const char *path, struct err *err)
{
	struct conll_reader *reader = conll_open(path, err);
	struct sentence sentence, *copy;
	enum read_status status = READ_FAIL;

	while (reader && (status = conll_next(reader, &sentence, &bench->arena, err)) == READ_OK) {
		copy = arena_alloc(&bench->arena, 1, sizeof(*copy));
		if (!copy || GROW(bench->records, bench->n, bench->capacity) < 0) {
			status = READ_FAIL;
			err_set_memory(err);
			break;
		}
		*copy = sentence;
		bench->records[bench->n++] = (struct predict_record){ .sentence = copy };
	}
	conll_close(reader);
	return status == READ_EOF ? 0 : -1;
}

/* Negative on failure. */
static double whole_seconds(const struct bench *bench, struct err *err)
{
	struct outcome outcomes[GROUP];
	struct arena arena = ARENA_INIT;
	double start = now();
	int rc = 0;

	for (size_t at = 0; at < bench->n && rc == 0; at += GROUP) {
		size_t n = bench->n - at < GROUP ? bench->n - at : GROUP;

		rc = bench->predictor->predict(bench->predictor, bench->records + at, n, outcomes,
					       NULL, &arena, err);
		arena_reset(&arena);
	}
	arena_release(&arena);
	return rc < 0 ? -1 : now() - start;
}

static int run(struct bench *bench, int threads, long repeat, struct err *err)
{
	double best = 0;

	for (long i = 0; i < repeat; i++) {
		double seconds = whole_seconds(bench, err);

		if (seconds < 0)
			return -1;
		if (i == 0 || seconds < best)
			best = seconds;
	}
	return json_line_write(stdout,
			       json_pack("{s:s, s:i, s:I, s:f, s:f}", "peer", "tagsight", "threads",
					 threads, "tweets", (json_int_t)bench->n, "whole_seconds", best,
					 "whole_tweets_per_second", (double)bench->n / best));
}

int main(int argc, char **argv)
{
	struct bench bench = { .arena = ARENA_INIT };
	int threads = argc > 3 ? (int)strtol(argv[3], NULL, 10) : pool_processors();
	long repeat = argc > 4 ? strtol(argv[4], NULL, 10) : 3;
	struct err err = ERR_INIT;
	char text[1400];
	int rc = -1;

	if (argc < 3 || threads < 1 || repeat < 1) {
		fprintf(stderr, "usage: bench_tagger MODEL DATA [THREADS [REPEAT]]\n");
		return 2;
	}
	bench.predictor = predictor_open(argv[1], NULL, &(struct system_options){ .jobs = threads }, &err);
	if (bench.predictor && read_tweets(&bench, argv[2], &err) == 0)
		rc = run(&bench, threads, repeat, &err);
	if (rc < 0)
		fprintf(stderr, "bench_tagger: %s\n", err_format(&err, text, sizeof(text)));
	if (bench.predictor)
		bench.predictor->free(bench.predictor);
	free(bench.records);
	arena_release(&bench.arena);
	return rc < 0 ? 3 : 0;
}
