/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/tags.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

#include <string.h>

#define PANEL_ROWS 7

void sentence_range(struct app *app, size_t *begin, size_t *end)
{
	const struct review_record *record = app_record(app);
	size_t word = app->sentence.word, mark = app->sentence.mark;
	struct tag_span span;

	*begin = word;
	*end = word + 1;
	if (mark != SIZE_MAX) {
		*begin = mark < word ? mark : word;
		*end = (mark < word ? word : mark) + 1;
	} else if (tags_span_at(record->tags, record->sentence.n_tokens, word, &span)) {
		*begin = span.begin;
		*end = span.end;
	}
}

static const char *const state_texts[REVIEW_STATES] = { "not decided", "accepted", "edited" };

static void draw_title(struct app *app, const struct review_record *record, int columns)
{
	char left[160], right[80];

	snprintf(left, sizeof(left), "%zu/%zu  %s%s  %s", app->record + 1,
		 review_count(app_review(app)), record->sentence.id ? "IMGID:" : "",
		 record->sentence.id ? record->sentence.id : "", app->sheets[app->sheet].name);
	snprintf(right, sizeof(right), "%s%s%s", review_disagrees(record) ? "differs  " : "",
		 record->findings ? "findings  " : "", state_texts[record->state]);
	app_title(app, 0, columns, left, right);
}

static void draw(struct app *app, int rows, int columns)
{
	const struct review_record *record = app_record(app);
	int panel = rows > 2 * PANEL_ROWS ? PANEL_ROWS : 3;
	int body = rows - 2 - panel, picture = 0;

	draw_title(app, record, columns);
	if (body > 1)
		picture = sentence_draw_picture(app, body, columns);
	if (record->sentence.n_tokens == 0)
		glyphs_draw_folded(2, 1, body, columns - picture - 1,
				   "This tweet has an id and no words.");
	else if (body > 0)
		sentence_draw_words(app, 2, body, columns - picture);
	sentence_draw_panel(app, rows - panel, panel, columns);
}

static void go_to_word(struct app *app, size_t word)
{
	if (word < app_record(app)->sentence.n_tokens)
		app->sentence.word = word;
}

/* Whether a span of either row begins at the word. */
static bool span_begins(const struct review_record *record, size_t word)
{
	size_t n = record->sentence.n_tokens;
	struct tag_span span;

	return (tags_next_span(record->tags, n, word, &span) && span.begin == word) ||
	       (record->predicted && tags_next_span(record->predicted, n, word, &span) &&
		span.begin == word);
}

static void go_to_span(struct app *app, bool forward)
{
	const struct review_record *record = app_record(app);
	size_t n = record->sentence.n_tokens;

	for (size_t i = 1; i <= n; i++) {
		size_t at = (forward ? app->sentence.word + i : app->sentence.word + n - i) % n;

		if (span_begins(record, at)) {
			app->sentence.word = at;
			return;
		}
	}
	app_say(app, "there is no span in this tweet");
}

static void extend(struct app *app, bool forward)
{
	if (app->sentence.mark == SIZE_MAX)
		app->sentence.mark = app->sentence.word;
	go_to_word(app, forward ? app->sentence.word + 1 : app->sentence.word - 1);
}

/* The next difference of this tweet, or of the next tweet that is not decided. */
static bool go_to_difference(struct app *app, bool forward)
{
	const struct review_record *record = app_record(app);
	size_t next = app->sentence.word + (forward ? 1 : SIZE_MAX), found = SIZE_MAX;

	if (record->state != STATE_ACCEPTED && next < record->sentence.n_tokens)
		found = review_find_difference(record, next, forward);
	if (found != SIZE_MAX)
		app->sentence.word = found;
	return found != SIZE_MAX;
}

