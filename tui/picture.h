/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture of a tweet: decoded once, upright, and drawn with the frames of its boxes in the size that
 * it has on the screen, so that their lines are seen whatever the size. A picture that is missing or broken
 * says so in its place.
 */
#ifndef TAGSIGHT_TUI_PICTURE_H
#define TAGSIGHT_TUI_PICTURE_H

#include "lib/corpus/dataset.h"
#include "lib/image/font.h"
#include "lib/image/image.h"
#include "tui/boxes.h"
#include "tui/graphics.h"
#include "tui/theme.h"
#include "tui/zoom.h"

struct picture {
	char *path; /* of the picture at hand; NULL: none yet */
	struct image image;
	char *fault; /* why there is no picture; NULL: there is one */
};

/* Have the picture of a tweet at hand; the same one again costs nothing. */
void picture_load(struct picture *picture, const struct split *split, const char *id);
void picture_release(struct picture *picture);

/* The room that the picture has in `rows` by `columns` cells. */
struct zoom_room picture_room(const struct picture *picture, const struct graphics *graphics, int rows,
			      int columns);

/* Say why there is no picture, in the area. */
void picture_draw_fault(const struct picture *picture, const struct picture_area *area);

/* What is drawn of a picture. */
struct picture_look {
	const struct zoom_view *view;
	const struct picture_box *boxes;    /* framed; NULL: none */
	const struct picture_box *selected; /* that stands out, or NULL: */
	const char *words;                  /* those about them stand out */
	bool no_frames;                     /* among the pixels: picture_draw_frames() draws them */
	struct font *font;                  /* of labels of number, phrase and score; NULL: none */
};

/* Draw that, if the drawing is not it already. */
void picture_compose(const struct picture *picture, struct graphics *graphics,
		     const struct picture_look *look, struct drawing *drawing);

/* Draw the frames as text over the area. */
void picture_draw_frames(const struct graphics *graphics, const struct picture_look *look,
			 const struct picture_area *area);

/* Whether the box is one that stands out. */
bool picture_stands_out(const struct picture_look *look, const struct picture_box *box);

/* Where the view has a box, in pixels of `width` by `height`. Sides that are far out come nearer. */
struct image_rect picture_box_place(const struct box *box, const struct zoom_view *view, int width,
				    int height);

/* What a box is called: its phrase, else its class. */
const char *picture_box_name(const struct picture_box *box);

/* Label a part of a drawing as the box with this number, from 1. */
void picture_draw_label(struct image *image, struct image_rect place, const struct picture_box *box,
			size_t number, bool bright, struct font *font);

/* The width of a frame's line, and what it and labels are coloured. */
int picture_line(const struct graphics *graphics);
extern const unsigned char picture_plain[3], picture_bright[3];

/* Fill the empty struct with a part of the picture in a size. -1 when memory is out. */
int picture_cut(const struct image *image, struct image_rect rect, int width, int height,
		struct image *out);

#endif
