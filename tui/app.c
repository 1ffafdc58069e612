/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/app.h"

#include "lib/base/checked.h"
#include "lib/review/relations.h"
#include "tui/glyphs.h"
#include "tui/keys.h"
#include "tui/newcomer.h"
#include "tui/tui.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REDRAW 0.1 /* seconds between two drawings of what work has changed */
#define POLL 30    /* milliseconds between two looks at what was predicted */

static volatile sig_atomic_t stopped; /* by a signal */

struct review *app_review(struct app *app)
{
	return app->sheets[app->sheet].review;
}

const struct review_record *app_record(struct app *app)
{
	const struct review *review = app_review(app);

	return app->record < review_count(review) ? review_record(review, app->record) : NULL;
}

const char *app_noun(struct app *app)
{
	return review_has_relations(app_review(app)) ? "relation" : "tweet";
}

const struct view_ops *app_view(const struct app *app)
{
	return app->stack[app->depth - 1];
}

void app_push(struct app *app, const struct view_ops *view)
{
	if (app->depth < VIEW_DEPTH && app_view(app) != view)
		app->stack[app->depth++] = view;
}

void app_pop(struct app *app)
{
	if (app->depth > 1)
		app->depth--;
}

static void tell_views(struct app *app)
{
	for (size_t i = 0; i < app->depth; i++)
		if (app->stack[i]->record_changed)
			app->stack[i]->record_changed(app);
}

/* Where the cursor is wanted first: where a model says something else, or a check does. */
static size_t first_word(const struct review_record *record)
{
	size_t word = review_find_difference(record, 0, true);

	for (const struct review_finding *f = record->findings; f && word == SIZE_MAX; f = f->next)
		word = f->word;
	return word == SIZE_MAX ? 0 : word;
}

void app_show_record(struct app *app, size_t record)
{
	if (record != app->record)
		app->sentence.top = 0;
	app->record = record;
	app->wanted = SIZE_MAX;
	app->sentence.word = first_word(app_record(app));
	app->sentence.mark = SIZE_MAX;
	app->sentence.finding = 0;
	tell_views(app);
}

void app_say(struct app *app, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_clear(&app->message);
	buf_add_string(&app->message, text);
	app->message_is_error = false;
}

void app_hint(struct app *app, const char *hint)
{
	app_say(app, "%s", "");
	keymap_expand(&app->message, app->keys, hint);
}

void app_complain(struct app *app, const struct err *err)
{
	char text[2048];

	app_say(app, "%s", err_format(err, text, sizeof(text)));
	app->message_is_error = true;
}

void app_edited(struct app *app, int outcome, const struct err *err, const char *done)
{
	if (outcome < 0) {
		app_complain(app, err);
		return;
	}
	app->edited = outcome > 0;
	app_say(app, "%s", outcome ? done : "nothing to change here");
	app->sentence.mark = SIZE_MAX;
	tell_views(app);
}

bool app_show_sheet(struct app *app, size_t sheet)
{
	struct buf note = BUF_INIT;
	struct err err = ERR_INIT;
	struct sheet *to = &app->sheets[sheet];
	bool open = to->review != NULL;

	if (!open) {
		open = sheet_open(to, app->dataset, &app->dataset->splits[sheet], app->options,
				  &note, &err) == 0;
		if (!open)
			app_complain(app, &err);
		else if (note.length)
			app_say(app, "%s", note.data);
	}
	buf_release(&note);
	if (!open)
		return false;
	app->sheet = sheet;
	app->record = app->wanted = SIZE_MAX;
	app->list = (struct list_state){ 0 };
	app->relation.record = SIZE_MAX;
	app->depth = 1;
	search_stop(app);
	scores_stop(app);
	app->touched = false;
	predicting_end(&app->predicting);
	predicting_begin(&app->predicting, app->options->opener, to);
	app_select_at(app, 0);
	return true;
}

void app_title(struct app *app, int y, int columns, const char *left, const char *right)
{
	int room = columns - glyphs_columns(right) - 2;

	theme_set(&app->theme, STYLE_TITLE);
	mvhline(y, 0, ' ' | app->theme.attributes[STYLE_TITLE], columns);
	glyphs_draw(y, 1, room - 1, left);
	if (room > 0)
		glyphs_draw(y, room + 1, columns - room - 1, right);
	theme_set(&app->theme, STYLE_TEXT);
}

