/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The square that one-stage grounding reads, with the arithmetic of zyang-ur/onestage_grounding's letterbox()
 * and of its way back: the longer side becomes the square's, sides and borders are rounded half to even, the
 * picture is resized as OpenCV's INTER_AREA does, borders have the mean colour of ImageNet.
 *
 *	area_letterbox_place(&box, image.width, image.height, 256);
 *	if (area_letterbox_image(&square, &image, &box, &err) < 0) ...
 *	area_letterbox_undo(&box, corners);
 */
#ifndef TAGSIGHT_INFERENCE_VISION_AREA_LETTERBOX_H
#define TAGSIGHT_INFERENCE_VISION_AREA_LETTERBOX_H

#include "lib/base/err.h"
#include "lib/image/image.h"

struct area_letterbox {
	int side;              /* of the square */
	int left, top;         /* of the scaled picture in it */
	int width, height;     /* of the scaled picture, at least 1 */
	float ratio, dw, dh;   /* of the way back: the borders before they were rounded */
	int back_width, back_height; /* width and height over the ratio: the picture's size, or near it */
};

/* Width and height are above 0. */
void area_letterbox_place(struct area_letterbox *box, int width, int height, int side);

/* The square [side, side] into an empty struct. Fails only when memory is out. */
int area_letterbox_image(struct image *square, const struct image *image, const struct area_letterbox *box,
			 struct err *err);

/* From corners (x0, y0, x1, y1) in the square to those in the picture, as the original has them: x0 and y0
 * at least 0, x1 and y1 at most the way back's size; no other clamp. */
void area_letterbox_undo(const struct area_letterbox *box, float corners[4]);

#endif
