/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of strings that owns its copies. `items` may be read directly.
 */
#ifndef TAGSIGHT_BASE_STR_LIST_H
#define TAGSIGHT_BASE_STR_LIST_H

#include <stddef.h>

struct str_list {
	char **items;
	size_t n;
	size_t capacity;
};

#define STR_LIST_INIT { NULL, 0, 0 }

void str_list_init(struct str_list *list);
void str_list_release(struct str_list *list);

/* Append a copy; 0, or -1 when memory is out. */
int str_list_add(struct str_list *list, const char *text);
int str_list_add_length(struct str_list *list, const char *text, size_t length);

/* Append a heap string that the list frees from now on, also on failure. */
int str_list_add_nodup(struct str_list *list, char *text);

/* Sort by bytes. */
void str_list_sort(struct str_list *list);

#endif
