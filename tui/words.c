/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/words.h"

#include "lib/base/checked.h"
#include "lib/review/tags.h"
#include "tui/glyphs.h"

#include <stdlib.h>
#include <string.h>

#define CORNERS 2 /* columns of the signs at both ends of a span */

/* Widen the last word of each span until the label and the corners fit above the span. */
static void widen(struct words *words, const char *const *tags)
{
	struct tag_span span;

	for (size_t at = 0; tags && tags_next_span(tags, words->n, at, &span); at = span.end) {
		int have = -1, need = (int)strlen(span.type) + CORNERS;

		for (size_t i = span.begin; i < span.end; i++)
			have += words->places[i].room + 1;
		if (have < need)
			words->places[span.end - 1].room += need - have;
	}
}

static void fold(struct words *words, int columns)
{
	int line = 0, column = 0;

	for (size_t i = 0; i < words->n; i++) {
		struct word_place *place = &words->places[i];

		if (place->room > columns)
			place->room = columns;
		if (place->columns > place->room)
			place->columns = place->room;
		if (column > 0 && column + place->room > columns) {
			line++;
			column = 0;
		}
		place->line = line;
		place->column = column;
		column += place->room + 1;
	}
	words->lines = words->n ? line + 1 : 0;
}

int words_place(struct words *words, const struct review_record *record, int columns)
{
	size_t n = record->sentence.n_tokens;
	struct word_place *places = checked_realloc(words->places, n ? n : 1, sizeof(*places));

	if (!places)
		return -1;
	words->places = places;
	words->n = n;
	for (size_t i = 0; i < n; i++) {
		int width = glyphs_columns(record->sentence.tokens[i].word);

		places[i].columns = places[i].room = width > 0 ? width : 1;
	}
	widen(words, record->tags);
	widen(words, record->predicted);
	for (size_t i = 0; i < record->n_readings; i++)
		widen(words, record->readings[i].tags);
	fold(words, columns);
	return 0;
}

void words_release(struct words *words)
{
	free(words->places);
	*words = (struct words)WORDS_INIT;
}

size_t words_vertical(const struct words *words, size_t from, int step)
{
	size_t best = from;
	int least = 0;

	for (size_t i = 0; from < words->n && i < words->n; i++) {
		int away = abs(words->places[i].column - words->places[from].column);

		if (words->places[i].line != words->places[from].line + step)
			continue;
		if (best == from || away < least) {
			best = i;
			least = away;
		}
	}
	return best;
}
