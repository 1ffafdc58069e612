/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which part of a picture is seen, and how large: the whole at first; nearer by factors, about a centre
 * that never leaves the picture.
 *
 *	struct zoom zoom = ZOOM_INIT;
 *	zoom_by(&zoom, 1.5f);
 *	zoom_look(&zoom, &size, &view);
 */
#ifndef TAGSIGHT_TUI_ZOOM_H
#define TAGSIGHT_TUI_ZOOM_H

#include "lib/image/crop.h"

#define ZOOM_MOST 64.0f

struct zoom {
	float factor;           /* 1: the whole picture fits */
	float x, y;             /* centre, as a share of width and height */
	float share_x, share_y; /* of the picture that was seen when last looked */
};

#define ZOOM_INIT { 1, 0.5f, 0.5f, 1, 1 }

struct zoom_room {
	int width, height;           /* of the picture, pixels */
	int columns, rows;           /* of the screen, cells */
	int cell_width, cell_height; /* pixels */
};

struct zoom_view {
	struct image_rect rect; /* of the picture; never empty */
	int columns, rows;      /* of the screen that it takes; at least 1 */
};

/* Multiply the factor, which stays from 1 to ZOOM_MOST. */
void zoom_by(struct zoom *zoom, float factor);

/* Move by shares of what is seen: 1 is a whole screen. */
void zoom_pan(struct zoom *zoom, float x, float y);

/* Move so that a box is in the middle. */
void zoom_centre(struct zoom *zoom, const struct zoom_room *room, float x, float y);

/* What is seen in this room; keeps the centre inside. All sizes of the room are above 0. */
void zoom_look(struct zoom *zoom, const struct zoom_room *room, struct zoom_view *view);

#endif
