/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-stage grounding of a picture with five phrases, new ones for each picture, whose vectors are made too, beside
 * peer_onestage.py in rounds of alternate.py:
 *
 *	bench_onestage MODEL WORDS PICTURES THREADS
 *
 * Prints {"ready"}; then, for each line on standard input, grounds PICTURES pictures and prints
 * {"items","seconds","cpu"}.
 */
#include "inference/core/product.h"
#include "inference/systems/onestage.h"
#include "lib/formats/json_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PHRASES 5

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int ground(const struct onestage *model, struct onestage_state *state, const struct image *image,
		  long number, struct err *err)
{
	struct onestage_found found[PHRASES];
	const char *phrases[PHRASES];
	char texts[PHRASES][64];

	for (int i = 0; i < PHRASES; i++) {
		snprintf(texts[i], sizeof(texts[i]), "the man on the left of %ld %d", number, i);
		phrases[i] = texts[i];
	}
	return onestage_ground(model, state, image, phrases, PHRASES, found, err);
}

/* `*number` counts pictures over all rounds. */
static int run_round(const struct onestage *model, struct onestage_state *state, const struct image *image,
		     long pictures, long *number, struct err *err)
{
	double seconds = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

	for (long i = 0; i < pictures; i++)
		if (ground(model, state, image, (*number)++, err) < 0)
			return -1;
	seconds = now(CLOCK_MONOTONIC) - seconds;
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	json_line_write(stdout, json_pack("{s:I,s:f,s:f}", "items", (json_int_t)pictures, "seconds", seconds,
					  "cpu", cpu));
	fflush(stdout);
	return 0;
}

static int run_rounds(const struct onestage *model, struct onestage_state *state, long pictures, struct err *err)
{
	struct image image = IMAGE_INIT;
	int rc = image_alloc(&image, 640, 480, err);
	long number = 0;
	char line[16];

	if (rc == 0)
		puts("{\"ready\":true}");
	fflush(stdout);
	while (rc == 0 && fgets(line, sizeof(line), stdin))
		rc = run_round(model, state, &image, pictures, &number, err);
	image_release(&image);
	return rc;
}

int main(int argc, char **argv)
{
	struct onestage_options options = { .words = argc > 2 ? argv[2] : NULL };
	int threads = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 2, rc = -1;
	struct onestage_state *state = NULL;
	struct onestage *model;
	struct err err = ERR_INIT;
	char text[1400];

	if (argc < 5 || threads < 1) {
		fputs("usage: bench_onestage MODEL WORDS PICTURES THREADS\n", stderr);
		return 2;
	}
	product_set_threads(threads);
	model = onestage_open(argv[1], &options, &err);
	if (model)
		state = onestage_state_new(model, threads, &err);
	if (state)
		rc = run_rounds(model, state, strtol(argv[3], NULL, 10), &err);
	if (rc < 0)
		fprintf(stderr, "%s\n", err_format(&err, text, sizeof(text)));
	onestage_state_free(state);
	onestage_free(model);
	return rc < 0;
}
