/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that look random and are the same everywhere for the same seed and text: SplitMix64 from
 * a state that FNV-1a of the text and the seed lead to. Not for secrets.
 *
 *	struct random_stream stream = random_stream(seed, "17_06_4705.jpg");
 *	left = random_below(&stream, width - 223);
 */
#ifndef TAGSIGHT_BASE_RANDOM_H
#define TAGSIGHT_BASE_RANDOM_H

#include <stdint.h>

struct random_stream {
	uint64_t state;
};

struct random_stream random_stream(uint64_t seed, const char *text);

uint64_t random_next(struct random_stream *stream);

/* From 0 to n - 1, for an n above 0 that is far below 2^64, so that none is favoured. */
uint64_t random_below(struct random_stream *stream, uint64_t n);

#endif