static bool go(struct app *app, enum action action)
{
	struct sentence_state *state = &app->sentence;

	switch (action) {
	case ACTION_UP:
		go_to_word(app, words_vertical(&state->words, state->word, -1));
		return true;
	case ACTION_DOWN:
		go_to_word(app, words_vertical(&state->words, state->word, 1));
		return true;
	case ACTION_LEFT:
		go_to_word(app, state->word - 1);
		return true;
	case ACTION_RIGHT:
		go_to_word(app, state->word + 1);
		return true;
	case ACTION_FIRST:
		go_to_word(app, 0);
		return true;
	case ACTION_LAST:
		go_to_word(app, app_record(app)->sentence.n_tokens - 1);
		return true;
	case ACTION_NEXT_SPAN:
	case ACTION_PREVIOUS_SPAN:
		go_to_span(app, action == ACTION_NEXT_SPAN);
		return true;
	case ACTION_NEXT_DISAGREEMENT:
	case ACTION_PREVIOUS_DISAGREEMENT:
		return go_to_difference(app, action == ACTION_NEXT_DISAGREEMENT);
	case ACTION_NEXT_RECORD:
	case ACTION_PREVIOUS_RECORD:
		app_step(app, action == ACTION_NEXT_RECORD);
		return true;
	default:
		return false;
	}
}

static void set_type(struct app *app, int key)
{
	const char *type = entity_types_for_key(review_types(app_review(app)), (char)key);
	struct err err = ERR_INIT;
	char done[96];
	size_t begin, end;

	if (!type) {
		app_say(app, "the data have no further type number %c", key);
		return;
	}
	sentence_range(app, &begin, &end);
	snprintf(done, sizeof(done), "tagged as %s", type);
	app_edited(app, review_set(app_review(app), app->record, begin, end, type, &err), &err,
		   done);
}

static void clear_tag(struct app *app)
{
	struct err err = ERR_INIT;
	size_t begin, end;

	sentence_range(app, &begin, &end);
	app_edited(app, review_clear(app_review(app), app->record, begin, end, &err), &err,
		   "the tag is taken off");
}

static void accept_span(struct app *app)
{
	struct err err = ERR_INIT;

	if (!app_record(app)->predicted)
		app_say(app, "this tweet has no prediction; 'tagsight predict' makes them");
	else
		app_edited(
			app,
			review_accept_span(app_review(app), app->record, app->sentence.word, &err),
			&err, "the prediction is taken here");
}

static void toggle_mark(struct app *app)
{
	app->sentence.mark = app->sentence.mark == SIZE_MAX ? app->sentence.word : SIZE_MAX;
}

static bool edit(struct app *app, enum action action, int key)
{
	if (app_record(app)->sentence.n_tokens == 0)
		return false;
	switch (action) {
	case ACTION_MARK:
		toggle_mark(app);
		return true;
	case ACTION_EXTEND_LEFT:
	case ACTION_EXTEND_RIGHT:
		extend(app, action == ACTION_EXTEND_RIGHT);
		return true;
	case ACTION_SET_TYPE:
		set_type(app, key);
		return true;
	case ACTION_CLEAR:
		clear_tag(app);
		return true;
	case ACTION_ACCEPT_SPAN:
		accept_span(app);
		return true;
	default:
		return false;
	}
}

static bool act(struct app *app, enum action action, int key)
{
	if (action == ACTION_BACK && app->sentence.mark != SIZE_MAX) {
		app->sentence.mark = SIZE_MAX;
		return true;
	}
	if (action == ACTION_PICTURE) {
		app->sentence.no_picture = !app->sentence.no_picture;
		return true;
	}
	if (action == ACTION_PICTURE_VIEW) {
		picture_view_open(app);
		return true;
	}
	return go(app, action) || edit(app, action, key);
}

const struct view_ops view_sentence = {
	.name = "sentence",
	.bit = IN_SENTENCE,
	.hints = "p l o m tag  x clear  a A take prediction  g gold is right  u undo  d next  ?",
	.draw = draw,
	.act = act,
};
