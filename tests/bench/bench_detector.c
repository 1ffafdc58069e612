/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures a second of the default detector, beside peer_detector.py:
 *
 *	bench_detector MODEL THREADS REPEAT PICTURE...
 *
 * Prints one JSON line with the peer's keys: `network` is the letterboxed picture to raw outputs;
 * `whole` adds decoding the file, resizing, boxes and suppression. Threads share the model and take
 * pictures in turn, as `tagsight ground` does, so give at least as many pictures as threads. The
 * fastest of REPEAT rounds counts; loading the model is in none.
 */
#include "inference/core/product.h"
#include "inference/vision/image_input.h"
#include "inference/vision/nanodet.h"
#include "lib/base/pool.h"
#include "lib/formats/json_lines.h"
#include "lib/image/decode.h"

#include <time.h>

#define THRESHOLD 0.4f
#define MAX_THREADS 64

struct bench {
	struct nanodet_model *model;
	struct nanodet_state *states[MAX_THREADS];
	int threads;
	struct arena arena;
	float **inputs; /* [n][3 * side * side] */
	char **paths;
	size_t n;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int prepare(struct bench *bench, size_t i, struct err *err)
{
	const struct nanodet_config *config = nanodet_model_config(bench->model);
	struct image image = IMAGE_INIT, square = IMAGE_INIT;
	struct letterbox place;

	if (image_decode_file(&image, bench->paths[i], NULL, NULL, err) < 0)
		return -1;
	place = letterbox_place(image.width, image.height, config->side);
	bench->inputs[i] = arena_alloc(&bench->arena, (size_t)config->side * (size_t)config->side * 3,
				       sizeof(float));
	if (!bench->inputs[i] || letterbox_image(&square, &image, &place, err) < 0) {
		image_release(&image);
		return err_set_memory(err);
	}
	image_to_bgr_planes(&square, config->mean, config->deviation, bench->inputs[i]);
	image_release(&square);
	image_release(&image);
	return 0;
}

static void run_network(void *context, size_t item, int thread)
{
	struct bench *bench = context;

	nanodet_run(bench->model, bench->states[thread], bench->inputs[item]);
}

/* Every picture was decoded once before, so a failure here is one of memory. */
static void run_whole(void *context, size_t item, int thread)
{
	struct bench *bench = context;
	struct image image = IMAGE_INIT;
	struct arena arena = ARENA_INIT;
	struct detection *found;
	struct err err = ERR_INIT;
	size_t n;

	if (image_decode_file(&image, bench->paths[item], NULL, NULL, &err) < 0 ||
	    nanodet_detect(bench->model, bench->states[thread], &image, THRESHOLD, &found, &n, &arena,
			   &err) < 0)
		BUG(err.text);
	image_release(&image);
	arena_release(&arena);
}

static double fastest(struct bench *bench, int repeat,
		      void (*work)(void *context, size_t item, int thread))
{
	double least = 1e9;

	for (int i = 0; i < repeat; i++) {
		double start = now(), seconds;

		pool_run(bench->threads, bench->n, work, bench);
		seconds = now() - start;
		least = seconds < least ? seconds : least;
	}
	return least;
}

static int measure(struct bench *bench, int repeat)
{
	double network, whole, n = (double)bench->n;

	network = fastest(bench, repeat, run_network);
	whole = fastest(bench, repeat, run_whole);
	return json_line_write(stdout,
			       json_pack("{s:s,s:s,s:i,s:i,s:f,s:f,s:f,s:f}", "program", "tagsight",
					 "kernel", product_kernel_name(), "threads", bench->threads, "pictures",
					 (int)bench->n, "network_ms_per_picture", 1000 * network / n,
					 "network_pictures_per_second", n / network,
					 "whole_pictures_per_second", n / whole, "network_gflops",
					 2e-9 * nanodet_model_products(bench->model) * n / network));
}

static int open_bench(struct bench *bench, const char *model, struct err *err)
{
	bench->model = nanodet_model_new(model, err);
	if (!bench->model)
		return -1;
	for (int i = 0; i < bench->threads; i++) {
		bench->states[i] = nanodet_state_new(bench->model, err);
		if (!bench->states[i])
			return -1;
	}
	bench->inputs = arena_alloc(&bench->arena, bench->n, sizeof(*bench->inputs));
	if (!bench->inputs)
		return err_set_memory(err);
	for (size_t i = 0; i < bench->n; i++)
		if (prepare(bench, i, err) < 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { .arena = ARENA_INIT };
	struct err err = ERR_INIT;
	char text[1024];
	int rc;

	if (argc < 5) {
		fprintf(stderr, "usage: bench_detector MODEL THREADS REPEAT PICTURE...\n");
		return 2;
	}
	bench.paths = argv + 4;
	bench.n = (size_t)argc - 4;
	bench.threads = (int)strtol(argv[2], NULL, 10);
	if (bench.threads < 1 || bench.threads > MAX_THREADS)
		bench.threads = 1;
	rc = open_bench(&bench, argv[1], &err);
	if (rc == 0)
		rc = measure(&bench, (int)strtol(argv[3], NULL, 10));
	else
		fprintf(stderr, "bench_detector: %s\n", err_format(&err, text, sizeof(text)));
	for (int i = 0; i < bench.threads; i++)
		nanodet_state_free(bench.states[i]);
	nanodet_model_free(bench.model);
	arena_release(&bench.arena);
	return rc < 0 ? 3 : 0;
}
