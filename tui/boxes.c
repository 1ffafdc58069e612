/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/boxes.h"

#include "lib/base/checked.h"
#include "lib/review/boxes.h"

#include <string.h>

void boxes_init(struct boxes *boxes)
{
	memset(boxes, 0, sizeof(*boxes));
	arena_init(&boxes->arena);
	str_table_init(&boxes->images);
	boxes->standing_image = -1;
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
				     NULL, box };
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
	if (fstat(fileno(reader.stream), &boxes->stat) < 0)
		memset(&boxes->stat, 0, sizeof(boxes->stat));
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

bool boxes_changed(const struct boxes *boxes, const char *path)
{
	const struct stat *then = &boxes->stat;
	struct stat now;

	if (stat(path, &now) < 0)
		return then->st_ino != 0;
	return now.st_ino != then->st_ino || now.st_size != then->st_size ||
	       now.st_mtim.tv_sec != then->st_mtim.tv_sec || now.st_mtim.tv_nsec != then->st_mtim.tv_nsec;
}

size_t boxes_lost(const struct boxes *boxes, struct review *review)
{
	review_boxes_begin(review);
	for (size_t i = 0; i < boxes->images.n; i++)
		for (const struct picture_box *box = boxes->first[i]; box; box = box->next) {
			const struct box_name name = { str_table_text(&boxes->images, i), box->phrase,
						       box->box };

			review_boxes_meet(review, &name);
		}
	return review_boxes_lost(review);
}

/* A new list of the boxes that are not left out, as they stand. What is drawn is told by where its boxes
 * are in memory, so that no list is changed. */
static const struct picture_box *list_standing(struct boxes *boxes, const struct review *review, long image)
{
	struct picture_box *first = NULL, **end = &first;

	for (const struct picture_box *found = boxes->first[image]; found; found = found->next) {
		const struct box_name name = { str_table_text(&boxes->images, (size_t)image),
					       found->phrase, found->box };
		struct picture_box *box;
		struct box_state now;

		if (!review_box_state(review, &name, &now))
			continue;
		box = arena_alloc(&boxes->arena, 1, sizeof(*box));
		if (!box)
			break;
		*box = *found;
		box->next = NULL;
		box->box = now.box;
		box->phrase = now.phrase;
		*end = box;
		end = (struct picture_box **)&box->next;
	}
	return first;
}

const struct picture_box *boxes_of(struct boxes *boxes, const struct review *review, const char *image)
{
	size_t version = review_boxes_version(review);
	long number = str_table_find(&boxes->images, image, strlen(image));

	if (number < 0 || version == 0)
		return number < 0 ? NULL : boxes->first[number];
	if (boxes->standing_image != number || boxes->standing_version != version) {
		boxes->standing = list_standing(boxes, review, number);
		boxes->standing_image = number;
		boxes->standing_version = version;
	}
	return boxes->standing;
}

bool boxes_has(const struct boxes *boxes, const char *image)
{
	return str_table_find(&boxes->images, image, strlen(image)) >= 0;
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
