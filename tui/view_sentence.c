/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/tags.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

#include <string.h>

#define PANEL_ROWS 7

static const char *const state_texts[REVIEW_STATES] = { "not decided", "accepted", "edited" };

static void draw_title(struct app *app, const struct review_record *record, int columns)
{
	char left[160], right[80];
	struct buf agreement = BUF_INIT;

	sheet_say_agreement(&app->sheets[app->sheet], &agreement);
	snprintf(left, sizeof(left), "%zu/%zu  %s%s  %s%s", app->record + 1,
		 review_count(app_review(app)), record->sentence.id ? "IMGID:" : "",
		 record->sentence.id ? record->sentence.id : "", app->sheets[app->sheet].name,
		 agreement.length ? agreement.data : "");
	buf_release(&agreement);
	snprintf(right, sizeof(right), "%s%s%s%s%s", review_disagrees(record) ? "differs  " : "",
		 record->findings ? "findings  " : "", record->note ? "note  " : "",
		 record->hard ? "hard  " : "", state_texts[record->state]);
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

static bool act(struct app *app, enum action action, int nth)
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
	if (action == ACTION_NEXT_REMARK) {
		sentence_next_finding(app);
		return true;
	}
	if (action == ACTION_FIX) {
		sentence_fix(app);
		return true;
	}
	return go(app, action) || sentence_edit(app, action, nth);
}

/* A press puts the cursor on a word, a drag marks from there. */
static void mouse(struct app *app, const struct mouse_event *event)
{
	size_t word = sentence_word_at(app, event->y, event->x);
	struct sentence_state *state = &app->sentence;

	if (word == SIZE_MAX) {
		app->mouse.pressed = app->mouse.pressed && event->kind != MOUSE_PRESS;
		return;
	}
	if (event->kind == MOUSE_PRESS)
		state->mark = SIZE_MAX;
	else if (event->kind != MOUSE_DOUBLE && state->mark == SIZE_MAX && word != state->word)
		state->mark = state->word;
	state->word = word;
}

const struct view_ops view_sentence = {
	.name = "tweet",
	.bit = IN_SENTENCE,
	.hints = "{tag-person} {tag-location} {tag-organization} {tag-misc} tag  {clear} clear  "
		 "{accept-span} {accept-prediction} take prediction  {accept-gold} gold is right  "
		 "{undo} undo  {next-disagreement} next  {help}",
	.adjudicating = "{accept-span} {accept-prediction} {take-span} {take-all} as they have it  "
			"{accept-gold} as it stands  {tag-person} {tag-location} "
			"{tag-organization} {tag-misc} tag  {next-disagreement} next  {help}",
	.draw = draw,
	.act = act,
	.mouse = mouse,
};
