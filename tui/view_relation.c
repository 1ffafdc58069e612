/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/glyphs.h"
#include "tui/relation_priv.h"
#include "tui/sentence_priv.h"

#include <string.h>

#define PANEL_LINES 4 /* of a panel besides its choices */

static const char *const state_texts[REVIEW_STATES] = { "not decided", "accepted", "edited" };

static void draw_title(struct app *app, const struct review_record *record, int columns)
{
	char left[160], right[80];

	snprintf(left, sizeof(left), "%zu/%zu  %s  %s", app->record + 1,
		 review_count(app_review(app)), record->sentence.id ? record->sentence.id : "",
		 app->sheets[app->sheet].name);
	snprintf(right, sizeof(right), "%s%s%s%s%s", review_disagrees(record) ? "differs  " : "",
		 record->findings ? "findings  " : "", record->note ? "note  " : "",
		 record->hard ? "hard  " : "", state_texts[record->state]);
	app_title(app, 0, columns, left, right);
}

/* Three fifths of the screen are for the choices, or what they need. */
static int panel_rows(struct app *app, int body, int words)
{
	int remarks = app_record(app)->findings || app_record(app)->note ? REMARK_ROWS : 0;
	int most = PANEL_LINES + (int)relation_make_choices(app) + remarks;
	int panel = body * 3 / 5 + 1;

	if (panel < body - words - 1)
		panel = body - words - 1;
	return panel < most ? panel : most;
}

static void draw(struct app *app, int rows, int columns)
{
	const struct review_record *record = app_record(app);
	int body = rows - 2, picture = 0, panel, words;

	draw_title(app, record, columns);
	if (!record->relation)
		glyphs_draw_folded(2, 1, body, columns - 2, "This line cannot be read any more.");
	if (body < 1 || !record->relation)
		return;
	picture = sentence_draw_picture(app, body, columns);
	columns -= picture;
	words = relation_place_words(app, columns);
	panel = panel_rows(app, body, words);
	if (record->sentence.n_tokens == 0)
		glyphs_draw_folded(2, 1, body - panel, columns - 1, "This line has no words.");
	else
		relation_draw_words(app, 2, body - panel, columns);
	relation_draw_panel(app, rows - panel, panel, columns);
}

/* Begin where the record stands; boxes are those of the head. */
static void record_changed(struct app *app)
{
	const struct review_record *record = app_record(app);
	struct relation_state *state = &app->relation;
	size_t n, end;

	if (!record || !record->relation)
		return;
	review_mention_words(&record->sentence, &record->relation->head, &app->sentence.word, &end);
	if (state->record == app->record)
		return;
	state->record = app->record;
	state->top = state->at = 0;
	n = relation_make_choices(app);
	for (size_t i = 0; i < n; i++)
		if (strcmp(state->choices[i].name, record->relation->relation) == 0)
			state->at = i;
}

void relation_view_choose(struct app *app, const char *name)
{
	struct err err = ERR_INIT;
	struct buf done = BUF_INIT;

	buf_add_format(&done, "the relation is %s", name);
	app_edited(app, review_set_relation(app_review(app), app->record, name, &err), &err,
		   done.data);
	buf_release(&done);
}

static void choose(struct app *app, size_t at)
{
	size_t n = relation_make_choices(app);

	if (at >= n) {
		app_say(app, "there are only %zu relations to choose from", n);
		return;
	}
	app->relation.at = at;
	relation_view_choose(app, app->relation.choices[at].name);
}

/* Head and tail change places. The name of a relation may say what each must be, as /per/loc/... does,
 * and stays: so tell which is which now. */
static void say_flipped(struct buf *done, const struct review_relation *relation)
{
	const char *name = relation->relation;
	size_t first = *name == '/' ? strcspn(name + 1, "/") : 0;
	size_t second = first && name[first + 1] ? strcspn(name + first + 2, "/") : 0;

	if (second && name[first + 2 + second] == '/')
		buf_add_format(done, "flipped: %s is the head now (%.*s), %s the tail (%.*s)",
			       relation->head.name, (int)first, name + 1, relation->tail.name,
			       (int)second, name + first + 2);
	else
		buf_add_format(done, "flipped: %s is the head now, %s the tail",
			       relation->head.name, relation->tail.name);
}

static void flip(struct app *app)
{
	struct err err = ERR_INIT;
	struct buf done = BUF_INIT;
	int rc = review_flip(app_review(app), app->record, &err);
	const struct review_relation *relation = app_record(app)->relation;

	if (rc > 0 && relation)
		say_flipped(&done, relation);
	app_edited(app, rc, &err, done.data);
	buf_release(&done);
}

static bool go(struct app *app, enum action action)
{
	struct relation_state *state = &app->relation;
	size_t n = relation_make_choices(app);

	switch (action) {
	case ACTION_UP:
		state->at -= state->at > 0;
		return true;
	case ACTION_DOWN:
		state->at += state->at + 1 < n;
		return true;
	case ACTION_FIRST:
		state->at = 0;
		return true;
	case ACTION_LAST:
		state->at = n ? n - 1 : 0;
		return true;
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
	switch (action) {
	case ACTION_CHOOSE_RELATION:
		choose(app, (size_t)nth);
		return true;
	case ACTION_TAKE_RELATION:
		choose(app, app->relation.at);
		return true;
	case ACTION_NAME_RELATION:
		prompt_open(app, PROMPT_COMMAND, "relation ");
		return true;
	case ACTION_FLIP:
		flip(app);
		return true;
	case ACTION_PICTURE:
		app->sentence.no_picture = !app->sentence.no_picture;
		return true;
	case ACTION_PICTURE_VIEW:
		picture_view_open(app);
		return true;
	default:
		return go(app, action);
	}
}

/* A click goes to a relation, a double one chooses it. */
static void mouse(struct app *app, const struct mouse_event *event)
{
	const struct relation_state *state = &app->relation;
	size_t at = state->top + (size_t)(event->y - state->y);

	if (event->y < state->y || event->y >= state->y + state->shown)
		return;
	if (event->kind == MOUSE_PRESS)
		app->relation.at = at;
	else if (event->kind == MOUSE_DOUBLE)
		choose(app, at);
}

const struct view_ops view_relation = {
	.name = "relation",
	.bit = IN_RELATION,
	.hints = "{take-relation} choose  {name-relation} name  {flip} flip  {accept-prediction} "
		 "take prediction  {accept-gold} gold  {undo} undo  {next-disagreement} next  {help}",
	.draw = draw,
	.act = act,
	.record_changed = record_changed,
	.mouse = mouse,
};
