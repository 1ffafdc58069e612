/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/boxes.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdlib.h>
#include <string.h>

struct picture_boxes {
	const struct convert_record *record; /* its boxes, size and place */
	bool given;
};

struct convert_boxes {
	struct str_table stems; /* of pictures: their numbers are those below */
	struct picture_boxes *pictures; /* [n] */
	size_t n, capacity;
	struct arena arena; /* of all records */
};

static size_t stem_length(const char *image)
{
	const char *dot = strrchr(image, '.');

	return dot && dot > image ? (size_t)(dot - image) : strlen(image);
}

/* Add a record's boxes to those of the same picture. */
static int keep(struct convert_boxes *boxes, const struct convert_record *record,
		struct convert_losses *losses, struct err *err)
{
	struct convert_record *copy;
	long number;

	if (!record->image || record->n_boxes == 0)
		return 0;
	number = str_table_add(&boxes->stems, record->image, stem_length(record->image));
	copy = arena_alloc(&boxes->arena, 1, sizeof(*copy));
	if (number < 0 || !copy || GROW(boxes->pictures, boxes->n, boxes->capacity) < 0)
		return err_set_memory(err);
	*copy = *record;
	if ((size_t)number == boxes->n)
		boxes->pictures[boxes->n++] = (struct picture_boxes){ copy, false };
	else
		for (size_t i = 0; i < record->n_boxes; i++)
			convert_lose(losses, LOSS_BOX, record, "the boxes of '%s' stand in two places",
				     record->image);
	return 0;
}

static int read_all(struct convert_boxes *boxes, struct convert_source *source, struct err *err)
{
	for (;;) {
		struct convert_record record = { .file = source->name };
		struct err bad = ERR_INIT;
		enum read_status status = source->format->next(source, &record, &boxes->arena, &bad);

		if (status == READ_EOF)
			return 0;
		if (status == READ_FAIL) {
			*err = bad;
			return -1;
		}
		if (status == READ_BAD)
			convert_lose_record(source->losses, source->name, &bad);
		else if (keep(boxes, &record, source->losses, err) < 0)
			return -1;
	}
}

struct convert_boxes *convert_boxes_read(const char *path, const struct convert_format *format,
					 const struct convert_options *options,
					 struct convert_losses *losses, struct err *err)
{
	struct convert_boxes *boxes = calloc(1, sizeof(*boxes));
	struct convert_losses all;
	struct convert_source source = { .format = format, .path = path, .name = path,
					 .options = options, .losses = &all };
	int rc;

	if (!boxes) {
		err_set_memory(err);
		return NULL;
	}
	convert_losses_init(&all);
	str_table_init(&boxes->stems);
	rc = format->open(&source, err);
	if (rc == 0) {
		rc = read_all(boxes, &source, err);
		format->close(&source);
	}
	convert_losses_add(losses, &all, LOSS_RECORD);
	convert_losses_add(losses, &all, LOSS_BOX);
	convert_losses_release(&all);
	if (rc == 0)
		return boxes;
	convert_boxes_free(boxes);
	return NULL;
}

void convert_boxes_free(struct convert_boxes *boxes)
{
	if (!boxes)
		return;
	str_table_release(&boxes->stems);
	free(boxes->pictures);
	arena_release(&boxes->arena);
	free(boxes);
}

int convert_boxes_give(struct convert_boxes *boxes, struct convert_record *record,
		       struct arena *arena, struct err *err)
{
	const struct convert_record *from;
	long number;

	if (!record->image)
		return 0;
	number = str_table_find(&boxes->stems, record->image, stem_length(record->image));
	if (number < 0)
		return 0;
	from = boxes->pictures[number].record;
	boxes->pictures[number].given = true;
	for (size_t i = 0; i < from->n_boxes; i++) {
		struct convert_box *box = record_add_box(record, arena);

		if (!box)
			return err_set_memory(err);
		*box = from->boxes[i];
	}
	if (record->width <= 0) {
		record->width = from->width;
		record->height = from->height;
	}
	return 0;
}

size_t convert_boxes_left(const struct convert_boxes *boxes)
{
	size_t n = 0;

	for (size_t i = 0; i < boxes->n; i++)
		if (!boxes->pictures[i].given)
			n += boxes->pictures[i].record->n_boxes;
	return n;
}
