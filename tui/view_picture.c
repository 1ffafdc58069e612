/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "tui/glyphs.h"
#include "tui/picture_edit.h"
#include "tui/sentence_priv.h"
#include "tui/tiles.h"
#include "tui/viewer.h"

#include <stdlib.h>
#include <string.h>

#define STRIP_SCREEN 20 /* rows of a screen that has room for the strip of crops */
#define NAMES_COLUMNS 40 /* a picture that is narrower has numbers for labels */
#define STRIP_SHARE 5   /* of the rows */
#define ZOOM_STEP 1.5f
#define PAN_STEP 0.25f  /* of what is seen */
#define LABELS 64       /* on a screen */

/* Where text labels stand already. */
struct labels {
	struct picture_area places[LABELS];
	int n;
};

static const struct picture_box *selected_box(struct app *app)
{
	return boxes_nth(sentence_boxes(app), app->picture.box);
}

/* The box of the words at the cursor, else the first one. */
static size_t first_box(struct app *app)
{
	const struct picture_box *box = sentence_boxes(app);
	struct buf words = BUF_INIT;
	size_t i = 0;

	sentence_add_phrase(app, &words);
	for (; box && !box_is_about(box, words.data); box = box->next)
		i++;
	buf_release(&words);
	return box ? i : 0;
}

static void begin(struct app *app)
{
	app->picture.record = app->record;
	app->picture.zoom = (struct zoom)ZOOM_INIT;
	sentence_load_picture(app);
	sheet_refresh_boxes(&app->sheets[app->sheet]);
	app->picture.box = first_box(app);
	picture_tell_lost(app);
}

void picture_view_open(struct app *app)
{
	app->picture.crops = false;
	app->picture.part = 0;
	begin(app);
	app_push(app, &view_picture);
}

void picture_state_release(struct picture_state *state)
{
	drawing_release(&state->drawing);
	drawing_release(&state->strip);
	font_free(state->font);
	arena_release(&state->arena);
	state->font = NULL;
}

/* Undo and redo change how many boxes there are. */
static void record_changed(struct app *app)
{
	if (app->picture.record != app->record)
		begin(app);
	else if (!selected_box(app))
		app->picture.box = 0;
}

static bool overlaps(const struct picture_area *a, const struct picture_area *b)
{
	return a->y == b->y && a->x < b->x + b->columns && b->x < a->x + a->columns;
}

/* Move a label down until it covers no other one; false when there is no more room. */
static bool find_place(struct labels *labels, struct picture_area *place, int end)
{
	for (int i = 0; i < labels->n; i++)
		if (overlaps(&labels->places[i], place)) {
			if (++place->y >= end)
				return false;
			i = -1;
		}
	return labels->n < LABELS;
}

/* Put a label of text at a cell of the area, or near it. */
static void draw_label(struct app *app, struct labels *labels, const struct picture_area *area, int y, int x,
		       int columns, const char *text, bool selected)
{
	struct picture_area place = { y, x, 1, glyphs_columns(text) };
	int most = area->x + area->columns;

	if (place.columns > columns)
		place.columns = columns;
	if (place.x + place.columns > most)
		place.x = most - place.columns;
	if (place.x < area->x)
		place.x = area->x;
	if (place.columns > most - place.x)
		place.columns = most - place.x;
	if (!find_place(labels, &place, area->y + area->rows))
		return;
	labels->places[labels->n++] = place;
	theme_set(&app->theme, selected ? STYLE_CURSOR : STYLE_SELECTED);
	glyphs_draw(place.y, place.x, place.columns, text);
	theme_set(&app->theme, STYLE_TEXT);
}

/* The selected label is told by brackets too, for want of colours. */
static void label_text(char *text, size_t size, const struct picture_box *box, size_t number, bool alone,
		       bool selected)
{
	const char *first = selected ? "[" : " ", *last = selected ? "]" : " ";

	if (alone)
		snprintf(text, size, "%s%zu%s", first, number, last);
	else
		snprintf(text, size, "%s%zu %s %.2f%s", first, number, picture_box_name(box),
			 (double)box->score, last);
}

