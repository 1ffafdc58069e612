/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/relations.h"
#include "tui/glyphs.h"
#include "tui/scores_priv.h"

#include <stdlib.h>
#include <string.h>

void scores_table_free(struct scores_table *table)
{
	free(table->types);
	free(table->names);
}

/* Whether an entity of either side has none of the other. */
static bool has_alone(const struct confusion *confusion)
{
	for (size_t i = 0; i < confusion->n; i++)
		if (confusion->cells[i].count &&
		    (!confusion->cells[i].gold || !confusion->cells[i].guess))
			return true;
	return false;
}

int scores_table_read(struct app *app, struct scores_table *table)
{
	*table = (struct scores_table){ .scores = review_scores(app_review(app)) };
	table->relations = review_has_relations(app_review(app));
	table->total = review_scores_total(table->scores);
	table->types = review_scores_types(table->scores, false, &table->n);
	table->names = review_scores_types(table->scores, true, &table->n_names);
	if (!table->types || !table->names) {
		scores_table_free(table);
		return -1;
	}
	for (size_t i = 0; i < table->n_names; i++) {
		int name = glyphs_columns(table->names[i].type);

		table->widest = name > table->widest ? name : table->widest;
	}
	table->alone = !table->relations || has_alone(&table->scores->confusion);
	return 0;
}

bool scores_table_is_figure(const struct scores_table *table, size_t line)
{
	return line <= table->n;
}

size_t scores_table_lines(const struct scores_table *table)
{
	return table->n + 1 + table->n_names + table->alone;
}

size_t scores_table_cells(const struct scores_table *table, size_t line)
{
	if (scores_table_is_figure(table, line))
		return FIGURES;
	return table->n_names + (table->alone && line + 1 < scores_table_lines(table));
}

void scores_table_types(const struct scores_table *table, size_t line, size_t column, const char **gold,
		       const char **guess)
{
	size_t row = line - table->n - 1;

	*gold = row < table->n_names ? table->names[row].type : NULL;
	*guess = column < table->n_names ? table->names[column].type : NULL;
}

const struct type_score *scores_table_score(const struct scores_table *table, size_t line)
{
	return line < table->n ? &table->types[line] : &table->total;
}

size_t scores_table_count(const struct scores_table *table, size_t line, size_t column)
{
	const char *gold, *guess;

	scores_table_types(table, line, column, &gold, &guess);
	return confusion_count(&table->scores->confusion, gold, guess);
}

static void figure_goal(const struct scores_table *table, size_t line, size_t column, struct score_goal *goal,
			size_t *count, struct buf *about)
{
	static const enum score_goal_kind kinds[FIGURES] = {
		SCORED_SPURIOUS, SCORED_MISSED, SCORED_WRONG, SCORED_GOLD, SCORED_PREDICTED,
		SCORED_CORRECT
	};
	static const char *const texts[FIGURES] = {
		"predicted %s not so in gold", "gold %s not so predicted",
		"%s wrong on either side",     "gold %s",
		"predicted %s",                "%s predicted rightly"
	};
	const struct type_score *score = scores_table_score(table, line);
	size_t spurious = score->found - score->correct, missed = score->gold - score->correct;
	const size_t counts[FIGURES] = { spurious,    missed,       spurious + missed,
					 score->gold, score->found, score->correct };
	const char *rest = strstr(texts[column], "%s");

	*goal = (struct score_goal){ kinds[column], score->type, NULL, table->scores->negative };
	*count = counts[column];
	buf_add_format(about, "%.*s%s%s", (int)(rest - texts[column]), texts[column],
		       score->type	  ? score->type
		       : table->relations ? "relations"
					  : "entities",
		       rest + 2);
}

static void pair_goal(const struct scores_table *table, size_t line, size_t column, struct score_goal *goal,
		      size_t *count, struct buf *about)
{
	const char *gold, *guess;

	scores_table_types(table, line, column, &gold, &guess);
	*goal = (struct score_goal){ SCORED_PAIR, gold, guess, NULL };
	*count = scores_table_count(table, line, column);
	if (!gold)
		buf_add_format(about, "predicted %s where gold has nothing", guess);
	else if (!guess)
		buf_add_format(about, "gold %s where nothing is predicted", gold);
	else if (strcmp(gold, guess) == 0 && table->relations)
		buf_add_format(about, "%s predicted rightly", gold);
	else if (strcmp(gold, guess) == 0)
		buf_add_format(about, "gold %s where %s is predicted, be it of other words", gold, guess);
	else
		buf_add_format(about, "gold %s taken for %s", gold, guess);
}

void scores_table_goal(const struct scores_table *table, size_t line, size_t column,
			 struct score_goal *goal, size_t *count, struct buf *about)
{
	if (scores_table_is_figure(table, line))
		figure_goal(table, line, column, goal, count, about);
	else
		pair_goal(table, line, column, goal, count, about);
}
