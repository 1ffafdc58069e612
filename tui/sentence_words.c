/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/annotators.h"
#include "lib/review/tags.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

#include <stdlib.h>
#include <string.h>

#define MARGIN 5         /* columns of "gold " */
#define MARGIN_MOST 14   /* of "b benedict " */

/* One row of spans above or below the words. */
struct span_row {
	const char *const *tags;
	const char *const *other; /* what they are compared with; NULL: nothing */
	const char *first, *last; /* corners */
	int offset;               /* of the row in a band */
	const struct review_record *readings; /* it is one of those of this record; NULL: it is not */
};

/* Where the bands are on the screen. */
struct band_area {
	int y, rows, columns;
	int top;    /* first line of words shown */
	int height; /* rows of a band */
	int margin; /* columns before the words, for the names of the rows */
};

static const char *sign(const char *utf8, const char *ascii)
{
	return MB_CUR_MAX > 1 ? utf8 : ascii;
}

/* The screen row of a line's band, or -1 when it is not shown. */
static int band_row(const struct band_area *area, int line)
{
	int row = (line - area->top) * area->height;

	return line < area->top || row + area->height - 1 > area->rows ? -1 : area->y + row;
}

static void draw_corner(struct app *app, int y, int x, const char *corner, bool differs)
{
	if (differs)
		theme_set(&app->theme, STYLE_DIFFERENCE);
	mvaddstr(y, x, differs ? "!" : corner);
}

/* Draw the part of a span that is on one line: words [begin, end). */
static void draw_segment(struct app *app, const struct band_area *area, const struct span_row *row,
			 const struct tag_span *span, size_t begin, size_t end, bool differs)
{
	const struct word_place *first = &app->sentence.words.places[begin];
	const struct word_place *last = &app->sentence.words.places[end - 1];
	int y = band_row(area, first->line), x = area->margin + first->column;
	int width = last->column + last->columns - first->column;
	int label = begin == span->begin ? glyphs_columns(span->type) : 0;

	if (y < 0)
		return;
	y += row->offset;
	if (width < label + 2)
		width = label + 2;
	if (x + width > area->margin + area->columns)
		width = area->margin + area->columns - x;
	theme_set(&app->theme, theme_type(span->type));
	for (int i = 0; i < width; i++)
		mvaddstr(y, x + i, sign("\xe2\x94\x80", "-"));
	if (label && width > 2)
		glyphs_draw(y, x + 1, width - 2, span->type);
	if (begin == span->begin)
		draw_corner(app, y, x, row->first, differs);
	theme_set(&app->theme, theme_type(span->type));
	if (end == span->end && width > 1)
		draw_corner(app, y, x + width - 1, row->last, differs);
	theme_set(&app->theme, STYLE_TEXT);
}

static void draw_spans(struct app *app, const struct band_area *area, const struct span_row *row)
{
	const struct words *words = &app->sentence.words;
	struct tag_span span;

	for (size_t at = 0; tags_next_span(row->tags, words->n, at, &span); at = span.end) {
		bool differs = row->readings ? !review_all_have(row->readings, &span)
					     : row->other &&
						       !tags_have_span(row->other, words->n, &span);
		size_t begin = span.begin;

		for (size_t i = span.begin; i < span.end; i++)
			if (i + 1 == span.end ||
			    words->places[i + 1].line != words->places[i].line) {
				draw_segment(app, area, row, &span, begin, i + 1, differs);
				begin = i + 1;
			}
	}
}

static void draw_text(struct app *app, const struct band_area *area,
		      const struct review_record *record)
{
	const struct sentence_state *state = &app->sentence;
	size_t begin = 0, end = 0;

	if (state->mark != SIZE_MAX)
		sentence_range(app, &begin, &end);
	for (size_t i = 0; i < state->words.n; i++) {
		const struct word_place *place = &state->words.places[i];
		int y = band_row(area, place->line);

		if (y < 0)
			continue;
		if (i == state->word)
			theme_set(&app->theme, STYLE_CURSOR);
		else if (i >= begin && i < end)
			theme_set(&app->theme, STYLE_MARKED);
		glyphs_draw(y + 1, area->margin + place->column, place->columns,
			    record->sentence.tokens[i].word);
		theme_set(&app->theme, STYLE_TEXT);
	}
}

/* The key that takes a reading, and the annotator's name. */
static void name_reading(struct app *app, const struct review_record *record, size_t number,
			 struct buf *name)
{
	int key = number == 0 ? app->keys->keys[ACTION_ACCEPT_SPAN][0]
			      : app->keys->keys[ACTION_TAKE_SPAN][number - 1];

