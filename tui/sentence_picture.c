/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

#define FAULT_COLUMNS 20   /* that a missing picture takes */
#define CAPTIONS 3         /* boxes that are told below a picture */
#define PICTURE_COLUMNS 60 /* a screen narrower than this shows words only */

/* The captions of the boxes, those of the word at the cursor first and marked. */
static void draw_captions(struct app *app, int y, int x, int columns,
			  const struct picture_box *boxes, const char *word)
{
	int row = 0;

	for (int about = 1; about >= 0; about--)
		for (const struct picture_box *b = boxes; b && row < CAPTIONS; b = b->next) {
			struct buf line = BUF_INIT;

			if (box_is_about(b, word) != (bool)about)
				continue;
			buf_add_format(&line, "%s %.2f %s",
				       *b->class_name ? b->class_name : "picture", (double)b->score,
				       b->phrase);
			theme_set(&app->theme, about ? STYLE_CURSOR : STYLE_TEXT);
			glyphs_draw(y + row++, x, columns, line.data);
			theme_set(&app->theme, STYLE_TEXT);
			buf_release(&line);
		}
}

const char *sentence_word(struct app *app)
{
	const struct sentence *sentence = &app_record(app)->sentence;

	return app->sentence.word < sentence->n_tokens ? sentence->tokens[app->sentence.word].word : "";
}

static int min(int a, int b)
{
	return a < b ? a : b;
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

int sentence_draw_picture(struct app *app, int rows, int columns)
{
	struct picture_area area = { 2, 0, rows, columns * 2 / 5 };
	struct zoom whole = ZOOM_INIT;
	struct zoom_view view;
	struct zoom_room room;
	struct picture *picture;
	const struct picture_box *boxes;
	const char *word = sentence_word(app);
	int width = area.columns, captions = 0;

	if (app->sentence.no_picture || app->graphics.way == GRAPHICS_NONE || columns < PICTURE_COLUMNS)
		return 0;
	picture = sentence_load_picture(app);
	if (!picture)
		return 0;
	if (!picture->image.rgb) {
		area.columns = min(area.columns, FAULT_COLUMNS);
		area.x = columns - area.columns;
		picture_draw_fault(picture, &area);
		return area.columns + 1;
	}
	boxes = sentence_boxes(app);
	for (const struct picture_box *b = boxes; b && captions < CAPTIONS; b = b->next)
		captions++;
	area.rows -= rows > 3 * CAPTIONS ? captions : 0;
	room = picture_room(picture, &app->graphics, area.rows, area.columns);
	zoom_look(&whole, &room, &view);
	area.rows = view.rows;
	area.columns = view.columns;
	if (!captions)
		width = area.columns;
	area.x = columns - width;
	picture_compose(picture, &app->graphics, &(struct picture_look){ &view, boxes, NULL, word, NULL },
			&app->sentence.drawing);
	graphics_place(&app->graphics, &app->theme, &app->sentence.drawing, &area);
	if (rows > 3 * CAPTIONS)
		draw_captions(app, area.y + area.rows, area.x, width, boxes, word);
	return width + 1;
}
