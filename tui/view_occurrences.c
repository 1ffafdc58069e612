/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/view_occurrences.h"

#include "lib/base/checked.h"
#include "lib/review/tags.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEAD_ROWS 2
#define NUMBER_COLUMN 6
#define TYPE_COLUMN 15
#define TEXT_COLUMN 22
#define CONTEXT 3 /* words before the form */
#define SLICE 0.008

struct place {
	size_t record, begin;
	bool left_out;
};

struct occurrences {
	struct str_list form; /* the words */
	char type[TAG_LIMIT + 1]; /* "": the words are no entity */
	size_t next;              /* record to look at */
	struct place *places;
	size_t n, capacity;
	size_t at, top;
	int rows;
	bool applying;
	size_t applied; /* places that were gone through */
	size_t changed;
};

void occurrences_free(struct occurrences *occurrences)
{
	if (!occurrences)
		return;
	str_list_release(&occurrences->form);
	free(occurrences->places);
	free(occurrences);
}

/* Take the words at the cursor and what they are tagged as. -1 when memory is out. */
static int take_form(struct occurrences *o, struct app *app)
{
	const struct review_record *record = app_record(app);
	size_t n = record->sentence.n_tokens, begin, end;
	struct tag_span span;

	sentence_range(app, &begin, &end);
	for (size_t i = begin; i < end && i < n; i++)
		if (str_list_add(&o->form, record->sentence.tokens[i].word) < 0)
			return -1;
	if (tags_span_at(record->tags, n, begin, &span) && span.begin == begin && span.end == end)
		snprintf(o->type, sizeof(o->type), "%s", span.type);
	return 0;
}

static bool form_is_at(const struct occurrences *o, const struct review_record *record, size_t at)
{
	if (at + o->form.n > record->sentence.n_tokens)
		return false;
	for (size_t i = 0; i < o->form.n; i++)
		if (strcmp(record->sentence.tokens[at + i].word, o->form.items[i]) != 0)
			return false;
	return true;
}

/* Whether the fix would change the tags there; *larger when it would take a span that goes on
 * outside of the form. */
static bool would_change(const struct occurrences *o, const struct review_record *record,
			 size_t begin, bool *larger)
{
	size_t n = record->sentence.n_tokens, end = begin + o->form.n;
	struct tag_span span = { begin, end, o->type };
	bool tagged = false;

	*larger = false;
	if (o->type[0] && tags_have_span(record->tags, n, &span))
		return false;
	for (size_t i = begin; i < end; i++)
		if (tags_span_at(record->tags, n, i, &span)) {
			tagged = true;
			*larger = *larger || span.begin < begin || span.end > end;
		}
	return tagged || o->type[0];
}

