/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/fingerprint.h"

#include "lib/image/resample.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FREQUENCY_SIDE 32 /* of the picture whose frequencies are taken */
#define CIRCLE (4 * FREQUENCY_SIDE)
#define KEPT 8 /* frequencies, or fields, a side */
#define COLOUR_SIDE 4
#define GRADIENT_DISTANCE 12
#define COLOUR_MEAN 20 /* levels, over all fields */
#define COLOUR_MOST 60 /* levels, in any field */
#define PLAIN_COLOURS 24 /* levels of a channel between two fields */
#define PLAIN_RANGE 12 /* levels of grey between the darkest and the brightest of the small picture */

/* ---- bytes ---- */

static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The first byte is the least of the word, on every machine. */
static uint64_t word_at(const unsigned char *bytes, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, bytes, n);
	return le64toh(word);
}

/* Two words at a time, each folded into the hash by a long multiplication. */
static uint64_t hash_bytes(const unsigned char *bytes, size_t length)
{
	const uint64_t first = 0x9e3779b97f4a7c15u, second = 0xc2b2ae3d27d4eb4fu;
	uint64_t hash = first ^ length;

	for (; length >= 16; bytes += 16, length -= 16)
		hash = fold(hash ^ word_at(bytes, 8) ^ first, word_at(bytes + 8, 8) ^ second);
	if (length >= 8)
		hash = fold(hash ^ word_at(bytes, 8) ^ first, word_at(bytes + 8, length - 8) ^ second);
	else
		hash = fold(hash ^ word_at(bytes, length) ^ second, first);
	return fold(hash ^ second, first);
}

void fingerprint_bytes(struct fingerprint *fingerprint, const void *bytes, size_t length)
{
	fingerprint->content = hash_bytes(bytes, length);
	fingerprint->bytes = length;
}

/* ---- what a picture shows ---- */

/* Pillow's convert('L'), kept as RGB so that it is resized as such. */
static int grey_copy(struct image *grey, const struct image *image, struct err *err)
{
	size_t pixels = (size_t)image->width * (size_t)image->height;

	if (image_alloc(grey, image->width, image->height, err) < 0)
		return -1;
	for (size_t i = 0; i < pixels; i++) {
		const unsigned char *rgb = image->rgb + 3 * i;
		uint32_t level = rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u;

		memset(grey->rgb + 3 * i, (int)(level >> 16), 3);
	}
	return 0;
}

/* The lowest frequencies of one line: out[k] = 2 * sum of in[i] * cos(pi * k * (2 i + 1) / 64), the
 * DCT of type II without a norm. `cosines` are those of the multiples of pi / 64. */
