/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crops as UMGF's authors cut theirs (my_grounding.py of TransformersWsz/onestage_grounding), for those who
 * must have the same pixels: not out of the picture but out of the network's square, without its border,
 * stretched back by cubic interpolation, with a red that the script stretches by 0.299 / 0.229; and edges
 * that are Python's slices, where a box that ends before the picture begins counts from the far edge. Grounds
 * with "referit" anchors and a query cap of 128.
 *
 *	onestage_published_open(&published, &square, &letterbox, &err);
 *	if (onestage_published_slice(&published, found.published, &rect))
 *		onestage_published_crop(&crop, &published, rect, &err);
 *	onestage_published_release(&published);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_PUBLISHED_H
#define TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_PUBLISHED_H

#include "inference/vision/area_letterbox.h"
#include "lib/image/crop.h"

#include <stdbool.h>

#define ONESTAGE_PUBLISHED_ANCHORS "referit"
#define ONESTAGE_PUBLISHED_CAP 128

struct onestage_published {
	int width, height;
	float *levels; /* [height, width, 3], red first, also below 0 and above 255; heap */
};

/* Stretch the square that the network read back. Fails only when memory is out; then there is nothing to
 * release. */
int onestage_published_open(struct onestage_published *published, const struct image *square,
			    const struct area_letterbox *letterbox, struct err *err);
void onestage_published_release(struct onestage_published *published);

/* What the script cuts for a box, x0, y0, x1, y1 with x0 and y0 at least 0; false where it cuts nothing. */
bool onestage_published_slice(const struct onestage_published *published, const float corners[4],
			      struct image_rect *rect);

/* The rectangle's levels, rounded half to even and clipped, into an empty struct. */
int onestage_published_crop(struct image *crop, const struct onestage_published *published,
			    struct image_rect rect, struct err *err);

#endif