/* Label the boxes that are seen, the selected one first: it keeps its place. */
static void label_boxes(struct app *app, const struct picture_area *area, const struct zoom_view *view,
			const struct picture_box *boxes)
{
	const struct graphics *graphics = &app->graphics;
	int width = area->columns * graphics->cell_width, height = area->rows * graphics->cell_height;
	struct labels labels = { .n = 0 };
	char text[256];

	for (int selected = 1; selected >= 0; selected--) {
		size_t i = 0;

		for (const struct picture_box *b = boxes; b; b = b->next, i++) {
			struct image_rect rect = picture_box_place(&b->box, view, width, height);
			int x = rect.x0 > 0 ? rect.x0 / graphics->cell_width : 0;
			int y = rect.y0 > 0 ? rect.y0 / graphics->cell_height : 0;

			if ((i == app->picture.box) != (bool)selected || rect.x1 <= 0 || rect.y1 <= 0 ||
			    rect.x0 >= width || rect.y0 >= height)
				continue;
			label_text(text, sizeof(text), b, i + 1, !selected && area->columns < NAMES_COLUMNS,
				   selected);
			draw_label(app, &labels, area, area->y + y, area->x + x,
				   selected ? area->columns : area->columns / 2, text, selected);
		}
	}
}

/* Blank the cells of a tile that its crop does not take. */
static void clear_around(struct app *app, const struct picture_area *area, const struct tiles *tiles,
			 struct image_rect crop, size_t i)
{
	struct image_rect place = tiles_crop_place(tiles, &app->graphics, crop, i);
	int y = area->y + (int)(i / (size_t)tiles->across) * tiles->rows;
	int x = area->x + (int)(i % (size_t)tiles->across) * tiles->columns;
	int rows = (place.y1 - place.y0) / app->graphics.cell_height;
	int columns = (place.x1 - place.x0) / app->graphics.cell_width;

	for (int row = 0; row < tiles->rows; row++) {
		int taken = row < rows ? columns : 0;

		mvhline(y + row, x + taken, ' ', tiles->columns - taken);
	}
}

/* What text has to do with tiles that are no pixels: say which they are, and clear what is around. */
static void label_tiles(struct app *app, const struct picture *picture, const struct picture_area *area,
			const struct tiles *tiles, const struct picture_box *boxes, bool numbers)
{
	const struct picture_box *box = boxes_nth(boxes, tiles->first);
	struct labels labels = { .n = 0 };
	char text[256];

	for (size_t i = 0; box && i < tiles->n; i++, box = box->next) {
		size_t number = tiles->first + i;
		bool selected = number == app->picture.box;

		clear_around(app, area, tiles, tiles_crop(picture, box), i);
		label_text(text, sizeof(text), box, number + 1, numbers, selected);
		draw_label(app, &labels, area, area->y + (int)(i / (size_t)tiles->across) * tiles->rows,
			   area->x + (int)(i % (size_t)tiles->across) * tiles->columns, tiles->columns - 1,
			   text, selected);
	}
}

static struct picture_look look_at(struct app *app, const struct zoom_view *view)
{
	struct picture_state *state = &app->picture;
	struct err ignored = ERR_INIT;

	if (!state->font && graphics_has_pixels(&app->graphics))
		state->font = font_new(app->graphics.cell_height, &ignored);
	return (struct picture_look){ view, sentence_boxes(app), selected_box(app), "",
				      sentence_has_text_frames(app), state->font };
}

/* Draw the picture in the middle of the area. */
static void draw_picture(struct app *app, const struct picture *picture, struct picture_area area)
{
	struct zoom_room room = picture_room(picture, &app->graphics, area.rows, area.columns);
	struct picture_look look;
	struct zoom_view view;

	zoom_look(&app->picture.zoom, &room, &view);
	look = look_at(app, &view);
	picture_compose(picture, &app->graphics, &look, &app->picture.drawing);
	area.y += (area.rows - view.rows) / 2;
	area.x += (area.columns - view.columns) / 2;
	area.rows = view.rows;
	area.columns = view.columns;
	graphics_place(&app->graphics, &app->theme, &app->picture.drawing, &area);
	if (look.no_frames)
		picture_draw_frames(&app->graphics, &look, &area);
	if (!graphics_has_pixels(&app->graphics))
		label_boxes(app, &area, &view, look.boxes);
}