static void transform_line(double *out, const double *in, const double *cosines)
{
	for (int k = 0; k < KEPT; k++) {
		double sum = 0;

		for (int i = 0; i < FREQUENCY_SIDE; i++)
			sum += in[i] * cosines[k * (2 * i + 1) % CIRCLE];
		/* What would be 0 but for rounding: a plain picture has no frequencies. */
		out[k] = fabs(sum) < 1e-6 ? 0 : 2 * sum;
	}
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Which of the lowest frequencies of a grey picture of 32 x 32 are above their median. */
static uint64_t frequency_bits(const struct image *grey)
{
	double column[FREQUENCY_SIDE], across[KEPT][FREQUENCY_SIDE], down[KEPT];
	double low[KEPT * KEPT], sorted[KEPT * KEPT], cosines[CIRCLE], median;
	uint64_t bits = 0;

	for (int i = 0; i < CIRCLE; i++)
		cosines[i] = cos(2 * M_PI * i / CIRCLE);
	for (int x = 0; x < FREQUENCY_SIDE; x++) {
		for (int y = 0; y < FREQUENCY_SIDE; y++)
			column[y] = grey->rgb[3 * (y * FREQUENCY_SIDE + x)];
		transform_line(down, column, cosines);
		for (int k = 0; k < KEPT; k++)
			across[k][x] = down[k];
	}
	for (int k = 0; k < KEPT; k++)
		transform_line(low + k * KEPT, across[k], cosines);
	memcpy(sorted, low, sizeof(low));
	qsort(sorted, KEPT * KEPT, sizeof(*sorted), compare_doubles);
	median = (sorted[KEPT * KEPT / 2 - 1] + sorted[KEPT * KEPT / 2]) / 2;
	for (int i = 0; i < KEPT * KEPT; i++)
		bits = bits << 1 | (low[i] > median);
	return bits;
}

static uint64_t gradient_bits(const struct image *grey)
{
	uint64_t bits = 0;

	for (int y = 0; y < KEPT; y++)
		for (int x = 0; x < KEPT; x++) {
			const unsigned char *left = grey->rgb + 3 * (y * (KEPT + 1) + x);

			bits = bits << 1 | (left[3] > left[0]);
		}
	return bits;
}

static bool has_little_contrast(const struct image *grey)
{
	int least = 255, most = 0;

	for (int i = 0; i < grey->width * grey->height; i++) {
		int level = grey->rgb[3 * i];

		least = level < least ? level : least;
		most = level > most ? level : most;
	}
	return most - least < PLAIN_RANGE;
}

static int grey_hashes(struct fingerprint *fingerprint, const struct image *image, struct err *err)
{
	struct image grey = IMAGE_INIT, small = IMAGE_INIT, fields = IMAGE_INIT;
	int rc = -1;

	if (grey_copy(&grey, image, err) < 0 ||
	    image_resize_by(&small, &grey, FREQUENCY_SIDE, FREQUENCY_SIDE, RESAMPLE_LANCZOS, err) < 0 ||
	    image_resize_by(&fields, &grey, KEPT + 1, KEPT, RESAMPLE_LANCZOS, err) < 0)
		goto out;
	fingerprint->frequencies = frequency_bits(&small);
	fingerprint->gradients = gradient_bits(&fields);
	fingerprint->plain = has_little_contrast(&small);
	rc = 0;
out:
	image_release(&grey);
	image_release(&small);
	image_release(&fields);
	return rc;
}

/* Two colours may be equally bright. */
static bool has_several_colours(const struct fingerprint *fingerprint)
{
	const unsigned char *colours = fingerprint->colours;

	for (size_t i = 3; i < sizeof(fingerprint->colours); i++)
		if (abs(colours[i] - colours[i % 3]) > PLAIN_COLOURS)
			return true;
	return false;
}

int fingerprint_picture(struct fingerprint *fingerprint, const struct image *image,
			struct err *err)
{
	struct image colours = IMAGE_INIT;

	if (grey_hashes(fingerprint, image, err) < 0 ||
	    image_resize(&colours, image, COLOUR_SIDE, COLOUR_SIDE, err) < 0)
		return -1;
	memcpy(fingerprint->colours, colours.rgb, sizeof(fingerprint->colours));
	fingerprint->plain &= !has_several_colours(fingerprint);
	image_release(&colours);
	return 0;
}

/* ---- comparing ---- */

bool fingerprint_same_bytes(const struct fingerprint *a, const struct fingerprint *b)
{
	return a->content == b->content && a->bytes == b->bytes;
}

int fingerprint_distance(const struct fingerprint *a, const struct fingerprint *b)
{
	return __builtin_popcountll(a->frequencies ^ b->frequencies);
}

static bool colours_alike(const struct fingerprint *a, const struct fingerprint *b)
{
	int sum = 0, most = 0;

	for (size_t i = 0; i < sizeof(a->colours); i++) {
		int difference = abs(a->colours[i] - b->colours[i]);

		sum += difference;
		most = difference > most ? difference : most;
	}
	return sum <= COLOUR_MEAN * (int)sizeof(a->colours) && most <= COLOUR_MOST;
}

bool fingerprint_alike(const struct fingerprint *a, const struct fingerprint *b)
{
	return !a->plain && !b->plain && fingerprint_distance(a, b) <= FINGERPRINT_DISTANCE &&
	       __builtin_popcountll(a->gradients ^ b->gradients) <= GRADIENT_DISTANCE &&
	       colours_alike(a, b);
}
