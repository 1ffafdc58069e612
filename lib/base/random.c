/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/random.h"

#define GOLDEN_RATIO 0x9E3779B97F4A7C15u

uint64_t random_next(struct random_stream *stream)
{
	uint64_t z = stream->state += GOLDEN_RATIO;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

struct random_stream random_stream(uint64_t seed, const char *text)
{
	struct random_stream stream;
	uint64_t hash = 0xCBF29CE484222325u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
	stream.state = hash + seed * GOLDEN_RATIO;
	/* Else seeds next to each other would give one sequence, shifted. */
	stream.state = random_next(&stream);
	return stream;
}

uint64_t random_below(struct random_stream *stream, uint64_t n)
{
	return random_next(stream) % n;
}
