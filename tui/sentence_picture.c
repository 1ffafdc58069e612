/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

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

int sentence_draw_picture(struct app *app, const struct review_record *record, int rows, int columns)
{
	struct sheet *sheet = &app->sheets[app->sheet];
	struct picture *picture = &app->sentence.picture;
	struct picture_area area = { 2, 0, rows, columns * 2 / 5 };
	const struct picture_box *boxes;
	const char *word = app->sentence.word < record->sentence.n_tokens
				   ? record->sentence.tokens[app->sentence.word].word
				   : "";
	int width = area.columns, captions = 0;

	if (app->sentence.no_picture || columns < PICTURE_COLUMNS || !sheet->split->images ||
	    !record->sentence.id)
		return 0;
	picture_load(picture, sheet->split, record->sentence.id);
	boxes = picture->path ? sheet_boxes(sheet, file_base_name(picture->path)) : NULL;
	for (const struct picture_box *b = boxes; b && captions < CAPTIONS; b = b->next)
		captions++;
	area.rows -= rows > 3 * CAPTIONS ? captions : 0;
	picture_size(picture, &area.rows, &area.columns);
	if (!captions)
		width = area.columns;
	area.x = columns - width;
	picture_draw(picture, &app->theme, &area, boxes, word);
	if (rows > 3 * CAPTIONS)
		draw_captions(app, area.y + area.rows, area.x, width, boxes, word);
	return width + 1;
}
