/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boxes and their labels on a picture, to be looked at.
 *
 *	draw_frame(&image, rect, 2, draw_colors[0]);
 *	struct draw_label label = { .box = rect, .text = "Big Ben", .tail = " 0.81", .number = 1,
 *				    .rgb = draw_colors[0] };
 *	draw_labels(&image, &label, 1, font);
 *
 * Whatever lies beyond the picture is left out.
 */
#ifndef TAGSIGHT_IMAGE_DRAW_H
#define TAGSIGHT_IMAGE_DRAW_H

#include "lib/image/crop.h"
#include "lib/image/font.h"
#include "lib/image/image.h"

#include <stddef.h>

/* Colours that the colour-blind tell apart too, after Okabe and Ito; draw_grey is none of them. */
#define DRAW_COLORS 7
extern const unsigned char draw_colors[DRAW_COLORS][3];
extern const unsigned char draw_grey[3];

/* Black on light colours, white on dark ones. */
const unsigned char *draw_contrast(const unsigned char rgb[3]);

void draw_fill(struct image *image, struct image_rect rect, const unsigned char rgb[3]);

/* A frame whose outer edge is the rectangle's: `line` pixels of the colour, then one of its contrast,
 * so that it shows on any ground. */
void draw_frame(struct image *image, struct image_rect rect, int line, const unsigned char rgb[3]);

struct draw_label {
	struct image_rect box;
	const char *text;         /* cut where it is too long */
	const char *tail;         /* never cut */
	int number;               /* stands before the text, and alone where there is room for no more */
	const unsigned char *rgb; /* of its ground */
	struct image_rect place;  /* filled in: where it is; empty where there was no place for it */
};

/* Put each label at a corner of its box, or near it, where it covers no label before it and stays on the
 * picture. */
void draw_labels(struct image *image, struct draw_label *labels, size_t n, struct font *font);

/* Pixels of a line and of a font that suit a picture of this size. */
int draw_line_width(const struct image *image);
int draw_font_pixels(const struct image *image);

#endif