/* Draw the crops from the upper left corner of the area on, as a strip or over all of it. */
static void draw_crops(struct app *app, const struct picture *picture, struct picture_area area, bool strip)
{
	struct drawing *drawing = strip ? &app->picture.strip : &app->picture.drawing;
	struct zoom_room room = picture_room(picture, &app->graphics, area.rows, area.columns);
	struct picture_look look = look_at(app, NULL);
	struct tiles tiles;

	tiles_arrange(&tiles, boxes_count(look.boxes), app->picture.box, &room, strip);
	tiles_trim(&tiles, picture, &app->graphics, look.boxes);
	tiles_compose(&tiles, picture, &app->graphics, &look, drawing);
	area.rows = tiles.rows * tiles.down;
	area.columns = tiles.columns * tiles.across;
	graphics_place(&app->graphics, &app->theme, drawing, &area);
	if (!graphics_has_pixels(&app->graphics))
		label_tiles(app, picture, &area, &tiles, look.boxes, strip);
}

static void draw_title(struct app *app, const struct picture *picture, int columns)
{
	char left[160], right[80] = "";

	snprintf(left, sizeof(left), "%zu/%zu  %s", app->record + 1, review_count(app_review(app)),
		 picture && picture->path ? file_base_name(picture->path) : "no picture");
	if (picture && picture->image.rgb)
		snprintf(right, sizeof(right), "%d x %d  x %.1f", picture->image.width, picture->image.height,
			 (double)app->picture.zoom.factor);
	app_title(app, 0, columns, left, right);
}

static bool is_edited(const struct picture_box *box)
{
	return strcmp(box->phrase, box->found->phrase) != 0 ||
	       memcmp(&box->box, &box->found->box, sizeof(box->box)) != 0;
}

/* "box 2 of 5: Big Ben  clock 0.81  120 x 200 at 10,20". */
static void draw_caption(struct app *app, const struct picture *picture, int y, int columns)
{
	const struct picture_box *box = selected_box(app);
	struct buf line = BUF_INIT;

	if (box) {
		struct image_rect rect = tiles_crop(picture, box);

		buf_add_format(&line, "box %zu of %zu: %s%s%s %.2f  %d x %d at %d,%d%s", app->picture.box + 1,
			       boxes_count(sentence_boxes(app)), box->phrase, *box->phrase ? "  " : "",
			       *box->class_name ? box->class_name : "picture", (double)box->score,
			       rect.x1 - rect.x0, rect.y1 - rect.y0, rect.x0, rect.y0,
			       is_edited(box) ? "  edited" : "");
	} else if (picture->path &&
		   boxes_has(&app->sheets[app->sheet].boxes, file_base_name(picture->path))) {
		keymap_expand(&line, app->keys, "all boxes of this picture are left out; {undo} takes that back");
	} else {
		buf_add_string(&line, "no boxes are known; 'tagsight ground' looks for them");
	}
	glyphs_draw(y, 0, columns, line.data);
	buf_release(&line);
}

