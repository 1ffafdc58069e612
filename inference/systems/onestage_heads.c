/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_heads.h"

#include <math.h>
#include <string.h>

/* Places of the maps that go through the convolutions at once: enough to be worth reading the weights for. */
#define BATCH_PLACES ((size_t)1024)
#define TAPS 3

/* Each row to length 1. */
static void normalise_rows(float *x, size_t rows, size_t width)
{
	for (size_t row = 0; row < rows; row++, x += width) {
		double sum = 0;
		float length;

		for (size_t i = 0; i < width; i++)
			sum += (double)x[i] * (double)x[i];
		length = fmaxf((float)sqrt(sum), 1e-12f);
		for (size_t i = 0; i < width; i++)
			x[i] /= length;
	}
}

void onestage_heads_visual(const struct onestage_heads *heads, int scale, const float *features, float *visual)
{
	size_t places = onestage_side(scale) * onestage_side(scale);

	folded_run(&heads->scales[scale].visual, features, places, PRODUCT_RELU, visual);
	normalise_rows(visual, places, heads->width);
}

/* Rows x [n, E] times the columns of the fusion from `column` on: y [n, E], with `add` plus what is there. */
static void fuse(const struct onestage_heads *heads, int scale, size_t column, const float *x, size_t n,
		 bool add, float *y, size_t y_stride)
{
	const struct folded *fusion = &heads->scales[scale].fusion;
	size_t width = heads->width;
	const struct product product = { .out = width,
					 .runs = 1,
					 .run = width,
					 .weight = fusion->weight + column,
					 .weight_stride = fusion->in,
					 .add = add,
					 .end = PRODUCT_PLAIN };

	product_run(&product, x, &(struct product_rows){ n, width, NULL }, y,
		    &(struct product_rows){ n, y_stride, NULL });
}

int onestage_heads_look(const struct onestage_heads *heads, const float *const features[ONESTAGE_SCALES],
			float *picture, struct scratch *scratch, struct err *err)
{
	size_t width = heads->width;
	float *visual = scratch_reserve(scratch, BATCH_PLACES * width, err);

	if (!visual)
		return -1;
	for (int i = 0; i < ONESTAGE_SCALES; i++) {
		size_t places = onestage_side(i) * onestage_side(i);
		float *out = picture + onestage_first_place(i) * width;

		onestage_heads_visual(heads, i, features[i], visual);
		memcpy(out, heads->scales[i].places, places * width * sizeof(*out));
		fuse(heads, i, 0, visual, places, true, out, width);
	}
	return 0;
}

static void map_language(const struct onestage_heads *heads, const float *vectors, size_t n, float *middle,
			 float *language)
{
	folded_run(&heads->language[0], vectors, n, PRODUCT_RELU, middle);
	folded_run(&heads->language[1], middle, n, PRODUCT_RELU, language);
	normalise_rows(language, n, heads->width);
}

int onestage_heads_language(const struct onestage_heads *heads, const float *vectors, size_t n,
			    float *language, struct scratch *scratch, struct err *err)
{
	float *middle = scratch_reserve(scratch, n * heads->width, err);

	if (!middle)
		return -1;
	map_language(heads, vectors, n, middle, language);
	return 0;
}

int onestage_heads_read(const struct onestage_heads *heads, const float *vectors, size_t n, float *wishes,
			struct scratch *scratch, struct err *err)
{
	size_t width = heads->width;
	float *middle = scratch_reserve(scratch, 2 * n * width, err);

	if (!middle)
		return -1;
	map_language(heads, vectors, n, middle, middle + n * width);
	for (int i = 0; i < ONESTAGE_SCALES; i++)
		fuse(heads, i, width, middle + n * width, n, false, wishes + (size_t)i * width,
		     ONESTAGE_SCALES * width);
	return 0;
}

/* Maps of some phrases on one scale. */
struct batch {
	const struct onestage_heads *heads;
	int scale;
	size_t side, n;
	float *fused;   /* [n, side + 2, side + 2, E] with zeros around, of the light variant [n, side, side, E] */
	float *a, *b;   /* [n, side, side, E] */
	size_t *places; /* [n, side, side], where the 3 x 3 around each place of `fused` begins */
};

/* Floats of the parts of a batch of the full variant on any scale. */
static size_t fused_floats(size_t width)
{
	size_t most = 0;

	for (int i = 0; i < ONESTAGE_SCALES; i++) {
		size_t side = onestage_side(i), n = BATCH_PLACES / (side * side);
		size_t floats = n * (side + 2) * (side + 2) * width;

		most = floats > most ? floats : most;
	}
	return most;
}

static void add_and_cut(float *out, const float *picture, const float *wish, size_t width)
{
	for (size_t i = 0; i < width; i++) {
		float sum = picture[i] + wish[i];

		out[i] = sum > 0 ? sum : 0;
	}
}

