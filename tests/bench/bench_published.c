/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rounds of a published system, beside peer_published.py:
 *
 *	bench_published bert_crf|hvpnet|resnet FOLDER [THREADS]
 *
 * FOLDER is what published.py wrote. Prints a line when it is ready, then runs one round for each line
 * that it reads and prints {"items", "seconds", "cpu"}. A round is words and picture files to tags and
 * posterior confidences, which the peer leaves out; of `resnet` it is the network on four pictures in
 * memory for each thread.
 */
#include "inference/systems/registry.h"
#include "inference/vision/image_input.h"
#include "inference/vision/resnet.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/pool.h"
#include "lib/formats/conll.h"
#include "lib/image/decode.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GROUP 512 /* tweets in one call, as the command does */

struct bench {
	const char *system, *folder;
	int threads;
	struct arena arena;
	/* Of tweets. */
	struct predictor *predictor;
	struct predict_record *records; /* [n] */
	size_t n, capacity;
	/* Of pictures alone. */
	struct resnet *resnet;
	struct scratch *scratch; /* [threads] */
	float *pictures;         /* [RESNET_BATCH, ...] */
};

static double seconds_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static char *path_of(struct bench *bench, const char *name)
{
	return arena_format(&bench->arena, "%s/%s", bench->folder, name);
}

static int read_tweets(struct bench *bench, struct err *err)
{
	struct conll_reader *reader = conll_open(path_of(bench, "tweets.txt"), err);
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

/* A line a tweet: the picture, then up to three crops, between tabs. */
static int read_pictures(struct bench *bench, struct err *err)
{
	struct buf text = BUF_INIT;
	char *lines, *line, *rest;

	if (file_read_all(path_of(bench, "pictures.tsv"), &text, 1 << 26, err) < 0)
		return -1;
	lines = arena_copy(&bench->arena, text.data);
	buf_release(&text);
	for (size_t i = 0; lines && i < bench->n && (line = strsep(&lines, "\n")); i++) {
		struct record_pictures *pictures = &bench->records[i].pictures;

		rest = line;
		pictures->whole = strsep(&rest, "\t");
		for (size_t crop = 0; rest && crop < 3; crop++)
			pictures->crops[crop] = strsep(&rest, "\t");
	}
	return 0;
}

/* Anew for each round, as a predictor remembers the pictures of the last. */
static int open_predictor(struct bench *bench, struct err *err)
{
	const struct system_options options = { .jobs = bench->threads,
						.vocabulary = path_of(bench, "vocab.txt") };
	char *model = arena_format(&bench->arena, "%s/%s.safetensors", bench->folder, bench->system);

	if (bench->predictor)
		bench->predictor->free(bench->predictor);
	bench->predictor = predictor_open(model, NULL, &options, err);
	return bench->predictor ? 0 : -1;
}

static int open_tweets(struct bench *bench, struct err *err)
{
	if (open_predictor(bench, err) < 0 || read_tweets(bench, err) < 0)
		return -1;
	return bench->predictor->reads & READS_WHOLE ? read_pictures(bench, err) : 0;
}

static int open_resnet(struct bench *bench, struct err *err)
{
	struct weights weights;

	if (weights_open(&weights, path_of(bench, "hvpnet.safetensors"), err) < 0)
		return -1;
	bench->resnet = resnet_new(&weights, "image_model.resnet.", 50, err);
	weights_close(&weights);
	bench->scratch = checked_calloc((size_t)bench->threads, sizeof(*bench->scratch));
	bench->pictures = checked_calloc(RESNET_BATCH * IMAGENET_FLOATS, sizeof(*bench->pictures));
	if (!bench->resnet || !bench->scratch || !bench->pictures)
		return -1;
	for (size_t i = 0; i < RESNET_BATCH * IMAGENET_FLOATS; i++)
		bench->pictures[i] = (float)(i % 1009) / 504 - 1;
	return 0;
}

static int predict_all(struct bench *bench, struct err *err)
{
	struct outcome outcomes[GROUP];
	struct arena arena = ARENA_INIT;
	int rc = 0;

	for (size_t at = 0; at < bench->n && rc == 0; at += GROUP) {
		size_t n = bench->n - at < GROUP ? bench->n - at : GROUP;

		rc = bench->predictor->predict(bench->predictor, bench->records + at, n, outcomes,
					       NULL, &arena, err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			if (outcomes[i].fault)
				rc = err_set(err, ERR_DATA, "record %zu: %s", at + i, outcomes[i].fault);
		arena_reset(&arena);
	}
	arena_release(&arena);
	return rc;
}

static void run_pictures(void *context, size_t item, int thread)
{
	struct bench *bench = context;
	struct resnet_maps maps;
	struct err err = ERR_INIT;

	(void)item;
	if (resnet_run(bench->resnet, bench->pictures, RESNET_BATCH, IMAGENET_SIDE,
		       &bench->scratch[thread], &maps, &err) < 0)
		BUG(err.text);
}

static int run_round(struct bench *bench, struct err *err)
{
	size_t threads = (size_t)bench->threads, items = bench->n;
	int rc = bench->resnet ? 0 : open_predictor(bench, err);
	double start = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);

	if (rc < 0)
		return -1;
	if (bench->resnet) {
		pool_run(bench->threads, threads, run_pictures, bench);
		items = threads * RESNET_BATCH;
	} else {
		rc = predict_all(bench, err);
	}
	if (rc < 0)
		return -1;
	rc = json_line_write(stdout, json_pack("{s:I, s:f, s:f}", "items", (json_int_t)items, "seconds",
					       seconds_of(CLOCK_MONOTONIC) - start, "cpu",
					       seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu));
	fflush(stdout);
	return rc;
}

static int run(struct bench *bench, struct err *err)
{
	bool alone = strcmp(bench->system, "resnet") == 0;
	char line[16];

	if ((alone ? open_resnet(bench, err) : open_tweets(bench, err)) < 0)
		return -1;
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		if (run_round(bench, err) < 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { .arena = ARENA_INIT };
	struct err err = ERR_INIT;
	char text[1400];
	int rc;

	if (argc < 3) {
		fprintf(stderr, "usage: bench_published bert_crf|hvpnet|resnet FOLDER [THREADS]\n");
		return 2;
	}
	bench.system = argv[1];
	bench.folder = argv[2];
	bench.threads = argc > 3 ? (int)strtol(argv[3], NULL, 10) : pool_processors();
	if (bench.threads < 1)
		bench.threads = 1;
	rc = run(&bench, &err);
	if (rc < 0)
		fprintf(stderr, "bench_published: %s\n", err_format(&err, text, sizeof(text)));
	if (bench.predictor)
		bench.predictor->free(bench.predictor);
	for (int i = 0; bench.scratch && i < bench.threads; i++)
		scratch_release(&bench.scratch[i]);
	free(bench.scratch);
	free(bench.pictures);
	resnet_free(bench.resnet);
	free(bench.records);
	arena_release(&bench.arena);
	return rc < 0 ? 3 : 0;
}
