/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/app.h"

#include "lib/review/relations.h"

static void keep(struct buf *buf, const char *text)
{
	buf_clear(buf);
	buf_add_string(buf, text ? text : "");
}

static void say_what(struct app *app)
{
	app_say(app, "%s", app->scores.about.data);
	keymap_expand(&app->message, app->keys, "  {search-next} next  {search-previous} previous");
}

void scores_follow(struct app *app, const struct score_goal *goal, const char *about)
{
	struct scores_state *state = &app->scores;
	size_t n = review_queue_count(app_queue(app));

	keep(&state->about, about);
	keep(&state->type, goal->type);
	keep(&state->guess, goal->guess);
	state->goal = (struct score_goal){ goal->kind, goal->type ? state->type.data : NULL,
					   goal->guess ? state->guess.data : NULL,
					   goal->negative };
	state->following = true;
	if (n)
		search_begin_scored(app, &state->goal, n - 1, true);
}

/* The next entity of the tweet on the screen. */
static bool go_to_word(struct app *app, bool forward)
{
	const struct review_record *record = app_record(app);
	size_t from = app->sentence.word + (forward ? 1 : SIZE_MAX), word = SIZE_MAX;

	if (app_view(app) == &view_sentence && record && from < record->sentence.n_tokens)
		word = review_find_scored(record, &app->scores.goal, from, forward);
	if (word == SIZE_MAX)
		return false;
	app->sentence.word = word;
	say_what(app);
	return true;
}

bool scores_search_again(struct app *app, bool forward)
{
	if (!app->scores.following)
		return false;
	if (!go_to_word(app, forward))
		search_begin_scored(app, &app->scores.goal, app->list.at, forward);
	return true;
}

void scores_found(struct app *app, bool forward, bool same)
{
	const struct review_record *record = app_record(app);
	size_t word;

	if (app_view(app) == &view_scores)
		app_push(app, record && record->relation ? &view_relation : &view_sentence);
	else if (same)
		app_say(app, "no other %s has one", app_noun(app));
	if (!app->message.length)
		say_what(app);
	if (!record || record->relation || record->sentence.n_tokens == 0)
		return;
	word = review_find_scored(record, &app->scores.goal,
				  forward ? 0 : record->sentence.n_tokens - 1, forward);
	if (word != SIZE_MAX)
		app->sentence.word = word;
}

void scores_stop(struct app *app)
{
	app->scores.following = false;
}

void scores_release(struct app *app)
{
	buf_release(&app->scores.type);
	buf_release(&app->scores.guess);
	buf_release(&app->scores.about);
}
