/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/search.h"

#include "tui/app.h"

#define AT_ONCE 0.01 /* seconds: within what a key may take */

void search_stop(struct app *app)
{
	app->search.active = false;
}

static void found(struct app *app)
{
	const struct search *search = &app->search;
	bool same = search->walk.at == search->from;

	if (search->walk.scored) {
		app_select_at(app, search->walk.at);
		scores_found(app, search->walk.forward, same);
		return;
	}
	if (same && search->walk.goal != GOAL_TEXT) {
		app_say(app, "this is the only one");
		return;
	}
	app_select_at(app, search->walk.at);
	if (search->walk.goal == GOAL_TEXT)
		app->sentence.word = review_find_word(app_record(app), search->needle.data);
}

static void found_nothing(struct app *app)
{
	const struct search *search = &app->search;
	bool shown = review_filter_is_empty(review_queue_filter(app_queue(app)));

	if (search->nothing)
		app_say(app, "%s", search->nothing);
	else
		app_say(app, "'%s' is nowhere in %s", search->needle.data,
			shown ? "this file" : "what is shown");
}

bool search_work(struct app *app, double seconds)
{
	struct search *search = &app->search;

	if (!search->active)
		return false;
	search->walk.needle = search->needle.data;
	switch (review_search_work(app_queue(app), &search->walk, seconds)) {
	case SEARCH_MORE:
		app_say(app, "searching: %zu of %zu are left", search->walk.left,
			review_queue_count(app_queue(app)));
		return true;
	case SEARCH_FOUND:
		search->active = false;
		app_say(app, "%s", "");
		found(app);
		break;
	case SEARCH_NOTHING:
		search->active = false;
		found_nothing(app);
		break;
	}
	return true;
}

static void begin(struct app *app, size_t from, const char *nothing)
{
	struct search *search = &app->search;

	search->from = from;
	search->nothing = nothing;
	search->active = true;
	search_work(app, AT_ONCE);
}

void search_begin(struct app *app, enum review_goal goal, const char *needle, size_t from,
		  bool forward, const char *nothing)
{
	struct search *search = &app->search;

	buf_clear(&search->needle);
	buf_add_string(&search->needle, needle);
	search->walk = review_search_from(app_queue(app), goal, NULL, from, forward);
	begin(app, from, nothing);
}

void search_begin_scored(struct app *app, const struct score_goal *goal, size_t from, bool forward)
{
	app->search.walk = review_search_from(app_queue(app), GOAL_DISAGREEMENT, NULL, from, forward);
	app->search.walk.scored = goal;
	begin(app, from, "none is left");
}
