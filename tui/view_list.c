/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/relations.h"
#include "tui/app.h"
#include "tui/glyphs.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_ROWS 2
#define FLAGS_COLUMN 9
#define ID_COLUMN 14
#define ID_COLUMNS 20 /* at most */
#define NARROW 60     /* columns where less must do */
#define WIDE 100      /* columns where there is room for more */
#define RELATION_COLUMNS 62
#define FIRST_IDS 100 /* records whose ids are looked at in the beginning */

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
	mvaddch(y, FLAGS_COLUMN + 3, record->hard ? 'H' : record->note ? 'n' : ' ');
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

/* "Elon Musk -> member_of -> SpaceX", with the whole name of the relation where there is room. */
static void draw_relation(int y, int columns, const struct review_relation *relation, bool whole)
{
	const char *arrow = MB_CUR_MAX > 1 ? " \xe2\x86\x92 " : " -> ", *name = relation->relation;
	const char *slash = whole ? NULL : strrchr(name, '/');
	struct buf text = BUF_INIT;

	buf_add_format(&text, "%s%s%s%s%s", relation->head.name, arrow,
		       slash && slash[1] ? slash + 1 : name, arrow, relation->tail.name);
	glyphs_draw(y, ID_COLUMN, columns, text.data);
	buf_release(&text);
}

/* Relations stand where ids do, on a narrow screen alone. */
static int relation_columns(int columns)
{
	int room = columns - ID_COLUMN;

	if (columns < NARROW)
		return room;
	return room * 3 / 5 < RELATION_COLUMNS ? room * 3 / 5 : RELATION_COLUMNS;
}

/* As wide as the ids need that were seen so far, so that columns seldom move. */
static void measure_ids(struct app *app, int screen)
{
	const struct review *review = app_review(app);
	size_t n = review_queue_count(app_queue(app)), first = app->list.id_columns ? app->list.top : 0;
	size_t rows = app->list.id_columns ? (size_t)app->list.rows : FIRST_IDS;

	if (review_has_relations(review)) {
		app->list.id_columns = relation_columns(screen);
		return;
	}
	for (size_t i = first; i < n && i < first + rows; i++) {
		const char *id = review_record(review, review_queue_at(app_queue(app), i))->sentence.id;
		int columns = id ? glyphs_columns(id) : 1;

		if (columns > app->list.id_columns)
			app->list.id_columns = columns < ID_COLUMNS ? columns : ID_COLUMNS;
	}
	if (app->list.id_columns < 2)
		app->list.id_columns = 2;
}

static void draw_record(struct app *app, int y, int columns, size_t position)
{
	size_t number = review_queue_at(app_queue(app), position);
	const struct review_record *record = review_record(app_review(app), number);
	bool selected = position == app->list.at;
	int ids = app->list.id_columns, text = ID_COLUMN + ids + 2;

	if (selected) {
		theme_set(&app->theme, STYLE_SELECTED);
		mvhline(y, 0, ' ' | app->theme.attributes[STYLE_SELECTED], columns);
		mvaddch(y, 0, '>');
	}
	mvprintw(y, 1, "%7zu", number + 1);
	draw_flags(app, y, record, selected);
	if (record->relation)
		draw_relation(y, ids, record->relation, columns >= WIDE);
	else
		glyphs_draw(y, ID_COLUMN, ids, record->sentence.id ? record->sentence.id : "-");
	draw_words(y, text, columns - text, record);
	theme_set(&app->theme, STYLE_TEXT);
}

/* "1,204"; with a '+' when it may become more. */
static void add_count(struct buf *text, size_t n, bool final)
{
	char digits[32];
	int length = snprintf(digits, sizeof(digits), "%zu", n);

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buf_add_char(text, ',');
		buf_add_char(text, digits[i]);
	}
	if (!final)
		buf_add_char(text, '+');
}

/* "30 tweets  7 differ, 5 open  2 with findings  1 decided", or the first of these */
static void add_totals(struct buf *text, struct app *app, int columns)
{
	const struct review *review = app_review(app);
	bool complete = review_is_complete(review);
	struct review_totals totals;

	review_totals(review, &totals);
	add_count(text, review_count(review), review_is_indexed(review));
	buf_add_format(text, " %ss", app_noun(app));
	if (columns < NARROW)
		return;
	buf_add_string(text, "  ");
	add_count(text, totals.disagreeing, complete);
	buf_add_string(text, " differ, ");
	add_count(text, totals.open, complete);
	buf_add_string(text, " open  ");
	add_count(text, totals.with_findings, complete);
	buf_add_string(text, " with findings  ");
	add_count(text, totals.decided, complete);
	buf_add_string(text, " decided");
}

/* "37 of 1,204 shown (of 4,000)"; of all in another order "37 of 4,000  7 open  1 decided" */
static void add_place(struct buf *text, struct app *app, int columns)
{
	const struct review *review = app_review(app);
	size_t n = review_queue_count(app_queue(app));

	add_count(text, n ? app->list.at + 1 : 0, true);
	buf_add_string(text, " of ");
	add_count(text, n, review_queue_is_whole(app_queue(app)));
	if (columns < NARROW)
		return;
	if (review_filter_is_empty(review_queue_filter(app_queue(app)))) {
		struct review_totals totals;

		review_totals(review, &totals);
		buf_add_string(text, "  ");
		add_count(text, totals.open, review_is_complete(review));
		buf_add_string(text, " open  ");
		add_count(text, totals.decided, review_is_complete(review));
		buf_add_string(text, " decided");
		return;
	}
	buf_add_string(text, " shown (of ");
	add_count(text, review_count(review), review_is_indexed(review));
	buf_add_char(text, ')');
}

