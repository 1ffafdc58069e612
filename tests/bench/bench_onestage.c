/* SPDX-License-Identifier: Apache-2.0 */
/* Seconds a picture of one-stage grounding with five phrases, new ones for each picture, whose vectors are made too:
 *
 *	bench_onestage MODEL WORDS PICTURES [THREADS]
 */
#include "inference/core/product.h"
#include "inference/systems/onestage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PHRASES 5

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
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

static int measure(const struct onestage *model, struct onestage_state *state, long pictures, struct err *err)
{
	struct image image = IMAGE_INIT;
	double start = 0;
	int rc = image_alloc(&image, 640, 480, err);

	for (long i = -1; rc == 0 && i < pictures; i++) {
		if (i == 0)
			start = now();
		rc = ground(model, state, &image, i, err);
	}
	if (rc == 0)
		printf("tagsight %.4f s a picture\n", (now() - start) / (double)pictures);
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

	if (argc < 4 || threads < 1) {
		fputs("usage: bench_onestage MODEL WORDS PICTURES [THREADS]\n", stderr);
		return 2;
	}
	product_set_threads(threads);
	model = onestage_open(argv[1], &options, &err);
	if (model)
		state = onestage_state_new(model, threads, &err);
	if (state)
		rc = measure(model, state, strtol(argv[3], NULL, 10), &err);
	if (rc < 0)
		fprintf(stderr, "%s\n", err_format(&err, text, sizeof(text)));
	onestage_state_free(state);
	onestage_free(model);
	return rc < 0;
}
