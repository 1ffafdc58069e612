/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures a second of a Darknet network, beside peer_darknet.py:
 *
 *	bench_darknet CFG WEIGHTS BATCH THREADS
 *
 * Prints a line when it is ready and, for each line that it reads, {"items","seconds","cpu","batch"} of a
 * round of 8 pictures, from planes to boxes above a threshold. BATCH 1: one after the other, each on all
 * threads; more: a thread takes a picture at a time, as `tagsight ground` does.
 */
#include "inference/vision/darknet.h"
#include "lib/base/pool.h"
#include "lib/formats/json_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PICTURES 8
#define THRESHOLD 0.25f
#define MAX_THREADS 64

struct bench {
	struct darknet_model *model;
	struct darknet_state *states[MAX_THREADS];
	int batch, threads;
	float *planes; /* [3, height, width] */
};

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void run_picture(void *context, size_t item, int thread)
{
	struct bench *bench = context;
	struct darknet_state *state = bench->states[thread];
	struct darknet_candidates found = { 0 };
	struct err err = ERR_INIT;

	(void)item;
	darknet_run(bench->model, state, bench->planes);
	for (size_t i = 0; i < darknet_n_heads(bench->model); i++) {
		const struct darknet_head *head = darknet_head(bench->model, i);
		struct map map = darknet_output(bench->model, state, head->layer);

		if (darknet_head_candidates(head, &map, 0, THRESHOLD, &found, &err) < 0)
			BUG(err.text);
	}
	free(found.items);
}

static void run_round(struct bench *bench)
{
	double seconds = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

	pool_run(bench->batch == 1 ? 1 : bench->threads, PICTURES, run_picture, bench);
	seconds = now(CLOCK_MONOTONIC) - seconds;
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	json_line_write(stdout, json_pack("{s:i,s:f,s:f,s:i}", "items", PICTURES, "seconds", seconds, "cpu",
					  cpu, "batch", bench->batch));
	fflush(stdout);
}

static struct darknet_model *open_model(const char *cfg_path, const char *weights, struct err *err)
{
	struct darknet_options options = { 0 };
	struct darknet_model *model = NULL;
	struct arena arena = ARENA_INIT;
	struct darknet_cfg cfg;

	if (darknet_cfg_read(&cfg, cfg_path, &arena, err) == 0)
		model = darknet_new(&cfg, &options, err);
	arena_release(&arena);
	if (model && darknet_load_file(model, weights, err) == 0)
		return model;
	darknet_free(model);
	return NULL;
}

static int open_bench(struct bench *bench, char **argv, struct err *err)
{
	size_t floats;

	bench->model = open_model(argv[1], argv[2], err);
	if (!bench->model)
		return -1;
	floats = (size_t)3 * (size_t)darknet_width(bench->model) * (size_t)darknet_height(bench->model);
	bench->planes = malloc(floats * sizeof(float));
	if (!bench->planes)
		return err_set_memory(err);
	for (size_t i = 0; i < floats; i++)
		bench->planes[i] = (float)(i * 2654435761u % 1024) / 1024;
	for (int i = 0; i < (bench->batch == 1 ? 1 : bench->threads); i++) {
		bench->states[i] =
			darknet_state_new(bench->model, bench->batch == 1 ? bench->threads : 1, err);
		if (!bench->states[i])
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	struct err err = ERR_INIT;
	char text[1024], line[16];
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: bench_darknet CFG WEIGHTS BATCH THREADS\n");
		return 2;
	}
	bench.batch = (int)strtol(argv[3], NULL, 10);
	bench.threads = (int)strtol(argv[4], NULL, 10);
	if (bench.threads < 1 || bench.threads > MAX_THREADS)
		bench.threads = 1;
	rc = open_bench(&bench, argv, &err);
	if (rc < 0)
		fprintf(stderr, "bench_darknet: %s\n", err_format(&err, text, sizeof(text)));
	else
		puts("{\"ready\":true}");
	fflush(stdout);
	while (rc == 0 && fgets(line, sizeof(line), stdin))
		run_round(&bench);
	for (int i = 0; i < MAX_THREADS; i++)
		darknet_state_free(bench.states[i]);
	darknet_free(bench.model);
	free(bench.planes);
	return rc < 0 ? 3 : 0;
}
