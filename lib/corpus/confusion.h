/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which type was taken for which: how often each gold type met each predicted one, or none.
 *
 *	struct confusion confusion;
 *	confusion_init(&confusion);
 *	confusion_add(&confusion, "LOC", "ORG");
 *	confusion_add(&confusion, "LOC", NULL);          missed
 *	confusion_add(&confusion, NULL, "PER");          spurious
 */
#ifndef TAGSIGHT_CORPUS_CONFUSION_H
#define TAGSIGHT_CORPUS_CONFUSION_H

#include "lib/base/str_table.h"

#include <stdbool.h>
#include <stddef.h>

/* A pair of types that met; NULL stands for none. Strings belong to the confusion. */
struct confusion_cell {
	const char *gold, *guess;
	size_t count;
};

struct confusion {
	struct str_table types, pairs; /* pairs by the numbers of their types */
	struct confusion_cell *cells;  /* [n], in order of appearance */
	size_t n, capacity;
};

void confusion_init(struct confusion *confusion);
void confusion_release(struct confusion *confusion);

/* One more of a pair, of which one may be NULL. 0, or -1 when memory is out. */
int confusion_add(struct confusion *confusion, const char *gold, const char *guess);

/* One less of a pair that was added; its cell stays, be it with 0. 0, or -1 when memory is out. */
int confusion_remove(struct confusion *confusion, const char *gold, const char *guess);

/* How often a pair met. */
size_t confusion_count(const struct confusion *confusion, const char *gold, const char *guess);

/* The types of either side [*n], sorted by bytes, for the caller to free; NULL when memory is out. */
const char **confusion_types(const struct confusion *confusion, size_t *n);

/* The cells [confusion->n] by gold and then predicted type, none last; or by falling count, then so.
 * For the caller to free; NULL when memory is out. */
struct confusion_cell *confusion_sorted(const struct confusion *confusion, bool by_count);

#endif
