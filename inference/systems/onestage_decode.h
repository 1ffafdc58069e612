/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the numbers of one-stage grounding to a box: the place and anchor of the greatest raw confidence over all
 * scales, the centre by sigmoid in its cell, the size by exp of an anchor.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_DECODE_H
#define TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_DECODE_H

#include "inference/systems/onestage_heads.h"
#include "lib/base/err.h"

#define ONESTAGE_ANCHOR_NUMBERS (2 * ONESTAGE_ANCHORS * ONESTAGE_SCALES)

/* Width and height of each anchor at 416 pixels, largest first: those of the coarsest scale. */
struct onestage_anchors {
	float sizes[ONESTAGE_ANCHORS * ONESTAGE_SCALES][2];
};

/* "flickr", "coco", "referit", or 18 numbers as in a cfg: pairs from small to large, commas between them.
 * ERR_USAGE on anything else. */
int onestage_anchors_parse(struct onestage_anchors *anchors, const char *text, struct err *err);

struct onestage_choice {
	int scale, anchor;       /* anchor of the scale */
	size_t row, column;
	float numbers[ONESTAGE_BOX]; /* raw */
	float corners[4];        /* x0, y0, x1, y1 in the square */
};

/* From numbers [ONESTAGE_PLACES, ONESTAGE_NUMBERS] of a phrase. -1 where the greatest is no number. */
int onestage_choose(const struct onestage_anchors *anchors, const float *numbers,
		    struct onestage_choice *choice);

#endif