static int look_at(struct occurrences *o, struct review *review, size_t number)
{
	const struct review_record *record = review_record(review, number);
	bool larger;

	for (size_t at = 0; at < record->sentence.n_tokens; at++) {
		if (!form_is_at(o, record, at) || !would_change(o, record, at, &larger))
			continue;
		if (GROW(o->places, o->n, o->capacity) < 0)
			return -1;
		o->places[o->n++] = (struct place){ number, at, larger };
	}
	return 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void close_view(struct app *app)
{
	app_pop(app);
	occurrences_free(app->occurrences);
	app->occurrences = NULL;
}

/* Search on; false when all records had been looked at. */
static bool search(struct app *app)
{
	struct occurrences *o = app->occurrences;
	struct review *review = app_review(app);
	double end = now() + SLICE;
	bool more = o->next < review_count(review) || !review_is_indexed(review);
	struct err err = ERR_INIT;

	while (o->next < review_count(review) && now() < end)
		if (look_at(o, review, o->next++) < 0) {
			err_set_memory(&err);
			close_view(app);
			app_complain(app, &err);
			break;
		}
	return more;
}

static int change(struct occurrences *o, struct review *review, const struct place *place,
		  struct err *err)
{
	size_t end = place->begin + o->form.n;

	return o->type[0] ? review_set(review, place->record, place->begin, end, o->type, err)
			  : review_clear(review, place->record, place->begin, end, err);
}

static void finish(struct app *app, int outcome, const struct err *err)
{
	size_t changed = app->occurrences->changed;
	char done[96];

	snprintf(done, sizeof(done), "%zu place%s changed, each an edit that can be undone", changed,
		 changed == 1 ? "" : "s");
	close_view(app);
	app_edited(app, outcome < 0 ? outcome : changed > 0, err, done);
}

/* Change some more places, and close the view after the last. */
static void apply(struct app *app)
{
	struct occurrences *o = app->occurrences;
	double end = now() + SLICE;
	struct err err = ERR_INIT;
	int rc = 0;

	while (o->applied < o->n && rc >= 0 && now() < end) {
		const struct place *place = &o->places[o->applied++];

		rc = place->left_out ? 0 : change(o, app_review(app), place, &err);
		o->changed += rc > 0;
	}
	if (rc < 0 || o->applied == o->n)
		finish(app, rc, &err);
}

static bool work(struct app *app)
{
	if (!app->occurrences->applying)
		return search(app);
	apply(app);
	return true;
}

/* What the first word is tagged as now. */
static const char *type_now(const struct review_record *record, size_t word)
{
	struct tag_span span;

	return tags_span_at(record->tags, record->sentence.n_tokens, word, &span) ? span.type : "-";
}

static void draw_place(struct app *app, int y, int columns, size_t position)
{
	const struct occurrences *o = app->occurrences;
	const struct place *place = &o->places[position];
	const struct review_record *record = review_record(app_review(app), place->record);
	size_t first = place->begin > CONTEXT ? place->begin - CONTEXT : 0;
	struct buf text = BUF_INIT;

	if (position == o->at) {
		theme_set(&app->theme, STYLE_SELECTED);
		mvhline(y, 0, ' ' | app->theme.attributes[STYLE_SELECTED], columns);
		mvaddch(y, 0, '>');
	}
	mvaddstr(y, 1, place->left_out ? "[ ]" : "[x]");
	mvprintw(y, NUMBER_COLUMN, "%7zu", place->record + 1);
	glyphs_draw(y, TYPE_COLUMN, TEXT_COLUMN - TYPE_COLUMN - 1, type_now(record, place->begin));
	for (size_t i = first; i < record->sentence.n_tokens && text.length < 1024; i++)
		buf_add_format(&text, "%s%s%s%s", i > first ? " " : "",
			       i == place->begin ? "[" : "", record->sentence.tokens[i].word,
			       i + 1 == place->begin + o->form.n ? "]" : "");
	glyphs_draw(y, TEXT_COLUMN, columns - TEXT_COLUMN, text.data);
	buf_release(&text);
	theme_set(&app->theme, STYLE_TEXT);
}

static void draw_title(struct app *app, int columns)
{
	const struct occurrences *o = app->occurrences;
	struct buf left = BUF_INIT, right = BUF_INIT;
	size_t chosen = 0, count = review_count(app_review(app));

	for (size_t i = 0; i < o->n; i++)
		chosen += !o->places[i].left_out;
	for (size_t i = 0; i < o->form.n; i++)
		buf_add_format(&left, "%s%s", i ? " " : "\"", o->form.items[i]);
	buf_add_format(&left, "\" as %s", o->type[0] ? o->type : "no entity");
	if (o->applying)
		buf_add_format(&right, "%zu changed of %zu", o->changed, chosen);
	else
		buf_add_format(&right, "%zu of %zu", chosen, o->n);
	if (o->next < count)
		buf_add_format(&right, ", searched %zu%%", o->next * 100 / count);
	app_title(app, 0, columns, left.data, right.data);
	buf_release(&left);
	buf_release(&right);
}

static void draw(struct app *app, int rows, int columns)
{
	struct occurrences *o = app->occurrences;
	size_t fit = rows > HEAD_ROWS ? (size_t)(rows - HEAD_ROWS) : 1;

	o->rows = (int)fit;
	if (o->at < o->top)
		o->top = o->at;
	if (o->at >= o->top + fit)
		o->top = o->at - fit + 1;
	draw_title(app, columns);
	attron(A_BOLD);
	mvaddstr(1, 12, "#");
	mvaddstr(1, TYPE_COLUMN, "now");
	mvaddstr(1, TEXT_COLUMN, "text");
	attroff(A_BOLD);
	if (o->n == 0 && o->next >= review_count(app_review(app)))
		glyphs_draw_folded(3, 2, rows - 3, columns - 4,
				   "No other place of this split has these words and another tag. "
				   "Tag the words first, then ask for all places.");
	for (size_t i = 0; i < fit && o->top + i < o->n; i++)
		draw_place(app, HEAD_ROWS + (int)i, columns, o->top + i);
}

static void move_by(struct occurrences *o, long step)
{
	size_t away = (size_t)(step < 0 ? -step : step);

	if (step < 0)
		o->at = o->at > away ? o->at - away : 0;
	else if (o->n)
		o->at = o->n - 1 - o->at > away ? o->at + away : o->n - 1;
}

static void leave_out_all(struct occurrences *o)
{
	bool all = true;

	for (size_t i = 0; i < o->n; i++)
		all = all && o->places[i].left_out;
	for (size_t i = 0; i < o->n; i++)
		o->places[i].left_out = !all;
}

static void begin_apply(struct app *app)
{
	struct occurrences *o = app->occurrences;

	if (o->next < review_count(app_review(app)) || !review_is_indexed(app_review(app)))
		app_say(app, "wait until all tweets were searched");
	else
		o->applying = true;
}

static bool choose(struct app *app, enum action action)
{
	struct occurrences *o = app->occurrences;

	switch (action) {
	case ACTION_LEAVE_OUT:
		if (o->at < o->n)
			o->places[o->at].left_out = !o->places[o->at].left_out;
		move_by(o, 1);
		return true;
	case ACTION_LEAVE_OUT_ALL:
		leave_out_all(o);
		return true;
	case ACTION_CHANGE_ALL:
		begin_apply(app);
		return true;
	default:
		return false;
	}
}

static bool act(struct app *app, enum action action, int nth)
{
	struct occurrences *o = app->occurrences;
	const struct err none = ERR_INIT;

	(void)nth;
	switch (action) {
	case ACTION_UP:
		move_by(o, -1);
		return true;
	case ACTION_DOWN:
		move_by(o, 1);
		return true;
	case ACTION_PAGE_UP:
		move_by(o, -o->rows);
		return true;
	case ACTION_PAGE_DOWN:
		move_by(o, o->rows);
		return true;
	case ACTION_FIRST:
		o->at = 0;
		return true;
	case ACTION_LAST:
		o->at = o->n ? o->n - 1 : 0;
		return true;
	case ACTION_BACK:
		if (o->applying)
			finish(app, 0, &none);
		else
			close_view(app);
		return true;
	default:
		/* What was chosen stays as it was seen while it is being changed. */
		return !o->applying && choose(app, action);
	}
}

static void mouse(struct app *app, const struct mouse_event *event)
{
	struct occurrences *o = app->occurrences;
	size_t position = o->top + (size_t)(event->y - HEAD_ROWS);

	if (event->kind == MOUSE_PRESS && event->y >= HEAD_ROWS && position < o->n)
		o->at = position;
}

static const struct view_ops view_occurrences = {
	.name = "all places",
	.bit = IN_OCCURRENCES,
	.hints = "{leave-out} leave out or take in  {leave-out-all} all  {change-all} change them  "
		 "{back} back  {help}",
	.draw = draw,
	.act = act,
	.mouse = mouse,
	.work = work,
};

void occurrences_open(struct app *app)
{
	struct occurrences *o = calloc(1, sizeof(*o));
	struct err err = ERR_INIT;

	if (!o || take_form(o, app) < 0) {
		err_set_memory(&err);
		occurrences_free(o);
		app_complain(app, &err);
		return;
	}
	occurrences_free(app->occurrences);
	app->occurrences = o;
	app->sentence.mark = SIZE_MAX;
	app_push(app, &view_occurrences);
}
