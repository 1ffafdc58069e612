/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/agreement.h"
#include "tui/glyphs.h"
#include "tui/scores_priv.h"

#include <string.h>

#define HEAD_COLUMNS 8 /* of "spurious" */
#define HEAD_SHARE 4   /* of the columns, at most */
#define CELL_COLUMNS 7
#define CELL_COLUMNS_MOST 11
#define PAIR_SHARE 6
#define HEADINGS 4 /* rows that hold no numbers: two headings, a blank row and a caption between */

static const char *const figure_names[FIGURES] = { "precision", "recall",    "F1",
						   "gold",      "predicted", "correct" };
static const char *const short_names[FIGURES] = { "prec", "recall", "F1", "gold", "pred", "right" };

static int limit(int value, int least, int most)
{
	return value > most && most > least ? most : value < least ? least : value;
}

/* Read the table for a screen of so many columns. */
static int read_table(struct app *app, struct scores_table *table, int columns)
{
	if (scores_table_read(app, table) < 0)
		return -1;
	table->columns = columns;
	table->head = limit(table->widest, HEAD_COLUMNS, columns / HEAD_SHARE);
	table->cell = limit((columns - table->head - 1) / FIGURES, CELL_COLUMNS, CELL_COLUMNS_MOST);
	table->pair = limit(table->widest + 2, CELL_COLUMNS + 1, columns / PAIR_SHARE);
	return 0;
}

static void clamp_cursor(struct scores_state *state, const struct scores_table *table)
{
	if (state->line >= scores_table_lines(table))
		state->line = scores_table_lines(table) - 1;
	if (state->column >= scores_table_cells(table, state->line))
		state->column = scores_table_cells(table, state->line) - 1;
}

static void figure_text(const struct type_score *score, size_t column, char *text, size_t size)
{
	struct ratios ratios = score_ratios(score);
	const double parts[] = { ratios.precision, ratios.recall, ratios.f1 };
	const size_t counts[] = { score->gold, score->found, score->correct };

	if (column <= F1)
		snprintf(text, size, "%.2f", 100 * parts[column]);
	else
		snprintf(text, size, "%zu", counts[column - GOLD]);
}

static void cell_text(const struct scores_table *table, size_t line, size_t column, char *text, size_t size)
{
	size_t count;

	if (scores_table_is_figure(table, line)) {
		figure_text(scores_table_score(table, line), column, text, size);
		return;
	}
	count = scores_table_count(table, line, column);
	if (count)
		snprintf(text, size, "%zu", count);
	else
		snprintf(text, size, ".");
}

/* Columns of a cell of the line, and how many cells fit beside each other. */
static int cell_columns(const struct scores_table *table, size_t line)
{
	return scores_table_is_figure(table, line) ? table->cell : table->pair;
}

static size_t cells_that_fit(const struct scores_table *table, size_t line)
{
	int fit = (table->columns - table->head - 1) / cell_columns(table, line);

	return fit > 1 ? (size_t)fit : 1;
}

/* The first cell of a line on the screen: the selected one is seen, in whichever table it is. */
static size_t first_cell(const struct app *app, const struct scores_table *table, size_t line)
{
	size_t fit = cells_that_fit(table, line), column = app->scores.column;

	if (scores_table_is_figure(table, line) != scores_table_is_figure(table, app->scores.line) || column < fit)
		return 0;
	return column - fit + 1;
}

static void draw_right(int y, int x, int columns, const char *text)
{
	int width = glyphs_columns(text);

	glyphs_draw(y, x + (width < columns ? columns - width : 1),
		    width < columns ? width : columns - 1, text);
}

static enum style cell_style(const struct scores_table *table, size_t line, size_t column)
{
	const char *gold, *guess;

	if (scores_table_is_figure(table, line))
		return STYLE_TEXT;
	if (!scores_table_count(table, line, column))
		return STYLE_DIM;
	scores_table_types(table, line, column, &gold, &guess);
	return gold && guess && strcmp(gold, guess) == 0 ? STYLE_TEXT : STYLE_DIFFERENCE;
}

