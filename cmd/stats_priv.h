/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns of `tagsight stats` and the forms in which they are written: stats_table.c,
 * stats_json.c, stats_bars.c (on a terminal), stats_svg.c.
 */
#ifndef TAGSIGHT_CMD_STATS_PRIV_H
#define TAGSIGHT_CMD_STATS_PRIV_H

#include "lib/base/err.h"
#include "lib/base/str_list.h"
#include "preprocess/stats.h"

#include <stdbool.h>
#include <stdio.h>

/* One text. */
struct stats_column {
	char *title, *file; /* "twitter2015 train" */
	char *set, *split;  /* "" where they have no name */
	enum task task;
	struct split_stats stats;
	size_t train; /* the column that holds the train split of its set; SIZE_MAX for none, or itself */
};

struct stats_table {
	struct stats_column *columns; /* [n] */
	size_t n, capacity;
	struct str_list types, relations; /* of all columns, each once, sorted */
	struct str_list bars; /* what the bars of a plot stand for, see stats_order_bars() */
};

/* The train split of a column, or NULL. */
const struct split_stats *stats_train(const struct stats_table *table, const struct stats_column *column);

/* With `latex`, a tabular with the rules of booktabs. */
void stats_print_table(FILE *out, const struct stats_table *table, bool latex);
void stats_print_json(FILE *out, const struct stats_table *table);

/* ---- plots ---- */

/* Columns that a plot tells apart; those past it are left out. */
#define STATS_SERIES 8

/* Fill table->bars: the types where there are entities, else the relations, the most frequent first.
 * 0, or -1 when memory is out. */
int stats_order_bars(struct stats_table *table, struct err *err);

/* Whether the bars stand for relations. */
bool stats_plots_relations(const struct stats_table *table);

/* The share of a column's entities (or relations) that has this name, in percent. */
double stats_bar_share(const struct stats_column *column, bool relations, const char *name);

/* The share of the column's values from `first` to below `end`, in percent. */
double stats_bin_share(const struct histogram *histogram, size_t first, size_t end);

/* The least width of 1, 2, 5, 10, ... with which the lengths of all columns need at most `bins` bins. */
size_t stats_bin_width(const struct stats_table *table, size_t bins);

/* The largest number of entities of a record that a plot shows by itself; more share a bin. */
size_t stats_entity_bins(const struct stats_table *table);

/* Bars of blocks, `width` cells wide. */
void stats_print_bars(FILE *out, const struct stats_table *table, size_t width);

/* An SVG of three panels. */
void stats_write_svg(FILE *out, const struct stats_table *table);

#endif
