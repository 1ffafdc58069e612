/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The selection as a place in the queue, and what is done while no key waits.
 */
#include "tui/app.h"

#define SLICE 0.002    /* seconds of work between two looks for a key */
#define AT_ONCE 0.05   /* seconds for the first records of a new order */

struct review_queue *app_queue(struct app *app)
{
	return app->sheets[app->sheet].queue;
}

void app_select_at(struct app *app, size_t position)
{
	if (position >= review_queue_count(app_queue(app)))
		return;
	app->list.at = position;
	app_show_record(app, review_queue_at(app_queue(app), position));
}

void app_select(struct app *app, size_t record)
{
	struct review_queue *queue = app_queue(app);
	size_t position;

	if (record >= review_count(app_review(app)))
		return;
	position = review_queue_find(queue, record);
	if (position == SIZE_MAX) { /* asked for by its number, or by undo */
		position = review_queue_count(queue) ? app->list.at + 1 : 0;
		if (review_queue_insert(queue, position, record) < 0)
			return;
	}
	app_select_at(app, position);
}

void app_step(struct app *app, bool forward)
{
	if (forward ? app->list.at + 1 < review_queue_count(app_queue(app)) : app->list.at > 0)
		app_select_at(app, forward ? app->list.at + 1 : app->list.at - 1);
	else
		app_say(app, "this is the %s %s", forward ? "last" : "first", app_noun(app));
}

/* Where the selected record is now; the first one when nothing was selected. */
static void keep_selection(struct app *app)
{
	struct review_queue *queue = app_queue(app);
	size_t n = review_queue_count(queue), at;

	if (n == 0 || (app->list.at < n && review_queue_at(queue, app->list.at) == app->record))
		return;
	at = app->record == SIZE_MAX ? SIZE_MAX : review_queue_find(queue, app->record);
	if (at == SIZE_MAX)
		app_select_at(app, 0);
	else
		app->list.at = at;
}

void app_make_queue(struct app *app, enum review_order order, const struct review_filter *filter)
{
	struct review_queue *queue = app_queue(app);
	struct err err = ERR_INIT;

	search_stop(app);
	if (review_queue_make(queue, order, app->options->seed, filter) < 0) {
		err_set_memory(&err);
		app_complain(app, &err);
		return;
	}
	review_queue_work(queue, AT_ONCE);
	app->depth = 1;
	app->list.top = app->list.at = 0;
	app->record = SIZE_MAX;
	keep_selection(app);
}

void app_order(struct app *app, enum review_order order)
{
	app_make_queue(app, order, review_queue_filter(app_queue(app)));
	app_say(app, order == ORDER_FILE ? "in the order of the file" : "sorted by %s",
		review_order_name(order));
}

void app_only(struct app *app, const char *what)
{
	struct review_filter filter = REVIEW_FILTER_INIT;
	struct err err = ERR_INIT;

	if (review_filter_copy(&filter, review_queue_filter(app_queue(app))) < 0)
		err_set_memory(&err);
	else if (review_filter_add(&filter, app_review(app), what, &err) == 0)
		app_make_queue(app, review_queue_order(app_queue(app)), &filter);
	if (err.kind != ERR_NONE)
		app_complain(app, &err);
	review_filter_release(&filter);
}

void app_show_all(struct app *app)
{
	static const struct review_filter all = REVIEW_FILTER_INIT;
	size_t record = app->record;

	app_make_queue(app, review_queue_order(app_queue(app)), &all);
	if (record != SIZE_MAX && review_queue_find(app_queue(app), record) != SIZE_MAX)
		app_select(app, record);
	app_say(app, "all tweets are shown");
}

/* The tweet whose number was asked for before it was known. */
static void select_wanted(struct app *app)
{
	size_t n = review_count(app_review(app));

	if (app->wanted < n) {
		app_select(app, app->wanted);
	} else if (app->wanted != SIZE_MAX && review_is_indexed(app_review(app))) {
		app_say(app, "there is no tweet %zu: they are 1 to %zu", app->wanted + 1, n);
		app->wanted = SIZE_MAX;
	}
}

/* Tell what work has brought to light, and a fault again and again; false when that is nothing. */
static bool tell(struct app *app)
{
	struct review *review = app_review(app);
	struct buf note = BUF_INIT;
	struct err err = ERR_INIT;
	bool told = true;

	review_take_note(review, &note);
	if (app->message.length == 0 && review_fault(review, &err) < 0) {
		app_complain(app, &err);
	} else if (note.length) {
		app_say(app, "%s", note.data);
	} else {
		told = false;
	}
	buf_release(&note);
	return told;
}

/* An order that the last prediction has changed is made anew, unless somebody is at work in it. */
static void order_predicted(struct app *app)
{
	enum review_order order = review_queue_order(app_queue(app));

	if (order != ORDER_DISAGREEMENT && order != ORDER_CONFIDENCE && order != ORDER_MARGIN)
		return;
	if (app->touched)
		app_hint(app, "all is predicted; {sort-again} in the list sorts it again");
	else
		app_order(app, order);
}

bool app_predict(struct app *app)
{
	struct buf message = BUF_INIT;
	bool predicts = app->predicting.phase == PREDICTING_WORKS;
	bool news = predicting_step(&app->predicting, app->list.at, &message);

	if (news)
		keep_selection(app);
	if (predicts && !predicting_is_on(&app->predicting) && message.length == 0)
		order_predicted(app);
	if (message.length) {
		buf_add_format(&app->message, "%s%s", app->message.length ? "; " : "",
			       message.data);
		app->message_is_error = false;
	}
	buf_release(&message);
	return news;
}

const char *app_why_no_prediction(const struct app *app)
{
	return predicting_is_on(&app->predicting)
		       ? "this tweet has no prediction yet; it comes in a moment"
		       : sheet_why_no_prediction(app->options);
}

bool app_work(struct app *app)
{
	struct review *review = app_review(app);
	struct review_queue *queue = app_queue(app);
	bool busy = !review_is_complete(review) || !review_scores_are_final(review) ||
		    !review_queue_is_whole(queue);

	if (search_work(app, SLICE))
		return true;
	busy = review_work(review, SLICE) || busy;
	review_queue_work(queue, SLICE);
	keep_selection(app);
	select_wanted(app);
	busy |= app_predict(app);
	return tell(app) || busy;
}
