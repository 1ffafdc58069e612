/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/glyphs.h"

#include "lib/base/utf8.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#define GLYPH_BYTES 32
#define GLYPH_MARKS 4 /* combining marks that curses keeps in a cell */

struct glyph {
	char bytes[GLYPH_BYTES];
	size_t length;
	int columns;
};

static bool is_modifier(uint32_t c)
{
	return c >= 0x1f3fb && c <= 0x1f3ff;
}

static bool is_selector(uint32_t c)
{
	return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0000 && c <= 0xe0fff);
}

static void add(struct glyph *glyph, uint32_t c)
{
	if (glyph->length + 4 <= GLYPH_BYTES)
		glyph->length += utf8_encode(c, glyph->bytes + glyph->length);
}

static void spell(struct glyph *glyph, uint32_t c)
{
	glyph->columns = snprintf(glyph->bytes, sizeof(glyph->bytes), "U+%04X", (unsigned)c);
	glyph->length = (size_t)glyph->columns;
}

/* The first code point of a glyph. */
static void start(struct glyph *glyph, uint32_t c)
{
	int columns = wcwidth((wchar_t)c);

	glyph->length = 0;
	glyph->columns = columns;
	if (c >= 0x1f1e6 && c <= 0x1f1ff) {
		/* A letter of a flag: terminals pair them or do not. */
		add(glyph, 'A' + c - 0x1f1e6);
		glyph->columns = 1;
	} else if (c >= 0x80 && MB_CUR_MAX == 1) {
		add(glyph, '?');
		glyph->columns = 1;
	} else if (columns > 0) {
		add(glyph, c);
	} else {
		spell(glyph, c);
	}
}

/* Take the next cluster off the text; returns its bytes in the text, which has `left` above 0. */
static size_t next_glyph(const char *text, size_t left, struct glyph *glyph)
{
	utf8proc_int32_t state = 0;
	uint32_t c, before;
	size_t used = utf8_decode(text, left, &c), n;
	int marks = 0;

	used = used ? used : 1;
	start(glyph, c);
	for (before = c; used < left; used += n, before = c) {
		int columns;

		n = utf8_decode(text + used, left - used, &c);
		if (n == 0 || utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
							       (utf8proc_int32_t)c, &state))
			break;
		columns = wcwidth((wchar_t)c);
		if (before == 0x200d || is_modifier(c) || is_selector(c) || c == 0x200d ||
		    columns < 0 || MB_CUR_MAX == 1 || (before >= 0x1f1e6 && before <= 0x1f1ff))
			continue;
		if (columns == 0 && ++marks > GLYPH_MARKS)
			continue;
		add(glyph, c);
		glyph->columns += columns;
	}
	return used;
}

/* A flag's second letter is of the same cluster: it is drawn too. */
static size_t take_glyph(const char *text, size_t left, struct glyph *glyph)
{
	uint32_t c;
	size_t n = utf8_decode(text, left, &c);

	if (n && c >= 0x1f1e6 && c <= 0x1f1ff) {
		start(glyph, c);
		return n;
	}
	return next_glyph(text, left, glyph);
}

/* Columns of `length` bytes. */
static int columns_of(const char *text, size_t length)
{
	struct glyph glyph;
	int columns = 0;

	for (size_t at = 0; at < length;) {
		at += take_glyph(text + at, length - at, &glyph);
		columns += glyph.columns;
	}
	return columns;
}

int glyphs_columns(const char *text)
{
	return columns_of(text, strlen(text));
}

static int draw_bytes(int y, int x, int columns, const char *text, size_t length)
{
	const char *cut = MB_CUR_MAX > 1 ? "\xe2\x80\xa6" : ">";
	bool whole = columns_of(text, length) <= columns;
	int room = whole ? columns : columns - 1, drawn = 0;
	struct glyph glyph;

	if (columns <= 0)
		return 0;
	for (size_t at = 0; at < length;) {
		at += take_glyph(text + at, length - at, &glyph);
		if (drawn + glyph.columns > room)
			break;
		mvaddnstr(y, x + drawn, glyph.bytes, (int)glyph.length);
		drawn += glyph.columns;
	}
	if (!whole) {
		mvaddstr(y, x + drawn, cut);
		drawn++;
	}
	return drawn;
}

int glyphs_draw(int y, int x, int columns, const char *text)
{
	return draw_bytes(y, x, columns, text, strlen(text));
}

int glyphs_draw_folded(int y, int x, int rows, int columns, const char *text)
{
	int row = 0;

	for (; row < rows && *text; row++) {
		size_t fits = 0, length = strlen(text);

		/* As many words as fit; a word that is longer than the line is cut. */
		for (size_t at = 0; at < length;) {
			size_t word = at + strspn(text + at, " ");

			word += strcspn(text + word, " ");
			if (columns_of(text, word) > columns)
				break;
			at = fits = word;
		}
		if (fits == 0)
			fits = strcspn(text, " ");
		if (row == rows - 1)
			fits = length;
		draw_bytes(y + row, x, columns, text, fits);
		text += fits;
		text += strspn(text, " ");
	}
	return row;
}
