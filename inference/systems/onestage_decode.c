/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_decode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ANCHOR_SIDE 416 /* pixels of the square that anchors are given for */

static const struct {
	const char *name, *numbers;
} known[] = {
	{ "flickr", "29,26,55,58,137,71,82,121,124,205,204,132,209,263,369,169,352,294" },
	{ "coco", "10,13,16,30,33,23,30,61,62,45,59,119,116,90,156,198,373,326" },
	{ "referit", "30,36,78,46,48,86,149,79,82,148,331,93,156,207,381,163,329,285" },
};

/* 18 numbers in rising order of the pairs; false for anything else. */
static bool read_numbers(float numbers[ONESTAGE_ANCHOR_NUMBERS], const char *text)
{
	for (int i = 0; i < ONESTAGE_ANCHOR_NUMBERS; i++) {
		char *end;

		numbers[i] = strtof(text, &end);
		if (end == text || !(numbers[i] > 0 && numbers[i] < 1e5f))
			return false;
		end += strspn(end, " ");
		if (*end != (i + 1 < ONESTAGE_ANCHOR_NUMBERS ? ',' : '\0'))
			return false;
		text = end + 1;
	}
	return true;
}

int onestage_anchors_parse(struct onestage_anchors *anchors, const char *text, struct err *err)
{
	const int last = ONESTAGE_ANCHORS * ONESTAGE_SCALES - 1;
	float numbers[ONESTAGE_ANCHOR_NUMBERS];

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].name, text) == 0)
			text = known[i].numbers;
	if (!read_numbers(numbers, text))
		return err_set(err, ERR_USAGE,
			       "anchors are flickr, coco, referit or %d numbers above 0 with commas between "
			       "them, not '%.60s'", ONESTAGE_ANCHOR_NUMBERS, text);
	for (int i = 0; i <= last; i++)
		memcpy(anchors->sizes[i], numbers + 2 * (last - i), sizeof(anchors->sizes[i]));
	return 0;
}

static float sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

static void set_corners(const struct onestage_anchors *anchors, struct onestage_choice *choice)
{
	const float *anchor = anchors->sizes[choice->scale * ONESTAGE_ANCHORS + choice->anchor];
	size_t side = onestage_side(choice->scale);
	float cell = (float)(ONESTAGE_SIDE / side);
	float centre[2] = { sigmoid(choice->numbers[0]) + (float)choice->column,
			    sigmoid(choice->numbers[1]) + (float)choice->row };

	for (int axis = 0; axis < 2; axis++) {
		float scaled = (float)((double)anchor[axis] / ((double)ANCHOR_SIDE / (double)side));
		float size = expf(choice->numbers[2 + axis]) * scaled * cell;

		choice->corners[axis] = centre[axis] * cell - size / 2;
		choice->corners[2 + axis] = centre[axis] * cell + size / 2;
	}
}

int onestage_choose(const struct onestage_anchors *anchors, const float *numbers,
		    struct onestage_choice *choice)
{
	float best = -INFINITY;
	bool sound = true;

	for (int scale = 0; scale < ONESTAGE_SCALES; scale++) {
		size_t side = onestage_side(scale), places = side * side;
		const float *first = numbers + onestage_first_place(scale) * ONESTAGE_NUMBERS;

		for (int anchor = 0; anchor < ONESTAGE_ANCHORS; anchor++)
			for (size_t place = 0; place < places; place++) {
				const float *box = first + place * ONESTAGE_NUMBERS + anchor * ONESTAGE_BOX;

				sound = sound && !isnan(box[4]);
				if (!(box[4] > best))
					continue;
				best = box[4];
				*choice = (struct onestage_choice){ .scale = scale,
								    .anchor = anchor,
								    .row = place / side,
								    .column = place % side };
				memcpy(choice->numbers, box, sizeof(choice->numbers));
			}
	}
	if (!sound || best == -INFINITY)
		return -1;
	set_corners(anchors, choice);
	for (int i = 0; i < 4; i++)
		if (isnan(choice->corners[i]))
			return -1;
	return 0;
}