static void draw_cell(struct app *app, const struct scores_table *table, int y, int x, size_t line,
		      size_t column)
{
	bool selected = line == app->scores.line && column == app->scores.column;
	int columns = cell_columns(table, line), width;
	char text[32];

	cell_text(table, line, column, text, sizeof(text));
	width = (int)strlen(text);
	theme_set(&app->theme, selected ? STYLE_CURSOR : cell_style(table, line, column));
	draw_right(y, x, columns, text);
	if (selected && width < columns)
		mvaddch(y, x + columns - width - 1, '>');
	theme_set(&app->theme, STYLE_TEXT);
}

static void draw_line(struct app *app, const struct scores_table *table, int y, size_t line)
{
	size_t first = first_cell(app, table, line), n = scores_table_cells(table, line);
	size_t fit = cells_that_fit(table, line), row = line - table->n - 1;
	const char *name = line < table->n ? table->types[line].type : "all";
	int x = table->head;

	if (!scores_table_is_figure(table, line))
		name = row < table->n_names ? table->names[row].type : "spurious";
	if (line < table->n || (!scores_table_is_figure(table, line) && row < table->n_names))
		theme_set(&app->theme, theme_type(name));
	glyphs_draw(y, 0, table->head, name);
	theme_set(&app->theme, STYLE_TEXT);
	for (size_t i = first; i < n && i < first + fit; i++, x += cell_columns(table, line))
		draw_cell(app, table, y, x, line, i);
}

static const char *column_name(const struct scores_table *table, bool figures, size_t column)
{
	const char *name, *slash;

	if (figures)
		return (table->cell < CELL_COLUMNS_MOST ? short_names : figure_names)[column];
	if (column >= table->n_names)
		return "missed";
	name = table->names[column].type;
	slash = table->relations ? strrchr(name, '/') : NULL;
	return slash && slash[1] ? slash + 1 : name;
}

/* The heading over a line, with '<' and '>' where there is more to the side. */
static void draw_heading(struct app *app, const struct scores_table *table, int y, size_t line)
{
	bool figures = scores_table_is_figure(table, line);
	size_t first = first_cell(app, table, line), fit = cells_that_fit(table, line);
	size_t n = figures ? FIGURES : table->n_names + table->alone;
	int x = table->head;

	attron(A_BOLD);
	glyphs_draw(y, 0, table->head, figures ? "type" : "gold");
	for (size_t i = first; i < n && i < first + fit; i++, x += cell_columns(table, line))
		draw_right(y, x, cell_columns(table, line), column_name(table, figures, i));
	if (first)
		mvaddch(y, table->head, '<');
	if (first + fit < n)
		mvaddch(y, x, '>');
	attroff(A_BOLD);
}

/* Rows are headings, lines and what is between the tables: the row of a line. */
static size_t row_of(const struct scores_table *table, size_t line)
{
	return line + (scores_table_is_figure(table, line) ? 1 : HEADINGS);
}

static void draw_row(struct app *app, const struct scores_table *table, int y, size_t row, bool first)
{
	size_t caption = table->n + 3;

	if (first || row == 0 || row == caption + 1) {
		draw_heading(app, table, y, row < caption ? 0 : table->n + 1);
	} else if (row + 1 < caption) {
		draw_line(app, table, y, row - 1);
	} else if (row == caption) {
		theme_set(&app->theme, STYLE_DIM);
		glyphs_draw(y, 0, table->columns,
			    table->relations ? "rows gold, columns predicted"
					     : "rows gold, columns predicted, where words are shared");
		theme_set(&app->theme, STYLE_TEXT);
	} else if (row > caption) {
		draw_line(app, table, y, row - HEADINGS);
	}
}

