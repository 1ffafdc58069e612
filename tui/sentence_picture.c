/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/review/tags.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

#define FAULT_COLUMNS 20   /* that a missing picture takes */
#define CAPTIONS 3         /* boxes that are told below a picture */
#define PICTURE_COLUMNS 60 /* a screen narrower than this shows words only */

/* The captions of the boxes, those of the words at the cursor first and marked. */
static void draw_captions(struct app *app, int y, int x, int columns,
			  const struct picture_box *boxes, const char *words)
{
	int row = 0;

	for (int about = 1; about >= 0; about--)
		for (const struct picture_box *b = boxes; b && row < CAPTIONS; b = b->next) {
			struct buf line = BUF_INIT;

			if (box_is_about(b, words) != (bool)about)
				continue;
			buf_add_string(&line, *b->class_name ? b->class_name : "picture");
			if (strcmp(b->class_name, WHOLE_PICTURE) != 0)
				buf_add_format(&line, " %.2f", (double)b->score);
			buf_add_format(&line, " %s", b->phrase);
			theme_set(&app->theme, about ? STYLE_CURSOR : STYLE_TEXT);
			glyphs_draw(y + row++, x, columns, line.data);
			theme_set(&app->theme, STYLE_TEXT);
			buf_release(&line);
		}
}

void sentence_add_phrase(struct app *app, struct buf *phrase)
{
	const struct review_record *record = app_record(app);
	size_t n = record->sentence.n_tokens, word = app->sentence.word;
	struct tag_span span;

	if (word >= n)
		return;
	if (!tags_span_at(record->tags, n, word, &span) &&
	    !(record->predicted && tags_span_at(record->predicted, n, word, &span)))
		span = (struct tag_span){ .begin = word, .end = word + 1 };
	for (size_t i = span.begin; i < span.end; i++)
		buf_add_format(phrase, "%s%s", i > span.begin ? " " : "", record->sentence.tokens[i].word);
}

struct picture *sentence_load_picture(struct app *app)
{
	struct sheet *sheet = &app->sheets[app->sheet];
	const struct review_record *record = app_record(app);

	if (!sheet->split->images || !record->sentence.id)
		return NULL;
	picture_load(&app->sentence.picture, sheet->split, record->sentence.id);
	return &app->sentence.picture;
}

const struct picture_box *sentence_boxes(struct app *app)
{
	const struct picture *picture = &app->sentence.picture;

	return picture->path ? sheet_boxes(&app->sheets[app->sheet], file_base_name(picture->path)) : NULL;
}

bool sentence_has_text_frames(const struct app *app)
{
	return !app->theme.color && app->graphics.way == GRAPHICS_CURSES;
}

/* Draw a picture that there is at the right of the area. Returns the columns it takes. */
static int draw_with_boxes(struct app *app, const struct picture *picture, struct picture_area area)
{
	const struct picture_box *boxes = sentence_boxes(app);
	bool has_room = area.rows > 3 * CAPTIONS;
	size_t captions = has_room ? boxes_count(boxes) : 0;
	int end = area.x + area.columns;
	struct buf words = BUF_INIT;
	struct zoom whole = ZOOM_INIT;
	struct zoom_view view;
	struct zoom_room room;
	struct picture_look look;
	struct picture_area taken;

	area.rows -= captions < CAPTIONS ? (int)captions : CAPTIONS;
	room = picture_room(picture, &app->graphics, area.rows, area.columns);
	zoom_look(&whole, &room, &view);
	area.rows = view.rows;
	if (!boxes)
		area.columns = view.columns;
	area.x = end - area.columns;
	sentence_add_phrase(app, &words);
	if (captions)
		draw_captions(app, area.y + area.rows, area.x, area.columns, boxes, words.data);
	look = (struct picture_look){ .view = &view, .boxes = boxes, .words = words.data,
				      .no_frames = sentence_has_text_frames(app) };
	picture_compose(picture, &app->graphics, &look, &app->sentence.drawing);
	taken = (struct picture_area){ area.y, area.x, view.rows, view.columns };
	graphics_place(&app->graphics, &app->theme, &app->sentence.drawing, &taken);
	if (look.no_frames)
		picture_draw_frames(&app->graphics, &look, &taken);
	buf_release(&words);
	return area.columns;
}

int sentence_draw_picture(struct app *app, int rows, int columns)
{
	struct picture_area area = { 2, 0, rows, columns * 2 / 5 };
	struct picture *picture = NULL;

	if (!app->sentence.no_picture && app->graphics.way != GRAPHICS_NONE && columns >= PICTURE_COLUMNS)
		picture = sentence_load_picture(app);
	if (!picture)
		return 0;
	if (!picture->image.rgb && area.columns > FAULT_COLUMNS)
		area.columns = FAULT_COLUMNS;
	area.x = columns - area.columns;
	if (picture->image.rgb)
		return draw_with_boxes(app, picture, area) + 1;
	picture_draw_fault(picture, &area);
	return area.columns + 1;
}
