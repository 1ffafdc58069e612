/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture of a tweet in cells: decoded once, drawn by libchafa into half blocks and other
 * symbols in the colours that the terminal has, or in its two own. A picture that is missing or
 * broken says so in its place.
 */
#ifndef TAGSIGHT_TUI_PICTURE_H
#define TAGSIGHT_TUI_PICTURE_H

#include "lib/corpus/dataset.h"
#include "lib/image/image.h"
#include "tui/boxes.h"
#include "tui/theme.h"

struct picture {
	char *path; /* of the picture at hand; NULL: none yet */
	struct image image;
	char *fault; /* why there is no picture; NULL: there is one */
};

/* Have the picture of a tweet at hand; the same one again costs nothing. */
void picture_load(struct picture *picture, const struct split *split, const char *id);
void picture_release(struct picture *picture);

/* Cells that the picture takes of `rows` and `columns` at most, with its shape kept. Where there is
 * none, what the reason takes. */
void picture_size(const struct picture *picture, int *rows, int *columns);

/* Where on the screen. */
struct picture_area {
	int y, x, rows, columns;
};

/* Fill the area with the picture and the frames of `boxes` (may be NULL), of which those about
 * `word` stand out; or say why there is no picture. */
void picture_draw(const struct picture *picture, const struct theme *theme,
		  const struct picture_area *area, const struct picture_box *boxes,
		  const char *word);

#endif
