/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/drawing.h"

#include "lib/base/checked.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HARD 48		   /* levels */
#define SOFT 4		   /* more than these */
#define NEAR 32		   /* levels between colours of one paint */
#define COLOURS (1 << 15)  /* at most; a picture of more is no drawing, and the rest is left out */
#define LEAST_COLOUR 1000  /* a colour is one of a paint from one pixel in so many on */
#define LEAST_PAINT 100
#define PAINTS (LEAST_COLOUR + 1)
#define LEAST_SMALL_GROUND 0.08f

/* How often each exact colour occurs among even pixels. */
struct colours {
	uint32_t *keys;   /* [n_slots] colour + 1; 0 when free */
	uint32_t *counts; /* [n_slots] */
	size_t n_slots;   /* a power of two, twice the colours or more */
	size_t n;
};

struct paint {
	uint32_t colour;
	uint64_t pixels;
};

static int colours_init(struct colours *colours, uint64_t pixels, struct err *err)
{
	colours->n = 0;
	colours->n_slots = 2;
	while (colours->n_slots < 2 * pixels && colours->n_slots < 2 * COLOURS)
		colours->n_slots *= 2;
	colours->keys = checked_calloc(colours->n_slots, sizeof(*colours->keys));
	colours->counts = checked_calloc(colours->n_slots, sizeof(*colours->counts));
	return colours->keys && colours->counts ? 0 : err_set_memory(err);
}

static void colours_release(struct colours *colours)
{
	free(colours->keys);
	free(colours->counts);
}

static void colours_add(struct colours *colours, const unsigned char *pixel)
{
	uint32_t key = ((uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | pixel[2]) + 1;
	size_t slot = ((key * 2654435761u) >> 16) & (colours->n_slots - 1);

	while (colours->keys[slot] && colours->keys[slot] != key)
		slot = (slot + 1) & (colours->n_slots - 1);
	if (!colours->keys[slot]) {
		if (colours->n == COLOURS)
			return;
		colours->keys[slot] = key;
		colours->n++;
	}
	colours->counts[slot]++;
}

/* The largest difference of a channel. */
static int step(const unsigned char *a, const unsigned char *b)
{
	int red = abs(a[0] - b[0]), green = abs(a[1] - b[1]), blue = abs(a[2] - b[2]);
	int most = red > green ? red : green;

	return most > blue ? most : blue;
}

struct counts {
	uint64_t even, hard, soft;
};

static void count_row(struct counts *counts, struct colours *colours, const unsigned char *row,
		      const unsigned char *below, int width)
{
	for (int x = 0; x + 1 < width; x++, row += 3, below += 3) {
		int right = step(row, row + 3), down = step(row, below);
		int most = right > down ? right : down;

		if (most == 0) {
			counts->even++;
			colours_add(colours, row);
		} else if (most > HARD) {
			counts->hard++;
		} else if (most > SOFT) {
			counts->soft++;
		}
	}
}

static int by_pixels(const void *a, const void *b)
{
	const struct paint *x = a, *y = b;

	if (x->pixels != y->pixels)
		return x->pixels < y->pixels ? 1 : -1;
	return (x->colour > y->colour) - (x->colour < y->colour);
}

/* The frequent colours, most frequent first; there are fewer than LEAST_COLOUR + 1. */
static size_t frequent_colours(struct paint *paints, const struct colours *colours, uint64_t pixels)
{
	size_t n = 0;

	for (size_t slot = 0; slot < colours->n_slots; slot++)
		if (colours->counts[slot] && colours->counts[slot] * (uint64_t)LEAST_COLOUR >= pixels)
			paints[n++] = (struct paint){ colours->keys[slot] - 1, colours->counts[slot] };
	if (n)
		qsort(paints, n, sizeof(*paints), by_pixels);
	return n;
}

static bool is_near(uint32_t a, uint32_t b)
{
	for (int shift = 0; shift < 24; shift += 8)
		if (abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) > NEAR)
			return false;
	return true;
}

/* Put colours that are near to a more frequent one to it. */
static size_t merge_near(struct paint *paints, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < kept && !is_near(paints[j].colour, paints[i].colour))
			j++;
		if (j < kept)
			paints[j].pixels += paints[i].pixels;
		else
			paints[kept++] = paints[i];
	}
	return kept;
}

static void measure_paints(struct image_measures *measures, const struct colours *colours,
			   uint64_t pixels)
{
	struct paint paints[PAINTS];
	size_t n = frequent_colours(paints, colours, pixels);
	uint64_t sum = 0, most = 0;

	n = merge_near(paints, n);
	for (size_t i = 0; i < n; i++) {
		sum += paints[i].pixels;
		most = paints[i].pixels > most ? paints[i].pixels : most;
		measures->paints += paints[i].pixels * LEAST_PAINT >= pixels;
	}
	measures->ground = (float)most / (float)pixels;
	measures->rest = (float)(sum - most) / (float)pixels;
}

int image_measure(struct image_measures *measures, const struct image *image, struct err *err)
{
	size_t stride = (size_t)image->width * 3;
	uint64_t pixels = (uint64_t)(image->width - 1) * (uint64_t)(image->height - 1);
	struct counts counts = { 0, 0, 0 };
	struct colours colours;

	*measures = (struct image_measures){ .paints = 0 };
	if (pixels == 0)
		return 0;
	if (colours_init(&colours, pixels, err) < 0) {
		colours_release(&colours);
		return -1;
	}
	for (int y = 0; y + 1 < image->height; y++) {
		const unsigned char *row = image->rgb + (size_t)y * stride;

		count_row(&counts, &colours, row, row + stride, image->width);
	}
	measures->even = (float)counts.even / (float)pixels;
	measures->hard = (float)counts.hard / (float)pixels;
	measures->soft = (float)counts.soft / (float)pixels;
	measure_paints(measures, &colours, pixels);
	colours_release(&colours);
	return 0;
}

enum image_kind image_kind(const struct image_measures *m)
{
	if (m->even >= 0.45f && (m->paints >= 4 || (m->paints >= 3 && m->rest >= 0.15f)))
		return IMAGE_DRAWING;
	if (m->even >= 0.85f && m->rest >= 0.05f)
		return IMAGE_DRAWING;
	if (m->ground >= 0.15f && m->hard >= 0.05f && m->hard >= m->soft / 2)
		return IMAGE_WRITING;
	return IMAGE_PHOTO;
}

static uint64_t count_even(const struct image *image)
{
	size_t stride = (size_t)image->width * 3;
	uint64_t even = 0;

	for (int y = 0; y + 1 < image->height; y++) {
		const unsigned char *pixel = image->rgb + (size_t)y * stride;

		for (int x = 0; x + 1 < image->width; x++, pixel += 3)
			even += memcmp(pixel, pixel + 3, 3) == 0 && memcmp(pixel, pixel + stride, 3) == 0;
	}
	return even;
}

/* Even areas are even in a small picture too; less of them, and none where letters stand. */
int image_may_be_drawn(const struct image *small, bool *may, struct err *err)
{
	uint64_t pixels = (uint64_t)(small->width - 1) * (uint64_t)(small->height - 1);
	struct image_measures m;

	*may = false;
	if ((float)count_even(small) < LEAST_SMALL_GROUND * (float)pixels)
		return 0;
	if (image_measure(&m, small, err) < 0)
		return -1;
	*may = (m.even >= 0.25f && m.rest >= 0.03f) ||
	       (m.ground >= LEAST_SMALL_GROUND && m.hard >= 0.03f && m.hard >= 0.1f * (1 - m.even));
	return 0;
}
