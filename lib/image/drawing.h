/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawings, charts, screens and pages of text, told from photographs by their pixels. A program paints
 * areas in one colour to the last bit and edges in a single step; a camera does neither. On the
 * pictures by which the limits were chosen, none of 1000 photographs of ImageNet is taken for one, and
 * of generated pages, screens, charts and cartoons nine of ten are found. A photograph with words on
 * it stays one.
 *
 *	if (image_may_be_drawn(&small, &may, &err) == 0 && may &&
 *	    image_measure(&measures, &whole, &err) == 0)
 *		kind = image_kind(&measures);
 */
#ifndef TAGSIGHT_IMAGE_DRAWING_H
#define TAGSIGHT_IMAGE_DRAWING_H

#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stdbool.h>

enum image_kind {
	IMAGE_PHOTO,   /* or whatever is not known to be one of these */
	IMAGE_DRAWING, /* most of it is evenly painted in several colours */
	IMAGE_WRITING  /* hard edges on an even ground */
};

/* Shares of the picture's pixels, from 0 to 1. */
struct image_measures {
	float even;   /* that equal the next to the right and the next below */
	float hard;   /* that differ from one of these by more than 48 levels */
	float soft;   /* by 5 to 48 levels */
	float ground; /* even ones of the most frequent paint */
	float rest;   /* even ones of all other paints */
	int paints;   /* colours, those within 32 levels of a more frequent one counted with it, that
		       * fill a hundredth of the picture with even pixels */
};

/* Measure a picture in its full size; one of a single row or column is all zero. Fails only when
 * memory is out. */
int image_measure(struct image_measures *measures, const struct image *image, struct err *err);

enum image_kind image_kind(const struct image_measures *measures);

/* By image_decode_small()'s picture alone: *may is false where measuring the whole would find a
 * photograph (but for one page of writing in twenty). Fails only when memory is out. */
int image_may_be_drawn(const struct image *small, bool *may, struct err *err);

#endif
