/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done by a key: by the view, or what can be done whatever the view is.
 */
#include "lib/review/annotators.h"
#include "lib/review/relations.h"
#include "tui/app.h"

static void seek(struct app *app, enum review_goal goal, bool forward, const char *nothing)
{
	search_begin(app, goal, "", app->list.at, forward, nothing);
}

/* Undo and redo go where the edit was, so that it is seen. */
static void move_in_history(struct app *app,
			    int (*step)(struct review *, size_t *, struct err *),
			    const char *done, const char *nothing)
{
	struct err err = ERR_INIT;
	size_t record = app->record;
	int rc = step(app_review(app), &record, &err);

	if (rc == 0) {
		app_say(app, "%s", nothing);
		return;
	}
	if (rc > 0 && record != app->record)
		app_select(app, record);
	app_edited(app, rc, &err, done);
}

static void accept(struct app *app, int (*take)(struct review *, size_t, struct err *),
		   const char *done)
{
	struct err err = ERR_INIT;

	if (app_record(app))
		app_edited(app, take(app_review(app), app->record, &err), &err, done);
}

static int take_first(struct review *review, size_t record, struct err *err)
{
	return review_take(review, record, 0, err);
}

static void accept_first(struct app *app, const struct review_record *record)
{
	char done[ANNOTATOR_LIMIT + 32];

	snprintf(done, sizeof(done), "as %s has it", record->readings[0].annotator);
	accept(app, take_first, done);
}

static void accept_prediction(struct app *app)
{
	const struct review_record *record = app_record(app);

	if (record && record->n_readings)
		accept_first(app, record);
	else if (record && record->relation && !record->relation->predicted && !app->options->blind)
		app_say(app, "this relation has no prediction; 'tagsight predict' makes them");
	else if (record && !record->predicted && !(record->relation && record->relation->predicted))
		app_say(app, "%s", app_why_no_prediction(app));
	else
		accept(app, review_accept_prediction, "the prediction is taken");
}

static void toggle_hard(struct app *app)
{
	const struct review_record *record = app_record(app);
	bool hard = record && record->hard;

	accept(app, review_toggle_hard, hard ? "no longer marked as hard" : "marked as hard");
}

/* The note as it is, to be changed. */
static void suggest_note(struct app *app)
{
	const struct review_record *record = app_record(app);
	struct buf line = BUF_INIT;

	if (record) {
		buf_add_format(&line, "note %s", record->note ? record->note : "");
		prompt_open(app, PROMPT_COMMAND, line.data);
	}
	buf_release(&line);
}

static void next_split(struct app *app)
{
	if (app->dataset->n_splits > 1)
		app_show_sheet(app, (app->sheet + 1) % app->dataset->n_splits);
	else
		app_say(app, "this is the only split");
}

/* The next order, or the same one anew: what was decided since finds its place. */
static void order(struct app *app, bool next)
{
	enum review_order now = review_queue_order(app_queue(app));

	app_order(app, next ? (enum review_order)((now + 1) % REVIEW_ORDERS) : now);
}

static void suggest_file(struct app *app)
{
	struct buf line = BUF_INIT;

	buf_add_format(&line, "write %s.reviewed", review_text_path(app_review(app)));
	prompt_open(app, PROMPT_COMMAND, line.data);
	buf_release(&line);
}

static void act_on_records(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_NEXT_DISAGREEMENT:
	case ACTION_PREVIOUS_DISAGREEMENT:
		seek(app, GOAL_DISAGREEMENT, action == ACTION_NEXT_DISAGREEMENT,
		     "no undecided disagreement is left");
		break;
	case ACTION_NEXT_FINDING:
	case ACTION_PREVIOUS_FINDING:
		seek(app, GOAL_FINDING, action == ACTION_NEXT_FINDING, "no tweet has findings");
		break;
	case ACTION_ACCEPT_PREDICTION:
		accept_prediction(app);
		break;
	case ACTION_ACCEPT_GOLD:
		accept(app, review_accept_gold,
		       app->options->adjudicate->n ? "accepted as it stands"
		       : review_has_relations(app_review(app))
			       ? "the relation of the file is accepted"
			       : "the tags of the file are accepted");
		break;
	case ACTION_GO_ON:
		app->goes_on = !app->goes_on;
		app_say(app, app->goes_on ? "from now on a decision goes on to the next difference"
					  : "from now on a decision stays where it is");
		break;
	case ACTION_HARD:
		toggle_hard(app);
		break;
	case ACTION_NOTE:
		suggest_note(app);
		break;
	case ACTION_UNDO:
		move_in_history(app, review_undo, "undone", "nothing to undo");
		break;
	case ACTION_REDO:
		move_in_history(app, review_redo, "redone", "nothing to redo");
		break;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_PREVIOUS:
		if (!scores_search_again(app, action == ACTION_SEARCH_NEXT))
			prompt_search_again(app, action == ACTION_SEARCH_NEXT);
		break;
	default:
		break;
	}
}