/* The first row on the screen is a heading, its own or that of the line it would be. */
static void keep_in_sight(struct scores_state *state, const struct scores_table *table, size_t rows)
{
	size_t row = row_of(table, state->line), last = scores_table_lines(table) + HEADINGS;

	if (last <= rows)
		state->top = 0;
	else if (state->top + rows > last)
		state->top = last - rows;
	if (row < state->top + 1)
		state->top = row - 1;
	if (row >= state->top + rows)
		state->top = row - rows + 1;
	if (state->top == table->n + 2 || state->top == table->n + 3)
		state->top = table->n + 4;
}

static void draw_tables(struct app *app, const struct scores_table *table, int rows)
{
	struct scores_state *state = &app->scores;
	size_t last = scores_table_lines(table) + HEADINGS;
	struct score_goal goal;
	struct buf about = BUF_INIT;
	size_t count;
	char text[32];

	clamp_cursor(state, table);
	keep_in_sight(state, table, (size_t)(rows - 2));
	for (int y = 1; y < rows - 1 && state->top + (size_t)(y - 1) < last; y++)
		draw_row(app, table, y, state->top + (size_t)(y - 1), y == 1);
	scores_table_goal(table, state->line, state->column, &goal, &count, &about);
	snprintf(text, sizeof(text), "%zu ", count);
	glyphs_draw(rows - 1, 0, table->columns - 1, text);
	glyphs_draw(rows - 1, (int)strlen(text), table->columns - 1 - (int)strlen(text), about.data);
	buf_release(&about);
}

static void draw_title(struct app *app, const struct scores_table *table, int columns)
{
	const struct review_filter *filter = table->scores->filter;
	struct buf left = BUF_INIT, only = BUF_INIT;
	char right[64] = "";

	buf_add_format(&left, "scores  %s", app->sheets[app->sheet].name);
	if (filter)
		review_filter_say(filter, &only);
	if (only.length)
		buf_add_format(&left, "  only %s", only.data);
	if (!app->options->adjudicate->n)
		snprintf(right, sizeof(right), "%zu %s%s compared%s", table->scores->records,
			 app_noun(app), table->scores->records == 1 ? "" : "s",
			 review_scores_are_final(app_review(app)) ? "" : " so far");
	app_title(app, 0, columns, left.data, right);
	buf_release(&left);
	buf_release(&only);
}

/* What to do where nothing can be compared. */
static void draw_empty(struct app *app, const struct scores_table *table, int rows, int columns)
{
	struct buf text = BUF_INIT;

	if (!review_scores_are_final(app_review(app)))
		buf_add_string(&text, "Nothing is counted so far.");
	else if (table->scores->records)
		buf_add_string(&text, table->relations
					      ? "Only the negative class is there, and predicted."
					      : "Neither the tags nor the predictions hold an entity.");
	else if (app->options->blind)
		buf_add_string(&text, sheet_why_no_prediction(app->options));
	else if (table->scores->filter)
		buf_add_string(&text, "Nothing that is shown has a prediction. ':all' shows all.");
	else if (app->options->lone_file)
		buf_add_format(&text,
			       "There is no prediction that could be compared with the file. Leave, run "
			       "\"tagsight predict --format json -o '%s.predictions.jsonl' '%s'\" and open "
			       "the review again.",
			       review_text_path(app_review(app)), review_text_path(app_review(app)));
	else
		buf_add_format(&text,
			       "There is no prediction that could be compared with the file. Leave, run "
			       "\"tagsight predict --format json '%s'\" and open the review again.",
			       app->dataset->root);
	glyphs_draw_folded(2, 2, rows - 2, columns - 4, text.data);
	buf_release(&text);
}

static void draw(struct app *app, int rows, int columns)
{
	struct scores_table table;

	if (read_table(app, &table, columns) < 0)
		return;
	draw_title(app, &table, columns);
	if (app->options->adjudicate->n)
		agreement_draw(app, 2, rows - 2, columns);
	else if (table.n == 0)
		draw_empty(app, &table, rows, columns);
	else if (rows > 3)
		draw_tables(app, &table, rows);
	scores_table_free(&table);
}

/* ---- keys ---- */

