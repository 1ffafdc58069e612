/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of explaining a record: finding it, and saying and drawing what it got.
 */
#ifndef TAGSIGHT_CMD_GROUND_EXPLAIN_H
#define TAGSIGHT_CMD_GROUND_EXPLAIN_H

#include "lib/image/image.h"
#include "preprocess/ground/view.h"

#include <stdbool.h>
#include <stdio.h>

struct explained {
	const struct split *split;
	struct viewed_record record;
	struct image image; /* empty where it cannot be shown */
	struct err fault;   /* why */
	bool now;           /* grounded just now, not by an earlier run */
	size_t top;         /* boxes of a record at most */
};

/* Find the record that `wanted` names: "IMGID:8", "8", or the number of a line. ERR_USAGE where none has that
 * name, with those that are near, or where several splits have it. */
int explain_find(const struct dataset *dataset, const char *wanted, const struct split **split,
		 size_t *number, struct err *err);

/* Draw the boxes with their labels on the picture; a small one is made larger before, so that labels can
 * be read. */
int explain_draw(struct explained *explained, struct err *err);

void explain_print(FILE *out, const struct explained *explained, bool color);
void explain_print_json(FILE *out, const struct explained *explained);

#endif