static void act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_SEARCH:
		scores_stop(app);
		prompt_open(app, PROMPT_SEARCH, "");
		break;
	case ACTION_WRITE:
		suggest_file(app);
		break;
	case ACTION_COMMAND:
		prompt_open(app, PROMPT_COMMAND, "");
		break;
	case ACTION_NEXT_SPLIT:
		next_split(app);
		break;
	case ACTION_NEXT_ORDER:
	case ACTION_SORT_AGAIN:
		order(app, action == ACTION_NEXT_ORDER);
		break;
	case ACTION_SHOW_ONLY:
		prompt_open(app, PROMPT_COMMAND, "only ");
		break;
	case ACTION_SHOW_ALL:
		app_show_all(app);
		break;
	case ACTION_SCORES:
		scores_open(app);
		break;
	case ACTION_HELP:
		app->help.top = 0;
		app_push(app, &view_help);
		break;
	case ACTION_REDRAW:
		clearok(curscr, TRUE);
		break;
	case ACTION_BACK:
		app_pop(app);
		break;
	case ACTION_LEAVE:
	case ACTION_QUIT:
		app->running = false;
		break;
	default:
		act_on_records(app, action);
		break;
	}
}

/* What can be repeated: all that changes tags. */
static bool is_edit(enum action action)
{
	switch (action) {
	case ACTION_TAG_PERSON:
	case ACTION_TAG_LOCATION:
	case ACTION_TAG_ORGANIZATION:
	case ACTION_TAG_MISC:
	case ACTION_TAG_FURTHER:
	case ACTION_CLEAR:
	case ACTION_GROW_LEFT:
	case ACTION_GROW_RIGHT:
	case ACTION_SHRINK_LEFT:
	case ACTION_SHRINK_RIGHT:
	case ACTION_SPLIT_SPAN:
	case ACTION_JOIN_SPANS:
	case ACTION_ACCEPT_SPAN:
	case ACTION_FIX:
	case ACTION_FLIP:
	case ACTION_ACCEPT_PREDICTION:
	case ACTION_ACCEPT_GOLD:
		return true;
	default:
		return false;
	}
}

/* What settles a span, a tweet or a relation, so that there is nothing left to do there. */
static bool is_decision(enum action action)
{
	return action == ACTION_ACCEPT_SPAN || action == ACTION_ACCEPT_PREDICTION ||
	       action == ACTION_ACCEPT_GOLD || action == ACTION_CHOOSE_RELATION ||
	       action == ACTION_TAKE_RELATION;
}

static void repeat(struct app *app)
{
	if (app->last_edit == ACTION_NONE)
		app_say(app, "nothing was edited yet that could be repeated");
	else if (!(action_specs[app->last_edit].views & app_view(app)->bit))
		app_hint(app, "the last edit was of words: {open} opens the tweet");
	else
		app_do(app, app->last_edit, app->last_nth);
}

void app_do(struct app *app, enum action action, int nth)
{
	app->newcomer = app->newcomer && (action == ACTION_UP || action == ACTION_DOWN);
	if (action == ACTION_REPEAT) {
		repeat(app);
		return;
	}
	if (is_edit(action)) {
		app->last_edit = action;
		app->last_nth = nth;
	}
	app->edited = false;
	if (!app_view(app)->act(app, action, nth))
		act(app, action);
	if (app->edited && app->goes_on && is_decision(action))
		app_do(app, ACTION_NEXT_DISAGREEMENT, 0);
}
