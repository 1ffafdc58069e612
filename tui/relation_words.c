/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/glyphs.h"
#include "tui/relation_priv.h"

#include <stdlib.h>
#include <string.h>

#define MARGIN 1

/* How a mention is marked. */
struct mark {
	const struct mention *mention;
	const char *label, *first, *last; /* corners */
	enum style style;
	bool above;
};

struct marks {
	struct mark head, tail;
};

static const char *sign(const char *utf8, const char *ascii)
{
	return MB_CUR_MAX > 1 ? utf8 : ascii;
}

static struct marks marks_of(const struct review_relation *relation)
{
	return (struct marks){
		{ &relation->head, "head", sign("\xe2\x94\x8c", "["), sign("\xe2\x94\x90", "]"),
		  STYLE_PERSON, true },
		{ &relation->tail, "tail", sign("\xe2\x94\x94", "["), sign("\xe2\x94\x98", "]"),
		  STYLE_OTHER_TYPE, false },
	};
}

/* Whether a mention has words on a line. */
static bool is_on(const struct review_record *record, const struct words *words,
		  const struct mention *mention, int line)
{
	size_t begin, end;

	return review_mention_words(&record->sentence, mention, &begin, &end) &&
	       words->places[begin].line <= line && words->places[end - 1].line >= line;
}

/* Rows that a line takes. */
static int height(const struct review_record *record, const struct words *words, int line)
{
	return 1 + is_on(record, words, &record->relation->head, line) +
	       is_on(record, words, &record->relation->tail, line);
}

int relation_place_words(struct app *app, int columns)
{
	const struct review_record *record = app_record(app);
	struct words *words = &app->sentence.words;
	int rows = 0;

	if (words_place(words, record, columns - MARGIN) < 0)
		return 0;
	for (int line = 0; line < words->lines; line++)
		rows += height(record, words, line);
	return rows;
}

/* Mark the words of a mention that are on a line. */
static void draw_mark(struct app *app, const struct mark *mark, int line, int y, int columns)
{
	const struct words *words = &app->sentence.words;
	size_t begin, end, first, last;
	int x, width, label = (int)strlen(mark->label);

	if (!review_mention_words(&app_record(app)->sentence, mark->mention, &begin, &end))
		return;
	for (first = begin; first < end && words->places[first].line < line; first++)
		;
	for (last = end - 1; last > first && words->places[last].line > line; last--)
		;
	x = words->places[first].column;
	width = words->places[last].column + words->places[last].columns - x;
	if (width < label + 2)
		width = label + 2;
	if (x + width > columns - MARGIN)
		width = columns - MARGIN - x;
	theme_set(&app->theme, mark->style);
	for (int i = 0; i < width; i++)
		mvaddstr(y, MARGIN + x + i, sign("\xe2\x94\x80", "-"));
	/* Of a mention on several lines, not where only a piece of the label had room. */
	if (width > label || (width > 2 && first == begin && last == end - 1))
		glyphs_draw(y, MARGIN + x + 1, width - 2, mark->label);
	if (first == begin)
		mvaddstr(y, MARGIN + x, mark->first);
	if (last == end - 1 && width > 1)
		mvaddstr(y, MARGIN + x + width - 1, mark->last);
	theme_set(&app->theme, STYLE_TEXT);
}

static bool holds(const struct review_record *record, const struct mention *mention, size_t word)
{
	size_t begin, end;

	return review_mention_words(&record->sentence, mention, &begin, &end) && word >= begin &&
	       word < end;
}

static void draw_line(struct app *app, const struct marks *marks, int line, int y)
{
	const struct review_record *record = app_record(app);
	const struct words *words = &app->sentence.words;

	for (size_t i = 0; i < words->n; i++) {
		const struct word_place *place = &words->places[i];

		if (place->line != line)
			continue;
		if (holds(record, marks->head.mention, i))
			theme_set(&app->theme, marks->head.style);
		if (holds(record, marks->tail.mention, i))
			theme_set(&app->theme, marks->tail.style);
		if (holds(record, marks->head.mention, i) || holds(record, marks->tail.mention, i))
			attron(A_BOLD);
		glyphs_draw(y, MARGIN + place->column, place->columns,
			    record->sentence.tokens[i].word);
		theme_set(&app->theme, STYLE_TEXT);
	}
}

/* The first line to show so that head and tail are on the screen, if they can be: what does not fit is
 * cut at the top only as far as the last mention needs. */
static int first_line(const struct review_record *record, const struct words *words, int rows)
{
	int last = 0, first = 0, needed = 0;

	for (int line = 0; line < words->lines; line++)
		if (height(record, words, line) > 1)
			last = line;
	for (int line = 0; line <= last; line++)
		needed += height(record, words, line);
	while (first < last && needed > rows)
		needed -= height(record, words, first++);
	return first;
}

void relation_draw_words(struct app *app, int y, int rows, int columns)
{
	const struct review_record *record = app_record(app);
	const struct words *words = &app->sentence.words;
	struct marks marks = marks_of(record->relation);
	int end = y + rows;

	for (int line = first_line(record, words, rows); line < words->lines; line++) {
		bool head = is_on(record, words, marks.head.mention, line);
		bool tail = is_on(record, words, marks.tail.mention, line);

		if (y + height(record, words, line) > end)
			break;
		if (head)
			draw_mark(app, &marks.head, line, y++, columns);
		draw_line(app, &marks, line, y++);
		if (tail)
			draw_mark(app, &marks.tail, line, y++, columns);
	}
}
