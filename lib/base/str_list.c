/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/str_list.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

void str_list_init(struct str_list *list)
{
	*list = (struct str_list)STR_LIST_INIT;
}

void str_list_release(struct str_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
	str_list_init(list);
}

int str_list_add_nodup(struct str_list *list, char *text)
{
	if (!text)
		return -1;
	if (GROW(list->items, list->n, list->capacity) < 0) {
		free(text);
		return -1;
	}
	list->items[list->n++] = text;
	return 0;
}

int str_list_add(struct str_list *list, const char *text)
{
	return str_list_add_nodup(list, strdup(text));
}

int str_list_add_length(struct str_list *list, const char *text, size_t length)
{
	return str_list_add_nodup(list, strndup(text, length));
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void str_list_sort(struct str_list *list)
{
	if (list->n > 1)
		qsort(list->items, list->n, sizeof(*list->items), compare_strings);
}
