/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/app.h"
#include "tui/glyphs.h"

#include <string.h>

#define HEAD_ROWS 2
#define FLAGS_COLUMN 9
#define ID_COLUMN 14
#define ID_COLUMNS 20 /* at most */

static char difference_flag(const struct review_record *record)
{
	if (!review_disagrees(record))
		return '.';
	return record->state == STATE_UNTOUCHED ? 'D' : 'd';
}

static char finding_flag(const struct review_record *record)
{
	int worst = -1;

	for (const struct review_finding *f = record->findings; f; f = f->next)
		if ((int)f->level > worst)
			worst = (int)f->level;
	return worst < 0 ? '.' : "NWE"[worst];
}

static void draw_flags(struct app *app, int y, const struct review_record *record, bool selected)
{
	char difference = difference_flag(record), finding = finding_flag(record);

	if (difference == 'D' && !selected)
		theme_set(&app->theme, STYLE_DIFFERENCE);
	mvaddch(y, FLAGS_COLUMN, (chtype)difference);
	theme_set(&app->theme, selected ? STYLE_SELECTED : STYLE_TEXT);
	if (finding != '.' && !selected)
		theme_set(&app->theme, finding == 'E' ? STYLE_ERROR : STYLE_WARNING);
	mvaddch(y, FLAGS_COLUMN + 1, (chtype)finding);
	theme_set(&app->theme, selected ? STYLE_SELECTED : STYLE_TEXT);
	mvaddch(y, FLAGS_COLUMN + 2, (chtype)".Ae"[record->state]);
}

static void draw_words(int y, int x, int columns, const struct review_record *record)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < record->sentence.n_tokens && text.length < (size_t)columns * 8;
	     i++) {
		if (i)
			buf_add_char(&text, ' ');
		buf_add_string(&text, record->sentence.tokens[i].word);
	}
	glyphs_draw(y, x, columns, text.data);
	buf_release(&text);
}

/* As wide as the longest id needs, so that columns stay where they are. */
static int id_columns(struct app *app)
{
	const struct review *review = app_review(app);
	int widest = 2;

	for (size_t i = 0; app->list.id_columns == 0 && i < review_count(review); i++) {
		const char *id = review_record(review, i)->sentence.id;
		int columns = id ? glyphs_columns(id) : 1;

		widest = columns > widest ? columns : widest;
	}
	if (app->list.id_columns == 0)
		app->list.id_columns = widest < ID_COLUMNS ? widest : ID_COLUMNS;
	return app->list.id_columns;
}

static void draw_record(struct app *app, int y, int columns, size_t number)
{
	const struct review_record *record = review_record(app_review(app), number);
	bool selected = number == app->record;
	int ids = id_columns(app), text = ID_COLUMN + ids + 2;

	if (selected) {
		theme_set(&app->theme, STYLE_SELECTED);
		mvhline(y, 0, ' ' | app->theme.attributes[STYLE_SELECTED], columns);
		mvaddch(y, 0, '>');
	}
	mvprintw(y, 1, "%7zu", number + 1);
	draw_flags(app, y, record, selected);
	glyphs_draw(y, ID_COLUMN, ids, record->sentence.id ? record->sentence.id : "-");
	draw_words(y, text, columns - text, record);
	theme_set(&app->theme, STYLE_TEXT);
}

static void draw_head(struct app *app, int columns)
{
	struct review_totals totals;
	char counts[160];
	size_t n = review_count(app_review(app));

	review_totals(app_review(app), &totals);
	snprintf(counts, sizeof(counts),
		 "%zu tweets  %zu differ, %zu open  %zu with findings  %zu decided", n,
		 totals.disagreeing, totals.open, totals.with_findings, totals.decided);
	app_title(app, 0, columns, app->sheets[app->sheet].name, counts);
	attron(A_BOLD);
	mvaddstr(1, 7, "#");
	mvaddstr(1, FLAGS_COLUMN, "DFS");
	mvaddstr(1, ID_COLUMN, "id");
	mvaddstr(1, ID_COLUMN + id_columns(app) + 2, "text");
	attroff(A_BOLD);
}

static void keep_in_sight(struct app *app)
{
	size_t rows = app->list.rows > 0 ? (size_t)app->list.rows : 1;

	if (app->record < app->list.top)
		app->list.top = app->record;
	if (app->record >= app->list.top + rows)
		app->list.top = app->record - rows + 1;
}

static void draw(struct app *app, int rows, int columns)
{
	size_t n = review_count(app_review(app));

	app->list.rows = rows - HEAD_ROWS;
	keep_in_sight(app);
	draw_head(app, columns);
	if (n == 0)
		glyphs_draw_folded(
			3, 2, rows - 3, columns - 4,
			"This file holds no tweet that can be read. A tweet is lines of a "
			"word and its tag, with a blank line after; 'tagsight check' says "
			"what is wrong with the file.");
	for (int y = HEAD_ROWS; y < rows && app->list.top + (size_t)(y - HEAD_ROWS) < n; y++)
		draw_record(app, y, columns, app->list.top + (size_t)(y - HEAD_ROWS));
}

/* Select the record `step` away, or the last one before the end. */
static void move_by(struct app *app, long step)
{
	size_t n = review_count(app_review(app)), away = (size_t)(step < 0 ? -step : step);

	if (n == 0)
		return;
	if (step < 0)
		app_select(app, app->record > away ? app->record - away : 0);
	else
		app_select(app, n - 1 - app->record > away ? app->record + away : n - 1);
}

static bool act(struct app *app, enum action action, int key)
{
	(void)key;
	switch (action) {
	case ACTION_UP:
		move_by(app, -1);
		return true;
	case ACTION_DOWN:
		move_by(app, 1);
		return true;
	case ACTION_PAGE_UP:
		move_by(app, -app->list.rows);
		return true;
	case ACTION_PAGE_DOWN:
		move_by(app, app->list.rows);
		return true;
	case ACTION_FIRST:
		app_select(app, 0);
		return true;
	case ACTION_LAST:
		app_select(app, review_count(app_review(app)) - 1);
		return true;
	case ACTION_OPEN:
		if (app_record(app)) {
			app_push(app, &view_sentence);
			app_select(app, app->record);
		}
		return true;
	default:
		return false;
	}
}

const struct view_ops view_list = {
	.name = "list",
	.bit = IN_LIST,
	.hints = "Enter open  d next difference  f next finding  / search  w save  ? keys  q end",
	.draw = draw,
	.act = act,
};