	if (key)
		key_add_name(name, key);
	buf_add_format(name, "%s%s", key ? " " : "", record->readings[number].annotator);
}

/* Columns for the names of all rows. */
static int margin_of(struct app *app, const struct review_record *record)
{
	int margin = record->n_readings ? MARGIN + 1 : MARGIN;

	for (size_t i = 0; i < record->n_readings; i++) {
		struct buf name = BUF_INIT;

		name_reading(app, record, i, &name);
		if (glyphs_columns(name.data) + 1 > margin)
			margin = glyphs_columns(name.data) + 1;
		buf_release(&name);
	}
	return margin < MARGIN_MOST ? margin : MARGIN_MOST;
}

static void draw_reading_names(struct app *app, const struct band_area *area, int y,
			       const struct review_record *record)
{
	for (size_t i = 0; i < record->n_readings; i++) {
		struct buf name = BUF_INIT;

		name_reading(app, record, i, &name);
		glyphs_draw(y + (int)i, 0, area->margin - 1, name.data);
		buf_release(&name);
	}
}

static void draw_margin(struct app *app, const struct band_area *area,
			const struct review_record *record)
{
	theme_set(&app->theme, STYLE_DIM);
	for (int line = area->top; line < app->sentence.words.lines; line++) {
		int y = band_row(area, line);

		if (y < 0)
			break;
		mvaddstr(y, 0, record->n_readings ? "final" : "gold");
		draw_reading_names(app, area, y + 2, record);
		if (record->predicted)
			mvaddstr(y + 2, 0, "pred");
	}
	theme_set(&app->theme, STYLE_TEXT);
}

/* Scroll so that the line of the cursor is shown, and as little as that needs. */
static void keep_in_sight(struct sentence_state *state, struct band_area *area)
{
	int fit = (area->rows + 1) / area->height, line = 0;

	if (fit < 1)
		fit = 1;
	if (state->word < state->words.n)
		line = state->words.places[state->word].line;
	if (state->top > line)
		state->top = line;
	if (state->top + fit <= line)
		state->top = line - fit + 1;
	area->top = state->top;
}

static void draw_readings(struct app *app, const struct band_area *area,
			  const struct review_record *record)
{
	for (size_t i = 0; i < record->n_readings; i++) {
		struct span_row row = { .tags = record->readings[i].tags,
					.first = sign("\xe2\x94\x94", "["),
					.last = sign("\xe2\x94\x98", "]"),
					.offset = 2 + (int)i,
					.readings = record };

		draw_spans(app, area, &row);
	}
}

void sentence_draw_words(struct app *app, int y, int rows, int columns)
{
	const struct review_record *record = app_record(app);
	int margin = margin_of(app, record);
	int below = record->n_readings ? (int)record->n_readings : record->predicted ? 1 : 0;
	struct band_area area = { y, rows, columns - margin, 0, 3 + below, margin };
	struct span_row gold = { record->tags, record->predicted, sign("\xe2\x94\x8c", "["),
				 sign("\xe2\x94\x90", "]"), 0, NULL };
	struct span_row predicted = { record->predicted, record->tags, sign("\xe2\x94\x94", "["),
				      sign("\xe2\x94\x98", "]"), 2, NULL };

	if (words_place(&app->sentence.words, record, area.columns) < 0)
		return;
	keep_in_sight(&app->sentence, &area);
	app->sentence.words_y = y;
	app->sentence.words_rows = rows;
	app->sentence.band = area.height;
	app->sentence.margin = area.margin;
	draw_margin(app, &area, record);
	draw_text(app, &area, record);
	draw_spans(app, &area, &gold);
	if (record->n_readings)
		draw_readings(app, &area, record);
	else if (record->predicted)
		draw_spans(app, &area, &predicted);
}

size_t sentence_word_at(const struct app *app, int y, int x)
{
	const struct sentence_state *state = &app->sentence;
	int row = y - state->words_y, line;

	if (!state->band || row < 0 || row >= state->words_rows ||
	    row % state->band == state->band - 1)
		return SIZE_MAX;
	line = state->top + row / state->band;
	for (size_t i = 0; i < state->words.n; i++) {
		const struct word_place *place = &state->words.places[i];

		if (place->line == line && x >= state->margin + place->column &&
		    x < state->margin + place->column + place->room)
			return i;
	}
	return SIZE_MAX;
}
