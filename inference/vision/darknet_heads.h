/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heads of a Darknet network, [yolo] and [region], and boxes from them. A head reads a map of anchors
 * by (x, y, width, height, objectness, classes); a row is one anchor at one place, number
 * (place * anchors + anchor), places row by row.
 *
 *	for (size_t row = 0; row < darknet_head_rows(head); row++)
 *		darknet_head_row(head, &map, row, values);
 */
#ifndef TAGSIGHT_INFERENCE_VISION_DARKNET_HEADS_H
#define TAGSIGHT_INFERENCE_VISION_DARKNET_HEADS_H

#include "inference/core/map_conv.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define DARKNET_HEADS 16    /* most of one network */
#define DARKNET_ANCHORS 50  /* most of one head */
#define DARKNET_CLASSES 10000

struct darknet_head {
	bool is_region;             /* anchors are in cells, classes through a softmax */
	bool softmax, new_coords;
	size_t layer;
	size_t anchors, classes;
	float sizes[2 * DARKNET_ANCHORS]; /* width and height of each anchor, in pixels of the input or cells */
	float scale_x_y;
	float threshold;             /* least score that the cfg asks for; 0: none */
	float centre_power;          /* of struct darknet_overlap; 0: none */
	size_t height, width;        /* of the map */
	size_t input_height, input_width;
};

size_t darknet_head_rows(const struct darknet_head *head);

/* A row's centre x and y, width and height, as fractions of the input, objectness, then the score of each
 * class, objectness included: out [5 + classes]. */
void darknet_head_row(const struct darknet_head *head, const struct map *map, size_t row, float *out);

/* A box of a row whose best class is above a threshold; fractions of the input, not clipped. */
struct darknet_candidate {
	float x, y, width, height; /* centre, sides */
	float score;
	size_t class_id, row; /* row: over all heads, in their order */
};

struct darknet_candidates {
	struct darknet_candidate *items; /* [n], heap */
	size_t n, capacity;
};

/* Add those of a head, whose rows are numbered from `first_row` on, in the order of rows. ERR_DATA where
 * an objectness is no number: weights of another network, whose values grew beyond bounds. */
int darknet_head_candidates(const struct darknet_head *head, const struct map *map, size_t first_row,
			    float threshold, struct darknet_candidates *found, struct err *err);

/* When a box falls to a better one. */
struct darknet_overlap {
	float most;         /* intersection over union above which it does */
	float centre_power; /* above 0: less the squared distance of the centres, as a share of the squared
			     * diagonal around both boxes, to this power */
	bool any_class;     /* also where the classes differ */
};

/* Sort best first, equal ones in their order, and keep those that fall to no better one. */
void darknet_suppress(struct darknet_candidates *found, const struct darknet_overlap *overlap);

#endif
