/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/picture_edit.h"

#include "lib/base/file.h"
#include "lib/review/boxes.h"
#include "preprocess/phrases.h"
#include "tui/sentence_priv.h"

#include <math.h>
#include <string.h>

#define STEPS 64 /* that a corner needs to cross what is seen of the picture */

/* What of the box is moved. */
enum part { LOWER_CORNER, UPPER_CORNER, WHOLE_BOX, PARTS };

static struct sheet *sheet_of(struct app *app)
{
	return &app->sheets[app->sheet];
}

/* The selected box, and what the manifest calls it; NULL, having said why, when there is none or the
 * manifest is another one now. */
static const struct picture_box *box_here(struct app *app, struct box_name *name)
{
	const struct picture *picture = &app->sentence.picture;
	const struct picture_box *box;

	if (sheet_refresh_boxes(sheet_of(app))) {
		app->picture.box = 0;
		app_say(app, "the boxes have changed underneath and are read again: look before you edit");
		return NULL;
	}
	box = boxes_nth(sentence_boxes(app), app->picture.box);
	if (!box || !picture->image.rgb) {
		app_say(app, box ? "there is no picture to see the box in" : "there is no box to edit");
		return NULL;
	}
	*name = (struct box_name){ file_base_name(picture->path), box->found->phrase, box->found->box };
	return box;
}

static void keep_inside(struct box *box, float width, float height)
{
	box->x0 = fminf(fmaxf(box->x0, 0), width - 1);
	box->y0 = fminf(fmaxf(box->y0, 0), height - 1);
	box->x1 = fmaxf(fminf(box->x1, width), box->x0 + 1);
	box->y1 = fmaxf(fminf(box->y1, height), box->y0 + 1);
}

/* A side moved to the next whole pixel in [least, most]. */
static float moved(float side, float by, float least, float most)
{
	return by == 0 ? side : fminf(fmaxf(roundf(side) + by, least), most);
}

/* Both sides moved as far as the picture goes. */
static void shift(float *first, float *last, float by, float most)
{
	float step = by < 0 ? fmaxf(by, -*first) : fminf(by, most - *last);

	*first = moved(*first, step, 0, most - 1);
	*last = moved(*last, step, *first + 1, most);
}

static void move_part(struct box *box, enum part part, float x, float y, float width, float height)
{
	switch (part) {
	case LOWER_CORNER:
		box->x1 = moved(box->x1, x, box->x0 + 1, width);
		box->y1 = moved(box->y1, y, box->y0 + 1, height);
		break;
	case UPPER_CORNER:
		box->x0 = moved(box->x0, x, 0, box->x1 - 1);
		box->y0 = moved(box->y0, y, 0, box->y1 - 1);
		break;
	default:
		shift(&box->x0, &box->x1, x, width);
		shift(&box->y0, &box->y1, y, height);
		break;
	}
}

/* Nearer to the picture the steps are smaller. */
static float step_of(const struct app *app, int width)
{
	float step = roundf((float)width / app->picture.zoom.factor / STEPS);

	return step > 1 ? step : 1;
}

static void drag(struct app *app, float x, float y)
{
	const struct image *image = &app->sentence.picture.image;
	float width = (float)image->width, height = (float)image->height;
	const struct picture_box *box;
	struct err err = ERR_INIT;
	struct box_name name;
	struct box to;
	char done[96];
	float step;

	box = box_here(app, &name);
	if (!box)
		return;
	to = box->box;
	step = step_of(app, image->width);
	keep_inside(&to, width, height);
	move_part(&to, (enum part)app->picture.part, x * step, y * step, width, height);
	snprintf(done, sizeof(done), "now %.0f x %.0f at %.0f,%.0f", (double)(to.x1 - to.x0),
		 (double)(to.y1 - to.y0), (double)to.x0, (double)to.y0);
	app_edited(app, review_move_box(app_review(app), app->record, &name, &to, &err), &err, done);
}

static void next_part(struct app *app)
{
	static const char *const names[PARTS] = { "the lower right corner", "the upper left corner",
						  "the whole box" };

	app->picture.part = (app->picture.part + 1) % PARTS;
	app_say(app, "Shift and the arrows move %s", names[app->picture.part]);
}

/* Another box is selected when the last of the list went. */
static void delete_box(struct app *app)
{
	struct err err = ERR_INIT;
	struct box_name name;
	size_t left;

	if (!box_here(app, &name))
		return;
	app_edited(app, review_delete_box(app_review(app), app->record, &name, &err), &err,
		   "the box is left out");
	left = boxes_count(sentence_boxes(app));
	if (app->picture.box >= left)
		app->picture.box = left ? left - 1 : 0;
}

/* The place of a box of the manifest among those that stand. */
static size_t place_of(struct app *app, const struct picture_box *found)
{
	const struct picture_box *box = sentence_boxes(app);
	size_t place = 0;

	for (; box && box->found != found; box = box->next)
		place++;
	return box ? place : 0;
}