/* What is shown, in which order, and counts: of all, or of the place in the queue. */
static void draw_head(struct app *app, int columns)
{
	const struct review_queue *queue = app_queue(app);
	const struct review_filter *filter = review_queue_filter(queue);
	enum review_order order = review_queue_order(queue);
	struct buf left = BUF_INIT, right = BUF_INIT, only = BUF_INIT;

	buf_add_string(&left, app->sheets[app->sheet].name);
	review_filter_say(filter, &only);
	if (only.length)
		buf_add_format(&left, "  only %s", only.data);
	if (order != ORDER_FILE)
		buf_add_format(&left, "  by %s", review_order_name(order));
	if (only.length || order != ORDER_FILE)
		add_place(&right, app, columns);
	else
		add_totals(&right, app, columns);
	app_title(app, 0, columns, left.data, right.data);
	attron(A_BOLD);
	mvaddstr(1, 7, "#");
	mvaddstr(1, FLAGS_COLUMN, "DFS");
	mvaddstr(1, ID_COLUMN, review_has_relations(app_review(app)) ? "relation" : "id");
	glyphs_draw(1, ID_COLUMN + app->list.id_columns + 2,
		    columns - ID_COLUMN - app->list.id_columns - 2, "text");
	attroff(A_BOLD);
	buf_release(&left);
	buf_release(&right);
	buf_release(&only);
}

static void keep_in_sight(struct app *app)
{
	size_t rows = app->list.rows > 0 ? (size_t)app->list.rows : 1;

	if (app->list.at < app->list.top)
		app->list.top = app->list.at;
	if (app->list.at >= app->list.top + rows)
		app->list.top = app->list.at - rows + 1;
}

/* Why there is nothing, and what to do. */
static void draw_empty(struct app *app, int rows, int columns)
{
	const char *text = "This file holds no tweet that can be read. A tweet is lines of a word "
			   "and its tag, with a blank line after; 'tagsight check' says what is "
			   "wrong with the file.";

	if (review_has_relations(app_review(app)))
		text = "This file holds no relation that can be read. A relation is a line "
		       "{'token': [...], 'h': {...}, 't': {...}, 'relation': '...'}; 'tagsight "
		       "check' says what is wrong with the file.";
	if (review_count(app_review(app)) && review_queue_is_whole(app_queue(app)))
		text = "No tweet is like that. ':all' shows all tweets again, ':only' and another "
		       "word others.";
	else if (!review_queue_is_whole(app_queue(app)))
		text = "No such tweet so far; the rest is still being looked through.";
	glyphs_draw_folded(3, 2, rows - 3, columns - 4, text);
}

static void draw(struct app *app, int rows, int columns)
{
	size_t n = review_queue_count(app_queue(app));

	app->list.rows = rows - HEAD_ROWS;
	keep_in_sight(app);
	measure_ids(app, columns);
	draw_head(app, columns);
	if (n == 0)
		draw_empty(app, rows, columns);
	for (int y = HEAD_ROWS; y < rows && app->list.top + (size_t)(y - HEAD_ROWS) < n; y++)
		draw_record(app, y, columns, app->list.top + (size_t)(y - HEAD_ROWS));
}

/* Select the record `step` away, or the last one before the end. */
static void move_by(struct app *app, long step)
{
	size_t n = review_queue_count(app_queue(app)), away = (size_t)(step < 0 ? -step : step);
	size_t at = app->list.at;

	if (n == 0)
		return;
	if (step < 0)
		app_select_at(app, at > away ? at - away : 0);
	else
		app_select_at(app, n - 1 - at > away ? at + away : n - 1);
}

static bool act(struct app *app, enum action action, int nth)
{
	(void)nth;
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
		app_select_at(app, 0);
		return true;
	case ACTION_LAST:
		app_select_at(app, review_queue_count(app_queue(app)) - 1);
		return true;
	case ACTION_OPEN:
		if (app_record(app)) {
			app_push(app, app_record(app)->relation ? &view_relation : &view_sentence);
			app_select_at(app, app->list.at);
		}
		return true;
	default:
		return false;
	}
}

static void mouse(struct app *app, const struct mouse_event *event)
{
	size_t position = app->list.top + (size_t)(event->y - HEAD_ROWS);

	if (event->y < HEAD_ROWS || event->y >= HEAD_ROWS + app->list.rows ||
	    position >= review_queue_count(app_queue(app)))
		return;
	if (event->kind == MOUSE_RELEASE)
		return;
	app_select_at(app, position);
	if (event->kind == MOUSE_DOUBLE)
		app_do(app, ACTION_OPEN, 0);
}

const struct view_ops view_list = {
	.name = "list",
	.bit = IN_LIST,
	.hints = "{open} open  {next-disagreement} next difference  {next-finding} next finding  "
		 "{search} search  {write} save  {help} keys  {leave} end",
	.draw = draw,
	.act = act,
	.mouse = mouse,
};
