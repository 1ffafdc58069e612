/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/confusion.h"

#include "lib/base/checked.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of two types, as bytes of a key; 0 is none. */
struct key {
	uint32_t gold, guess;
};

void confusion_init(struct confusion *confusion)
{
	memset(confusion, 0, sizeof(*confusion));
	str_table_init(&confusion->types);
	str_table_init(&confusion->pairs);
}

void confusion_release(struct confusion *confusion)
{
	str_table_release(&confusion->types);
	str_table_release(&confusion->pairs);
	free(confusion->cells);
	confusion_init(confusion);
}

static int type_number(struct confusion *confusion, const char *type, uint32_t *number)
{
	long id = type ? str_table_add(&confusion->types, type, strlen(type)) : -1;

	*number = (uint32_t)(id + 1);
	return type && id < 0 ? -1 : 0;
}

static const char *type_text(const struct confusion *confusion, uint32_t number)
{
	return number ? str_table_text(&confusion->types, number - 1) : NULL;
}

/* The cell of a pair, made when it is new; NULL when memory is out. */
static struct confusion_cell *cell_of(struct confusion *confusion, const char *gold,
				      const char *guess)
{
	struct key key;
	long id;

	if (type_number(confusion, gold, &key.gold) < 0 ||
	    type_number(confusion, guess, &key.guess) < 0)
		return NULL;
	id = str_table_add(&confusion->pairs, (const char *)&key, sizeof(key));
	if (id < 0)
		return NULL;
	if ((size_t)id == confusion->n) {
		if (GROW(confusion->cells, confusion->n, confusion->capacity) < 0)
			return NULL;
		confusion->cells[confusion->n++] = (struct confusion_cell){
			type_text(confusion, key.gold), type_text(confusion, key.guess), 0
		};
	}
	return &confusion->cells[id];
}

int confusion_add(struct confusion *confusion, const char *gold, const char *guess)
{
	struct confusion_cell *cell = cell_of(confusion, gold, guess);

	if (!cell)
		return -1;
	cell->count++;
	return 0;
}

int confusion_remove(struct confusion *confusion, const char *gold, const char *guess)
{
	struct confusion_cell *cell = cell_of(confusion, gold, guess);

	if (!cell)
		return -1;
	cell->count--;
	return 0;
}

static uint32_t known_number(const struct confusion *confusion, const char *type)
{
	return type ? (uint32_t)(str_table_find(&confusion->types, type, strlen(type)) + 1) : 0;
}

size_t confusion_count(const struct confusion *confusion, const char *gold, const char *guess)
{
	struct key key = { known_number(confusion, gold), known_number(confusion, guess) };
	long id;

	if ((gold && !key.gold) || (guess && !key.guess))
		return 0;
	id = str_table_find(&confusion->pairs, (const char *)&key, sizeof(key));
	return id < 0 ? 0 : confusion->cells[id].count;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **confusion_types(const struct confusion *confusion, size_t *n)
{
	const char **types = checked_calloc(confusion->types.n, sizeof(*types));

	if (!types)
		return NULL;
	*n = confusion->types.n;
	for (size_t i = 0; i < *n; i++)
		types[i] = str_table_text(&confusion->types, i);
	qsort(types, *n, sizeof(*types), compare_texts);
	return types;
}

/* None is behind all. */
static int compare_optional(const char *a, const char *b)
{
	if (!a || !b)
		return a ? -1 : b != NULL;
	return strcmp(a, b);
}

static int compare_types(const void *a, const void *b)
{
	const struct confusion_cell *x = a, *y = b;
	int order = compare_optional(x->gold, y->gold);

	return order ? order : compare_optional(x->guess, y->guess);
}

static int compare_counts(const void *a, const void *b)
{
	const struct confusion_cell *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return compare_types(a, b);
}

struct confusion_cell *confusion_sorted(const struct confusion *confusion, bool by_count)
{
	struct confusion_cell *cells = checked_calloc(confusion->n, sizeof(*cells));

	if (!cells)
		return NULL;
	if (confusion->n)
		memcpy(cells, confusion->cells, confusion->n * sizeof(*cells));
	qsort(cells, confusion->n, sizeof(*cells), by_count ? compare_counts : compare_types);
	return cells;
}
