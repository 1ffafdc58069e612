/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/box_index.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/box_file.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PHRASE_BYTES 512 /* of a phrase, more do not tell it apart */

struct filling {
	struct box_index *index;
	void (*bad)(void *context, const struct err *err);
	void *context;
};

void box_index_release(struct box_index *index)
{
	str_table_release(&index->pictures);
	str_table_release(&index->classes);
	str_table_release(&index->phrases);
	free(index->boxes);
	free(index->first);
	memset(index, 0, sizeof(*index));
}

/* The part of a picture's name that tells it apart, and its length. */
static const char *picture_key(const char *name, size_t *length)
{
	static const char *const endings[] = { ".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp" };
	const char *key = file_base_name(name);
	bool digits = true;

	*length = strlen(key);
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t n = strlen(endings[i]);

		if (*length > n && strcasecmp(key + *length - n, endings[i]) == 0) {
			*length -= n;
			break;
		}
	}
	for (size_t i = 0; i < *length; i++)
		digits = digits && isdigit((unsigned char)key[i]);
	while (digits && *length > 1 && *key == '0') {
		key++;
		--*length;
	}
	return key;
}

static size_t lower_phrase(const char *text, char out[PHRASE_BYTES])
{
	size_t n = 0;

	for (; text[n] && n < PHRASE_BYTES; n++)
		out[n] = (char)tolower((unsigned char)text[n]);
	return n;
}

static int add_box(void *context, const struct box_item *item, struct err *err)
{
	struct box_index *index = ((struct filling *)context)->index;
	char lower[PHRASE_BYTES];
	size_t length;
	const char *key = picture_key(item->image, &length);
	long picture = str_table_add(&index->pictures, key, length);
	long class_id = str_table_add(&index->classes, item->class_name, strlen(item->class_name));
	long phrase = str_table_add(&index->phrases, lower, lower_phrase(item->phrase, lower));

	if (picture < 0 || class_id < 0 || phrase < 0)
		return err_set_memory(err);
	if (index->n == BOX_INDEX_BOXES)
		return err_set(err, ERR_DATA, "more than %zu boxes; give the boxes of one split at a time",
			       BOX_INDEX_BOXES);
	if (GROW(index->boxes, index->n, index->capacity) < 0)
		return err_set_memory(err);
	index->boxes[index->n++] = (struct indexed_box){
		{ (float)item->x0, (float)item->y0, (float)item->x1, (float)item->y1 },
		(float)item->score, (uint32_t)picture, (uint32_t)class_id, (uint32_t)phrase
	};
	return 0;
}

static void count_bad(void *context, const struct err *err)
{
	struct filling *filling = context;

	filling->index->bad++;
	filling->bad(filling->context, err);
}

/* Sort by picture; a counting sort keeps the order of the file. */
static int sort_boxes(struct box_index *index, struct err *err)
{
	size_t n_pictures = index->pictures.n;
	struct indexed_box *sorted = checked_calloc(index->n + 1, sizeof(*sorted));
	size_t *next = checked_calloc(n_pictures + 1, sizeof(*next));

	index->first = checked_calloc(n_pictures + 1, sizeof(*index->first));
	if (!sorted || !next || !index->first) {
		free(sorted);
		free(next);
		return err_set_memory(err);
	}
	for (size_t i = 0; i < index->n; i++)
		index->first[index->boxes[i].picture + 1]++;
	for (size_t i = 0; i < n_pictures; i++)
		index->first[i + 1] += index->first[i];
	memcpy(next, index->first, (n_pictures + 1) * sizeof(*next));
	for (size_t i = 0; i < index->n; i++)
		sorted[next[index->boxes[i].picture]++] = index->boxes[i];
	free(next);
	free(index->boxes);
	index->boxes = sorted;
	index->capacity = index->n + 1;
	return 0;
}

int box_index_read(struct box_index *index, const char *path,
		   void (*bad)(void *context, const struct err *err), void *context,
		   struct err *err)
{
	struct filling filling = { index, bad, context };
	const struct box_visitor visitor = { add_box, bad ? count_bad : NULL, &filling };

	memset(index, 0, sizeof(*index));
	str_table_init(&index->pictures);
	str_table_init(&index->classes);
	str_table_init(&index->phrases);
	if (box_file_read(path, &visitor, err) == 0 && sort_boxes(index, err) == 0)
		return 0;
	box_index_release(index);
	return -1;
}

const struct indexed_box *box_index_find(const struct box_index *index, const char *picture,
					 size_t *n)
{
	size_t length;
	const char *key = picture_key(picture, &length);
	long id = str_table_find(&index->pictures, key, length);

	*n = id < 0 ? 0 : index->first[id + 1] - index->first[id];
	return id < 0 ? NULL : index->boxes + index->first[id];
}

long box_index_phrase(const struct box_index *index, const char *text)
{
	char lower[PHRASE_BYTES];

	return str_table_find(&index->phrases, lower, lower_phrase(text, lower));
}
