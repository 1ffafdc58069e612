/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boxes in pictures as tools leave them, one after the other, in memory that does not grow with them:
 *   - JSON Lines, or an array, of {"image", "box": [x0, y0, x1, y1]} with "score", "class" and "phrase"
 *     where they are known, as in a manifest of ours;
 *   - results as COCO's tools take them, an array of {"image_id", "category_id", "bbox": [x, y, width,
 *     height], "score"}, whose classes are the numbers alone;
 *   - COCO's instances, one object of "images", "annotations" and "categories", in any order;
 *   - a folder with a file of Pascal VOC XML for each picture, named as it is, whose sides count from 1
 *     and are in the box.
 * Which it is, the content tells. The two spellings of a box may be mixed with those of a picture:
 * "image", "file_name" or "image_id", "class" or "category_id".
 *
 *	struct box_visitor visitor = { take, step_over, &context };
 *	if (box_file_read("results.json", &visitor, &err) < 0) ...
 */
#ifndef TAGSIGHT_FORMATS_BOX_FILE_H
#define TAGSIGHT_FORMATS_BOX_FILE_H

#include "lib/base/err.h"

#include <stddef.h>

#define BOX_FILE_FOLDER_FILES ((size_t)1 << 20) /* at most */

/* Strings live until the visit returns. */
struct box_item {
	const char *image;      /* a file name, with folders or not; or an id */
	const char *class_name; /* "" when unknown */
	const char *phrase;     /* "" for none */
	double x0, y0, x1, y1;  /* pixels from 0, x1 and y1 exclusive; finite, x0 < x1, y0 < y1 */
	double score;           /* in [0, 1]; 1 where the file has none */
};

struct box_visitor {
	int (*box)(void *context, const struct box_item *item, struct err *err);
	/* An item without a picture, or whose box is not four numbers or is empty: file, line and what. It
	 * is stepped over. Where `bad` is NULL, reading fails. */
	void (*bad)(void *context, const struct err *err);
	void *context;
};

/* 0, or -1: the file cannot be read, is none of these, or the visitor failed. */
int box_file_read(const char *path, const struct box_visitor *visitor, struct err *err);

#endif
