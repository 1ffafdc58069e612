/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/boxes.h"

#include "lib/base/checked.h"

#include <string.h>

void boxes_init(struct boxes *boxes)
{
	memset(boxes, 0, sizeof(*boxes));
	arena_init(&boxes->arena);
	str_table_init(&boxes->images);
}

void boxes_release(struct boxes *boxes)
{
	free(boxes->first);
	free(boxes->last);
	str_table_release(&boxes->images);
	arena_release(&boxes->arena);
	boxes_init(boxes);
}

static int add(struct boxes *boxes, const struct manifest_entry *entry)
{
	struct picture_box *box = arena_alloc(&boxes->arena, 1, sizeof(*box));
	size_t known = boxes->images.n;
	long image = str_table_add(&boxes->images, entry->image, strlen(entry->image));

	if (!box || image < 0 || GROW(boxes->first, known, boxes->first_capacity) < 0 ||
	    GROW(boxes->last, known, boxes->last_capacity) < 0)
		return -1;
	*box = (struct picture_box){ entry->phrase, entry->class_name, entry->box, entry->score,
				     NULL };
	if ((size_t)image == known)
		boxes->first[image] = box;
	else
		boxes->last[image]->next = box;
	boxes->last[image] = box;
	return 0;
}

int boxes_read(struct boxes *boxes, const char *path, struct err *err)
{
	struct json_lines reader;
	struct err bad = ERR_INIT;
	enum read_status status;
	struct manifest_entry entry;
	json_t *object;
	int rc = 0;

	if (json_lines_open(&reader, path, err) < 0)
		return -1;
	while (rc == 0 && (status = json_lines_next(&reader, &object, &bad)) > READ_EOF) {
		if (status == READ_OK && manifest_read(object, &entry, &boxes->arena, &bad) == 0)
			rc = add(boxes, &entry);
		json_decref(object);
	}
	json_lines_close(&reader);
	if (rc < 0)
		return err_set_memory(err);
	if (status == READ_FAIL) {
		*err = bad;
		return -1;
	}
	return 0;
}

const struct picture_box *boxes_of(const struct boxes *boxes, const char *image)
{
	long number = str_table_find(&boxes->images, image, strlen(image));

	return number < 0 ? NULL : boxes->first[number];
}

size_t boxes_count(const struct picture_box *box)
{
	size_t n = 0;

	for (; box; box = box->next)
		n++;
	return n;
}

const struct picture_box *boxes_nth(const struct picture_box *box, size_t n)
{
	while (box && n--)
		box = box->next;
	return box;
}

/* Whether `text` holds the words, whole. */
static bool holds(const char *text, const char *words)
{
	size_t length = strlen(words);

	for (const char *at = text; length && (at = strstr(at, words)); at++)
		if ((at == text || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

bool box_is_about(const struct picture_box *box, const char *words)
{
	words += strspn(words, "#@");
	return holds(box->phrase, words) || holds(words, box->phrase);
}
