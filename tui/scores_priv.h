/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers of the scores view as lines of cells: the types with their figures, all of them together,
 * then the confusion, a line for each type of the tags and one for what is predicted where they have
 * nothing. Relations have that line, and the column of what was missed, only where one was flipped.
 */
#ifndef TAGSIGHT_TUI_SCORES_PRIV_H
#define TAGSIGHT_TUI_SCORES_PRIV_H

#include "tui/app.h"

enum figure { PRECISION, RECALL, F1, GOLD, PREDICTED, CORRECT, FIGURES };

struct scores_table {
	const struct review_scores *scores;
	struct type_score *types; /* [n], that have figures */
	struct type_score *names; /* [n_names], of the confusion */
	size_t n, n_names;
	struct type_score total;
	bool relations;
	bool alone; /* there may be what only gold or only the prediction has */
	int widest; /* columns of the longest name */
	/* Of the view: columns of the screen, of a line's name, of a figure, of a count of the confusion. */
	int columns, head, cell, pair;
};

/* -1 when memory is out. */
int scores_table_read(struct app *app, struct scores_table *table);
void scores_table_free(struct scores_table *table);

/* Lines of the whole table, whether one is of figures, and its cells. The last line has no entity that
 * was missed. */
size_t scores_table_lines(const struct scores_table *table);
bool scores_table_is_figure(const struct scores_table *table, size_t line);
size_t scores_table_cells(const struct scores_table *table, size_t line);

/* What a line of figures is made from. */
const struct type_score *scores_table_score(const struct scores_table *table, size_t line);

/* The gold and the predicted type of a cell of the confusion, NULL for none, and how often they met. */
void scores_table_types(const struct scores_table *table, size_t line, size_t column, const char **gold,
			const char **guess);
size_t scores_table_count(const struct scores_table *table, size_t line, size_t column);

/* What Enter looks for in a cell, how many there are, and what that is in words. The goal points into the
 * table. */
void scores_table_goal(const struct scores_table *table, size_t line, size_t column,
		       struct score_goal *goal, size_t *count, struct buf *about);

#endif
