/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boxes that are kept apart from the texts, as in GMNER's XML files or a manifest of ground: read once
 * and handed to the records whose pictures they are in.
 *
 *	boxes = convert_boxes_read("xml", format, &options, &losses, &err);
 *	convert_boxes_give(boxes, &record, &arena, &err);
 *	convert_boxes_free(boxes);
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_BOXES_H
#define TAGSIGHT_PREPROCESS_CONVERT_BOXES_H

#include "preprocess/convert/format.h"

struct convert_boxes;

/* All boxes of a file or folder; NULL on failure. What cannot be read, and boxes that are
 * lost, are counted in `losses`; what else there is beside them is not wanted. */
struct convert_boxes *convert_boxes_read(const char *path, const struct convert_format *format,
					 const struct convert_options *options,
					 struct convert_losses *losses, struct err *err);
void convert_boxes_free(struct convert_boxes *boxes);

/* Add the boxes of a record's picture, whose name counts without its extension. They belong to `boxes`. */
int convert_boxes_give(struct convert_boxes *boxes, struct convert_record *record,
		       struct arena *arena, struct err *err);

/* The number of boxes that no record was given. */
size_t convert_boxes_left(const struct convert_boxes *boxes);

#endif