static void draw(struct app *app, int rows, int columns)
{
	const struct picture *picture = sentence_load_picture(app);
	struct picture_area area = { 1, 0, rows - 2, columns };
	struct picture_area strip = { 0, 0, rows / STRIP_SHARE, columns };
	bool boxes = sentence_boxes(app) != NULL;

	draw_title(app, picture, columns);
	if (app->graphics.way == GRAPHICS_NONE)
		glyphs_draw_folded(2, 0, rows - 2, columns, "pictures are off (--pictures none); o opens this one");
	if (area.rows < 1 || app->graphics.way == GRAPHICS_NONE)
		return;
	if (!picture || !picture->image.rgb) {
		static const struct picture none = { 0 };

		area.y++;
		area.rows--;
		picture_draw_fault(picture ? picture : &none, &area);
		return;
	}
	draw_caption(app, picture, rows - 1, columns);
	if (app->picture.crops && boxes) {
		draw_crops(app, picture, area, false);
		return;
	}
	if (boxes && rows >= STRIP_SCREEN) {
		area.rows -= strip.rows + 1;
		strip.y = area.y + area.rows + 1;
		draw_crops(app, picture, strip, true);
	}
	draw_picture(app, picture, area);
}

/* Select a box by its number, going round. What is near is moved to it. */
static void select_box(struct app *app, size_t number)
{
	const struct picture *picture = &app->sentence.picture;
	size_t n = boxes_count(sentence_boxes(app));
	struct zoom_room room = { .width = picture->image.width, .height = picture->image.height };
	const struct picture_box *box;

	if (n == 0) {
		app_say(app, "there are no boxes");
		return;
	}
	app->picture.box = number == SIZE_MAX ? n - 1 : number % n;
	box = selected_box(app);
	if (picture->image.rgb)
		zoom_centre(&app->picture.zoom, &room, (box->box.x0 + box->box.x1) / 2,
			    (box->box.y0 + box->box.y1) / 2);
}

static void open_outside(struct app *app)
{
	const char *path = app->sentence.picture.path;
	struct err err = ERR_INIT;

	if (!path || !file_exists(path))
		app_say(app, "there is no picture to open");
	else if (viewer_open(path, &err) < 0)
		app_complain(app, &err);
	else
		app_say(app, "%s is opened in your viewer", file_base_name(path));
}

static bool go(struct app *app, enum action action)
{
	struct zoom *zoom = &app->picture.zoom;

	switch (action) {
	case ACTION_UP:
		zoom_pan(zoom, 0, -PAN_STEP);
		return true;
	case ACTION_DOWN:
		zoom_pan(zoom, 0, PAN_STEP);
		return true;
	case ACTION_LEFT:
		zoom_pan(zoom, -PAN_STEP, 0);
		return true;
	case ACTION_RIGHT:
		zoom_pan(zoom, PAN_STEP, 0);
		return true;
	case ACTION_ZOOM_IN:
	case ACTION_ZOOM_OUT:
		zoom_by(zoom, action == ACTION_ZOOM_IN ? ZOOM_STEP : 1 / ZOOM_STEP);
		return true;
	case ACTION_ZOOM_FIT:
		*zoom = (struct zoom)ZOOM_INIT;
		return true;
	default:
		return false;
	}
}

static bool act(struct app *app, enum action action, int key)
{
	(void)key;
	if (picture_edit(app, action))
		return true;
	switch (action) {
	case ACTION_NEXT_BOX:
		select_box(app, app->picture.box + 1);
		return true;
	case ACTION_PREVIOUS_BOX:
		select_box(app, app->picture.box ? app->picture.box - 1 : SIZE_MAX);
		return true;
	case ACTION_FIRST:
		select_box(app, 0);
		return true;
	case ACTION_LAST:
		select_box(app, SIZE_MAX);
		return true;
	case ACTION_NEXT_RECORD:
	case ACTION_PREVIOUS_RECORD:
		app_step(app, action == ACTION_NEXT_RECORD);
		return true;
	case ACTION_CROPS:
		app->picture.crops = !app->picture.crops;
		return true;
	case ACTION_OPEN_PICTURE:
		open_outside(app);
		return true;
	default:
		return go(app, action);
	}
}

const struct view_ops view_picture = {
	.name = "picture",
	.bit = IN_PICTURE,
	.hints = "{next-box} box  + - 0 zoom  Shift-arrows {box-part} {delete-box} edit  {crops} crops  "
		 "{next-record} next  {back} back  {help} keys",
	.draw = draw,
	.act = act,
	.record_changed = record_changed,
};