/* The first convolution's result: its sums of picture, place and phrase. */
static void fill(struct batch *batch, const float *picture, const float *const *wishes)
{
	size_t width = batch->heads->width, side = batch->side, border = batch->heads->light ? 0 : 1;
	size_t row = (side + 2 * border) * width;

	for (size_t i = 0; i < batch->n; i++) {
		const float *wish = wishes[i] + (size_t)batch->scale * width, *from = picture;
		float *out = batch->fused + i * (side + 2 * border) * row + border * (row + width);

		for (size_t place = 0; place < side * side; place++, from += width)
			add_and_cut(out + place / side * row + place % side * width, from, wish, width);
	}
}

/* Zeros around each map, and where the rows around a place begin. */
static void frame(struct batch *batch)
{
	size_t width = batch->heads->width, side = batch->side, row = (side + 2) * width;
	size_t *places = batch->places;

	for (size_t i = 0; i < batch->n; i++) {
		float *map = batch->fused + i * (side + 2) * row;

		memset(map, 0, row * sizeof(*map));
		memset(map + (side + 1) * row, 0, row * sizeof(*map));
		for (size_t y = 0; y < side; y++) {
			memset(map + (y + 1) * row, 0, width * sizeof(*map));
			memset(map + (y + 2) * row - width, 0, width * sizeof(*map));
			for (size_t x = 0; x < side; x++)
				*places++ = i * (side + 2) * row + y * row + x * width;
		}
	}
}

static void spread(const struct batch *batch)
{
	const struct folded *conv = &batch->heads->scales[batch->scale].spread;
	size_t width = batch->heads->width, row = (batch->side + 2) * width;
	size_t n = batch->n * batch->side * batch->side;
	const size_t offsets[TAPS] = { 0, row, 2 * row };
	const struct product product = { .out = width,
					 .runs = TAPS,
					 .run = TAPS * width,
					 .offsets = offsets,
					 .packed = conv->packed,
					 .bias = conv->bias,
					 .end = PRODUCT_RELU };

	product_run(&product, batch->fused, &(struct product_rows){ n, 0, batch->places }, batch->a,
		    &(struct product_rows){ n, width, NULL });
}

/* numbers [n], ONESTAGE_PLACES * ONESTAGE_NUMBERS apart. */
static void write_numbers(const struct batch *batch, const float *from, float *numbers)
{
	size_t floats = batch->side * batch->side * ONESTAGE_NUMBERS;

	numbers += onestage_first_place(batch->scale) * ONESTAGE_NUMBERS;
	for (size_t i = 0; i < batch->n; i++, from += floats)
		memcpy(numbers + i * ONESTAGE_PLACES * ONESTAGE_NUMBERS, from, floats * sizeof(*from));
}

static void run_batch(struct batch *batch, const float *picture, const float *const *wishes, float *numbers)
{
	const struct onestage_scale *scale = &batch->heads->scales[batch->scale];
	size_t rows = batch->n * batch->side * batch->side;

	fill(batch, picture + onestage_first_place(batch->scale) * batch->heads->width, wishes);
	if (batch->heads->light) {
		folded_run(&scale->last, batch->fused, rows, PRODUCT_PLAIN, batch->b);
	} else {
		frame(batch);
		spread(batch);
		folded_run(&scale->join, batch->a, rows, PRODUCT_RELU, batch->b);
		folded_run(&scale->reduce, batch->b, rows, PRODUCT_RELU, batch->a);
		folded_run(&scale->last, batch->a, rows, PRODUCT_PLAIN, batch->b);
	}
	write_numbers(batch, batch->b, numbers);
}

static void run_scale(struct batch *batch, const float *picture, const float *const *wishes, size_t n,
		     float *numbers)
{
	size_t most = BATCH_PLACES / (batch->side * batch->side);

	for (size_t done = 0; done < n; done += batch->n) {
		batch->n = n - done < most ? n - done : most;
		run_batch(batch, picture, wishes + done,
			  numbers + done * ONESTAGE_PLACES * ONESTAGE_NUMBERS);
	}
}

int onestage_heads_answer(const struct onestage_heads *heads, const float *picture,
			  const float *const *wishes, size_t n, float *numbers, struct scratch *scratch,
			  struct err *err)
{
	size_t width = heads->width, fused = fused_floats(width);
	size_t plain = BATCH_PLACES * (width > ONESTAGE_NUMBERS ? width : ONESTAGE_NUMBERS);
	size_t places[BATCH_PLACES];
	float *room = scratch_reserve(scratch, fused + 2 * plain, err);

	if (!room)
		return -1;
	for (int i = 0; i < ONESTAGE_SCALES; i++) {
		struct batch batch = { .heads = heads,
				       .scale = i,
				       .side = onestage_side(i),
				       .fused = room,
				       .a = room + fused,
				       .b = room + fused + plain,
				       .places = places };

		run_scale(&batch, picture, wishes, n, numbers);
	}
	return 0;
}
