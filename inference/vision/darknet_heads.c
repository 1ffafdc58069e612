/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/darknet_heads.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>

#define BOX 5 /* numbers of a row before the classes */

static float logistic(float x)
{
	return 1 / (1 + expf(-x));
}

size_t darknet_head_rows(const struct darknet_head *head)
{
	return head->height * head->width * head->anchors;
}

static const float *raw_row(const struct darknet_head *head, const struct map *map, size_t row)
{
	size_t place = row / head->anchors, anchor = row % head->anchors;

	return map_inside(map, 0) + place / head->width * map_row(map) +
	       place % head->width * map->channels + anchor * (BOX + head->classes);
}

/* With new_coords the convolution's own activation has been logistic. */
static float objectness(const struct darknet_head *head, const float *raw)
{
	return head->new_coords ? raw[4] : logistic(raw[4]);
}

static float side(const struct darknet_head *head, float raw, float anchor, size_t cells, size_t pixels)
{
	float relative = anchor / (float)(head->is_region ? cells : pixels);

	return head->new_coords ? raw * raw * 4 * relative : expf(raw) * relative;
}

static void box(const struct darknet_head *head, const float *raw, size_t row, float out[4])
{
	size_t place = row / head->anchors, anchor = row % head->anchors;
	float scale = head->scale_x_y, shift = (scale - 1) / 2;
	float x = head->new_coords ? raw[0] : logistic(raw[0]);
	float y = head->new_coords ? raw[1] : logistic(raw[1]);

	out[0] = (x * scale - shift + (float)(place % head->width)) / (float)head->width;
	out[1] = (y * scale - shift + (float)(place / head->width)) / (float)head->height;
	out[2] = side(head, raw[2], head->sizes[2 * anchor], head->width, head->input_width);
	out[3] = side(head, raw[3], head->sizes[2 * anchor + 1], head->height, head->input_height);
}

static void classes(const struct darknet_head *head, const float *raw, float object, float *out)
{
	float most = raw[BOX], sum = 0;

	for (size_t i = 0; !head->softmax && i < head->classes; i++)
		out[i] = object * (head->new_coords ? raw[BOX + i] : logistic(raw[BOX + i]));
	if (!head->softmax)
		return;
	for (size_t i = 1; i < head->classes; i++)
		most = fmaxf(most, raw[BOX + i]);
	for (size_t i = 0; i < head->classes; i++)
		sum += out[i] = expf(raw[BOX + i] - most);
	for (size_t i = 0; i < head->classes; i++)
		out[i] *= object / sum;
}

void darknet_head_row(const struct darknet_head *head, const struct map *map, size_t row, float *out)
{
	const float *raw = raw_row(head, map, row);

	box(head, raw, row, out);
	out[4] = objectness(head, raw);
	classes(head, raw, out[4], out + BOX);
}

static int add(struct darknet_candidates *found, const struct darknet_candidate *candidate, struct err *err)
{
	if (GROW(found->items, found->n, found->capacity) < 0)
		return err_set_memory(err);
	found->items[found->n++] = *candidate;
	return 0;
}

static int try_row(const struct darknet_head *head, const struct map *map, size_t row, float *values,
		   size_t first_row, float threshold, struct darknet_candidates *found, struct err *err)
{
	size_t best = 0;

	if (!isfinite(raw_row(head, map, row)[4]))
		return err_set(err, ERR_DATA, "what the network gives are no numbers; are its weights those of "
			       "this cfg?");
	/* Most rows fall here, for a class scores no more than the objectness. */
	if (!(objectness(head, raw_row(head, map, row)) > threshold))
		return 0;
	darknet_head_row(head, map, row, values);
	for (size_t i = 1; i < head->classes; i++)
		if (values[BOX + i] > values[BOX + best])
			best = i;
	if (!(values[BOX + best] > threshold) || !isfinite(values[0]) || !isfinite(values[1]) ||
	    !isfinite(values[2]) || !isfinite(values[3]))
		return 0;
	return add(found, &(struct darknet_candidate){ values[0], values[1], values[2], values[3],
						       values[BOX + best], best, first_row + row }, err);
}

int darknet_head_candidates(const struct darknet_head *head, const struct map *map, size_t first_row,
			    float threshold, struct darknet_candidates *found, struct err *err)
{
	float *values = checked_calloc(BOX + head->classes, sizeof(*values));
	int rc = values ? 0 : err_set_memory(err);

	for (size_t row = 0; rc == 0 && row < darknet_head_rows(head); row++)
		rc = try_row(head, map, row, values, first_row, threshold, found, err);
	free(values);
	return rc;
}

static int compare(const void *left, const void *right)
{
	const struct darknet_candidate *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return (a->row > b->row) - (a->row < b->row);
}

static float shared_side(float a, float a_side, float b, float b_side)
{
	return fminf(a + a_side / 2, b + b_side / 2) - fmaxf(a - a_side / 2, b - b_side / 2);
}

static float side_around(float a, float a_side, float b, float b_side)
{
	return fmaxf(a + a_side / 2, b + b_side / 2) - fminf(a - a_side / 2, b - b_side / 2);
}

/* How far apart the centres are, from 0 to below 1. */
static float distance_of(const struct darknet_candidate *a, const struct darknet_candidate *b, float power)
{
	float width = side_around(a->x, a->width, b->x, b->width);
	float height = side_around(a->y, a->height, b->y, b->height);
	float x = a->x - b->x, y = a->y - b->y, diagonal = width * width + height * height;

	return diagonal > 0 ? powf((x * x + y * y) / diagonal, power) : 0;
}

static float overlap_of(const struct darknet_candidate *a, const struct darknet_candidate *b)
{
	float width = shared_side(a->x, a->width, b->x, b->width);
	float height = shared_side(a->y, a->height, b->y, b->height), both = width * height;

	if (width <= 0 || height <= 0)
		return 0;
	return both / (a->width * a->height + b->width * b->height - both);
}

static bool falls(const struct darknet_candidate *better, const struct darknet_candidate *own,
		  const struct darknet_overlap *overlap)
{
	float shared;

	if (!overlap->any_class && better->class_id != own->class_id)
		return false;
	shared = overlap_of(better, own);
	if (overlap->centre_power > 0)
		shared -= distance_of(better, own, overlap->centre_power);
	return shared > overlap->most;
}

void darknet_suppress(struct darknet_candidates *found, const struct darknet_overlap *overlap)
{
	size_t kept = 0;

	if (found->n)
		qsort(found->items, found->n, sizeof(*found->items), compare);
	for (size_t i = 0; i < found->n; i++) {
		size_t j = 0;

		while (j < kept && !falls(&found->items[j], &found->items[i], overlap))
			j++;
		if (j == kept)
			found->items[kept++] = found->items[i];
	}
	found->n = kept;
}