void scores_open(struct app *app)
{
	const struct review_filter *filter = review_queue_filter(app_queue(app));
	struct review *review = app_review(app);
	struct err err = ERR_INIT;

	if (review_filter_is_empty(filter))
		filter = NULL;
	if ((filter || review_scores(review)->filter) && review_scores_restrict(review, filter) < 0) {
		err_set_memory(&err);
		app_complain(app, &err);
		return;
	}
	for (size_t i = 0; i < app->depth; i++)
		if (app->stack[i] == &view_scores) {
			app->depth = i + 1;
			return;
		}
	app_push(app, &view_scores);
}

static void follow(struct app *app, const struct scores_table *table)
{
	struct buf about = BUF_INIT;
	struct score_goal goal;
	size_t count;

	scores_table_goal(table, app->scores.line, app->scores.column, &goal, &count, &about);
	if (count)
		scores_follow(app, &goal, about.data);
	else
		app_say(app, "there are none");
	buf_release(&about);
}

static void go(struct app *app, const struct scores_table *table, enum action action)
{
	struct scores_state *state = &app->scores;
	size_t last = scores_table_lines(table) - 1;

	switch (action) {
	case ACTION_UP:
		state->line -= state->line > 0;
		break;
	case ACTION_DOWN:
		state->line += state->line < last;
		break;
	case ACTION_LEFT:
		state->column -= state->column > 0;
		break;
	case ACTION_RIGHT:
		state->column++;
		break;
	case ACTION_FIRST:
		state->line = 0;
		break;
	case ACTION_LAST:
		state->line = last;
		break;
	default:
		state->line = scores_table_is_figure(table, state->line) ? table->n + 1 : 0;
	}
	clamp_cursor(state, table);
}

static bool act(struct app *app, enum action action, int nth)
{
	struct scores_table table;

	(void)nth;
	switch (action) {
	case ACTION_UP:
	case ACTION_DOWN:
	case ACTION_LEFT:
	case ACTION_RIGHT:
	case ACTION_FIRST:
	case ACTION_LAST:
	case ACTION_OTHER_TABLE:
	case ACTION_OPEN:
		break;
	default:
		return false;
	}
	if (read_table(app, &table, 0) < 0)
		return true;
	if (table.n)
		clamp_cursor(&app->scores, &table);
	if (table.n && action == ACTION_OPEN)
		follow(app, &table);
	else if (table.n)
		go(app, &table, action);
	scores_table_free(&table);
	return true;
}

/* The line at a row of the screen; false for headings and what is below. */
static bool line_at(const struct app *app, const struct scores_table *table, int y, size_t *line)
{
	size_t row = app->scores.top + (size_t)(y - 1);

	if (y < 2)
		return false;
	*line = row - (row <= table->n + 1 ? 1 : HEADINGS);
	return row != 0 && (row <= table->n + 1 || row > table->n + HEADINGS) &&
	       *line < scores_table_lines(table);
}

static void point_at(struct app *app, const struct scores_table *table, const struct mouse_event *event)
{
	int rows = getmaxy(stdscr), x = event->x - table->head;
	size_t line, column;

	if (event->y >= rows - 2 || x < 0 || !line_at(app, table, event->y, &line))
		return;
	column = (size_t)(x / cell_columns(table, line));
	if (column >= cells_that_fit(table, line))
		return;
	column += first_cell(app, table, line);
	if (column >= scores_table_cells(table, line))
		return;
	app->scores.line = line;
	app->scores.column = column;
	if (event->kind == MOUSE_DOUBLE)
		follow(app, table);
}

static void mouse(struct app *app, const struct mouse_event *event)
{
	struct scores_table table;

	if (event->kind == MOUSE_RELEASE || read_table(app, &table, getmaxx(stdscr)) < 0)
		return;
	if (table.n)
		point_at(app, &table, event);
	scores_table_free(&table);
}

const struct view_ops view_scores = {
	.name = "scores",
	.bit = IN_SCORES,
	.hints = "{open} open  {other-table} table  {back} back  {help} keys",
	.draw = draw,
	.act = act,
	.mouse = mouse,
};