/* Say at the right how far the predictions are. Returns the columns that are left. */
static int draw_predicting(struct app *app, int y, int columns)
{
	char text[80];
	int width;

	predicting_describe(&app->predicting, text, sizeof(text));
	width = glyphs_columns(text);
	if (width == 0 || width + 1 >= columns)
		return columns;
	glyphs_draw(y, columns - width - 1, width, text);
	return columns - width - 2;
}

static const char *hints_of(const struct app *app)
{
	const struct view_ops *view = app_view(app);

	return view->adjudicating && app->options->adjudicate->n ? view->adjudicating : view->hints;
}

static void draw_status(struct app *app, int y, int columns)
{
	if (app->prompt.kind != PROMPT_NONE) {
		prompt_draw(app, y, columns);
		curs_set(1);
		return;
	}
	curs_set(0);
	columns = draw_predicting(app, y, columns);
	if (app->message.length) {
		theme_set(&app->theme, app->message_is_error ? STYLE_ERROR : STYLE_TEXT);
		glyphs_draw(y, 0, columns - 1, app->message.data);
	} else {
		struct buf hints = BUF_INIT;

		keymap_expand(&hints, app->keys, hints_of(app));
		theme_set(&app->theme, STYLE_DIM);
		glyphs_draw(y, 0, columns - 1, hints.data);
		buf_release(&hints);
	}
	theme_set(&app->theme, STYLE_TEXT);
}