static void choose_box(struct app *app)
{
	const struct picture_box *box, *other;
	struct err err = ERR_INIT;
	struct box_name name;
	size_t others = 0;
	char done[96];

	box = box_here(app, &name);
	if (!box)
		return;
	for (other = sentence_boxes(app); other; other = other->next)
		others += other != box && strcmp(other->phrase, box->phrase) == 0;
	if (!*box->phrase || !others) {
		app_say(app, *box->phrase ? "this phrase has no other box" : "this box is of no phrase");
		return;
	}
	snprintf(done, sizeof(done), "chosen: %zu other box%s of the phrase %s left out", others,
		 others > 1 ? "es" : "", others > 1 ? "are" : "is");
	app_edited(app, review_choose_box(app_review(app), app->record, &name, &err), &err, done);
	app->picture.box = place_of(app, box->found);
}

/* The phrases that ground would look for, of the tags as they stand. */
static void find_phrases(struct app *app)
{
	const struct phrases_choice choice = PHRASES_CHOICE_INIT;
	const struct review_record *read = app_record(app);
	struct picture_state *state = &app->picture;
	struct record record = { .id = read->sentence.id, .n_words = read->sentence.n_tokens,
				 .sentence = &read->sentence };
	struct err ignored = ERR_INIT;

	arena_reset(&state->arena);
	state->n_phrases = 0;
	record.words = arena_alloc(&state->arena, record.n_words + 1, sizeof(*record.words));
	if (!record.words)
		return;
	for (size_t i = 0; i < record.n_words; i++)
		record.words[i] = read->sentence.tokens[i].word;
	if (phrases_of_record(&record, &choice, read->tags, &state->phrases, &state->n_phrases,
			      &state->arena, &ignored) < 0)
		state->n_phrases = 0;
}

const char *picture_phrase(struct app *app, size_t nth)
{
	if (nth == 0)
		find_phrases(app);
	return nth < app->picture.n_phrases ? app->picture.phrases[nth].text : NULL;
}

void picture_name_box(struct app *app, const char *phrase)
{
	struct err err = ERR_INIT;
	struct box_name name;
	const struct picture_box *box;
	const char *known;
	size_t i = 0;

	if (app_view(app) != &view_picture) {
		app_say(app, "boxes are edited in the picture over the whole screen");
		return;
	}
	while ((known = picture_phrase(app, i)) != NULL && strcmp(known, phrase) != 0)
		i++;
	if (!known) {
		app_say(app, "'%s' is no phrase of the tweet; Tab lists them", phrase);
		return;
	}
	box = box_here(app, &name);
	if (!box)
		return;
	app_edited(app,
		   review_name_box(app_review(app), app->record, &name, phrase,
				   phrase_kind_name(app->picture.phrases[i].kind), &err),
		   &err, "the box has another phrase");
	app->picture.box = place_of(app, box->found);
}

void picture_write_boxes(struct app *app, const char *path, enum review_export_mode mode)
{
	struct sheet *sheet = sheet_of(app);
	struct boxes_report report;
	struct err err = ERR_INIT;

	/* What tagsight keeps itself is made anew each time. */
	if (!*path) {
		path = sheet->reviewed_path;
		mode = REVIEW_REPLACE;
	}
	if (!file_exists(sheet->boxes_path))
		app_say(app, "no boxes are known; 'tagsight ground' looks for them");
	else if (review_write_boxes(app_review(app), sheet->boxes_path, path, mode, &report, &err) < 0)
		app_complain(app, &err);
	else if (report.lost)
		app_say(app, "%zu edited, %zu left out, %zu lost: their boxes are no more; saved as '%s'",
			report.changed, report.fewer, report.lost, path);
	else
		app_say(app, "%zu edited, %zu left out; saved as '%s'", report.changed, report.fewer, path);
}

void picture_tell_lost(struct app *app)
{
	struct sheet *sheet = sheet_of(app);

	if (sheet->boxes_lost)
		app_say(app, "%zu edit%s of boxes not shown: '%s' has other boxes now",
			sheet->boxes_lost, sheet->boxes_lost > 1 ? "s" : "", file_base_name(sheet->boxes_path));
	sheet->boxes_lost = 0;
}

bool picture_edit(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_BOX_LEFT:
	case ACTION_BOX_RIGHT:
		drag(app, action == ACTION_BOX_LEFT ? -1 : 1, 0);
		return true;
	case ACTION_BOX_UP:
	case ACTION_BOX_DOWN:
		drag(app, 0, action == ACTION_BOX_UP ? -1 : 1);
		return true;
	case ACTION_BOX_PART:
		next_part(app);
		return true;
	case ACTION_DELETE_BOX:
		delete_box(app);
		return true;
	case ACTION_CHOOSE_BOX:
		choose_box(app);
		return true;
	case ACTION_NAME_BOX:
		prompt_open(app, PROMPT_COMMAND, "box-phrase ");
		return true;
	case ACTION_WRITE_BOXES:
		prompt_open(app, PROMPT_COMMAND, "write-boxes ");
		return true;
	default:
		return false;
	}
}