static void draw(struct app *app)
{
	int rows, columns, hint;

	getmaxyx(stdscr, rows, columns);
	hint = newcomer_rows(app, rows, columns);
	erase();
	graphics_begin(&app->graphics);
	if (rows > 1)
		app_view(app)->draw(app, rows - 1 - hint, columns);
	if (hint)
		newcomer_draw(app, rows - 1 - hint, columns);
	draw_status(app, rows - 1, columns);
	graphics_before_refresh(&app->graphics);
	refresh();
	graphics_after_refresh(&app->graphics, stdout);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* A slice of work, of the view on the screen or of the review. False when there is none. */
static bool work(struct app *app)
{
	bool busy = app->prompt.kind == PROMPT_NONE && app_view(app)->work &&
		    app_view(app)->work(app);

	return app_work(app) || busy;
}

/* Wait for a key, or for predictions to draw: then it is ERR. */
static int await_key(struct app *app, wint_t *key)
{
	int kind;

	do {
		timeout(predicting_is_on(&app->predicting) ? POLL : -1);
		kind = get_wch(key);
	} while (kind == ERR && !stopped && predicting_is_on(&app->predicting) &&
		 !app_predict(app));
	return kind;
}

/* Get a key, and work until there is one. False when the screen should be drawn again first. */
static bool wait_key(struct app *app, int *kind, wint_t *key)
{
	double drawn = now();
	bool worked = false;

	timeout(0);
	for (;;) {
		*kind = get_wch(key);
		if (*kind != ERR || stopped)
			return true;
		if (!work(app))
			break;
		worked = true;
		if (now() - drawn > REDRAW)
			return false;
	}
	if (worked)
		return false;
	*kind = await_key(app, key);
	return true;
}

#define WHEEL_STEPS 3

static void take_mouse(struct app *app)
{
	const struct view_ops *view = app_view(app);
	struct mouse_event event;

	if (!mouse_read(&app->mouse, &event) || app->prompt.kind != PROMPT_NONE)
		return;
	if (event.kind == MOUSE_UP || event.kind == MOUSE_DOWN)
		for (int i = 0; i < WHEEL_STEPS; i++)
			app_do(app, event.kind == MOUSE_UP ? ACTION_UP : ACTION_DOWN, 0);
	else if (view->mouse)
		view->mouse(app, &event);
}

static void take_key(struct app *app)
{
	wint_t key;
	int kind, nth = 0;
	enum action action;

	if (!wait_key(app, &kind, &key))
		return;
	if (kind == ERR) {
		/* A signal, or the terminal is gone: a resize alone goes on. */
		app->running = !stopped && !feof(stdin) && !ferror(stdin);
		return;
	}
	if (kind == KEY_CODE_YES && key == KEY_RESIZE)
		return;
	app->touched = true;
	if (kind == KEY_CODE_YES && key == KEY_MOUSE) {
		take_mouse(app);
		return;
	}
	buf_clear(&app->message);
	if (app->prompt.kind != PROMPT_NONE) {
		prompt_key(app, key, kind == KEY_CODE_YES);
		return;
	}
	search_stop(app);
	action = keymap_find(app->keys, keys_translate(key, kind == KEY_CODE_YES),
			     app_view(app)->bit, &nth);
	if (action == ACTION_NONE)
		app_hint(app, "this key does nothing here; {help} lists the keys");
	else
		app_do(app, action, nth);
}

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

/* A signal to end ends the wait for a key, so that the terminal is given back as it was. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = stop };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static int start_screen(struct app *app, const struct tui_options *options, struct err *err)
{
	SCREEN *screen;

	graphics_init(&app->graphics, options->pictures, options->color);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return err_set(err, ERR_USAGE, "the terminal '%s' is not known; set TERM",
			       getenv("TERM") ? getenv("TERM") : "");
	set_term(screen);
	set_escdelay(25);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	keys_init();
	theme_init(&app->theme, options->color);
	mouse_start(&app->mouse);
	app->newcomer = newcomer_comes();
	catch_signals();
	return 0;
}

/* Add where the edits of a sheet are, if it has any that no file was made of. */
static void tell_edits(const struct sheet *sheet, struct buf *note)
{
	struct review_totals totals;

	review_totals(sheet->review, &totals);
	if (totals.unsaved)
		buf_add_format(note,
			       "%sthe edits of %s are in '%s'; ':write FILE' there or --export FILE "
			       "makes a new file of them",
			       note->length ? "; " : "", sheet->name, sheet->journal);
}

static void release(struct app *app, struct buf *note)
{
	predicting_end(&app->predicting);
	for (size_t i = 0; app->sheets && i < app->dataset->n_splits; i++) {
		if (app->sheets[i].review)
			tell_edits(&app->sheets[i], note);
		sheet_close(&app->sheets[i]);
	}
	free(app->sheets);
	words_release(&app->sentence.words);
	picture_release(&app->sentence.picture);
	drawing_release(&app->sentence.drawing);
	picture_state_release(&app->picture);
	occurrences_free(app->occurrences);
	free(app->relation.choices);
	prompt_release(&app->prompt);
	buf_release(&app->search.needle);
	buf_release(&app->needle);
	scores_release(app);
	buf_release(&app->message);
}

int tui_run(const struct dataset *dataset, size_t first, const struct tui_options *options,
	    struct buf *note, struct err *err)
{
	struct app app = { .dataset = dataset, .options = &options->sheets, .keys = options->keys,
			   .sheet = first, .last_edit = ACTION_NONE,
			   .stack = { &view_list }, .depth = 1,
			   .prompt = { .text = BUF_INIT, .history = STR_LIST_INIT },
			   .search = { .needle = BUF_INIT }, .needle = BUF_INIT,
			   .message = BUF_INIT, .running = true };
	int rc = -1;

	app.sentence.mark = app.relation.record = SIZE_MAX;
	app.sentence.drawing = app.picture.drawing = app.picture.strip = (struct drawing)DRAWING_INIT;
	app.sheets = checked_calloc(dataset->n_splits, sizeof(*app.sheets));
	if (!app.sheets) {
		err_set_memory(err);
		goto out;
	}
	if (sheet_open(&app.sheets[first], dataset, &dataset->splits[first], &options->sheets,
		       &app.message, err) < 0 ||
	    start_screen(&app, options, err) < 0)
		goto out;
	predicting_begin(&app.predicting, options->sheets.opener, &app.sheets[first]);
	app.record = app.wanted = SIZE_MAX;
	app_select_at(&app, 0);
	while (app.running) {
		draw(&app);
		take_key(&app);
	}
	graphics_end(&app.graphics, stdout);
	mouse_stop(&app.mouse);
	endwin();
	rc = stopped ? err_set(err, ERR_STOPPED, "interrupted; every edit is kept") : 0;
out:
	release(&app, note);
	return rc;
}
