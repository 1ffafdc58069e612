/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/font.h"

#include "lib/base/utf8.h"
#include "lib/image/font_library.h"

#include <stdlib.h>
#include <string.h>

#define MOST_FACES 12 /* open at once: scripts in one label are few */
#define FAMILY "sans-serif"
#define MISSING 0xfffd

struct face {
	FT_Face face;
	int candidate; /* of the font set */
};

struct font {
	int pixels, ascent;
	const struct font_library *library; /* NULL: digits alone */
	FT_Library freetype;
	FcFontSet *candidates; /* best first */
	struct face faces[MOST_FACES];
	size_t n_faces;
};

/* Where a text is drawn, or, with no picture, only measured. */
struct pen {
	struct image *image;
	int x, y; /* upper left corner of the line */
	const unsigned char *rgb;
};

/* ---- the built-in digits: 3 x 5 dots in a line of 7 ---- */

#define DIGIT_COLUMNS 3
#define DIGIT_ROWS 5
#define LINE_ROWS 7

static const unsigned char digit_rows[10][DIGIT_ROWS] = {
	{ 7, 5, 5, 5, 7 }, { 2, 6, 2, 2, 7 }, { 7, 1, 7, 4, 7 }, { 7, 1, 3, 1, 7 }, { 5, 5, 7, 1, 1 },
	{ 7, 4, 7, 1, 7 }, { 7, 4, 7, 5, 7 }, { 7, 1, 2, 2, 2 }, { 7, 5, 7, 5, 7 }, { 7, 5, 7, 1, 7 },
};

static void blend(const struct pen *pen, int x, int y, int coverage)
{
	unsigned char *pixel;

	if (x < 0 || y < 0 || x >= pen->image->width || y >= pen->image->height)
		return;
	pixel = pen->image->rgb + ((size_t)y * (size_t)pen->image->width + (size_t)x) * 3;
	for (int c = 0; c < 3; c++)
		pixel[c] = (unsigned char)((pixel[c] * (255 - coverage) + pen->rgb[c] * coverage + 127) / 255);
}

static int draw_digit(const struct font *font, const struct pen *pen, uint32_t c)
{
	int dot = font->pixels / LINE_ROWS > 0 ? font->pixels / LINE_ROWS : 1;
	int top = (font->pixels - DIGIT_ROWS * dot) / 2;
	bool digit = c >= '0' && c <= '9';

	for (int y = 0; pen->image && digit && y < DIGIT_ROWS * dot; y++)
		for (int x = 0; x < DIGIT_COLUMNS * dot; x++)
			if (digit_rows[c - '0'][y / dot] >> (DIGIT_COLUMNS - 1 - x / dot) & 1)
				blend(pen, pen->x + x, pen->y + top + y, 255);
	return (digit ? DIGIT_COLUMNS + 1 : 2) * dot;
}

/* ---- letters ---- */

static FT_UInt face_glyph(const struct font *font, const struct face *face, uint32_t c)
{
	return font->library->FT_Get_Char_Index(face->face, c);
}

/* Open the candidate; false, and nothing is kept, where it has no outlines or cannot be read. */
static bool open_face(struct font *font, int candidate)
{
	const struct font_library *library = font->library;
	FcPattern *pattern = font->candidates->fonts[candidate];
	struct face *face = &font->faces[font->n_faces];
	FcBool scalable = FcFalse;
	FcChar8 *path;
	int index = 0;

	if (library->FcPatternGetString(pattern, FC_FILE, 0, &path) != FcResultMatch ||
	    library->FcPatternGetBool(pattern, FC_SCALABLE, 0, &scalable) != FcResultMatch || !scalable)
		return false;
	library->FcPatternGetInteger(pattern, FC_INDEX, 0, &index);
	if (library->FT_New_Face(font->freetype, (const char *)path, index & 0xffff, &face->face) != 0)
		return false;
	if (library->FT_Set_Pixel_Sizes(face->face, 0, (FT_UInt)(font->pixels * 3 / 4)) != 0) {
		library->FT_Done_Face(face->face);
		return false;
	}
	face->candidate = candidate;
	font->n_faces++;
	return true;
}

static bool candidate_is_open(const struct font *font, int candidate)
{
	for (size_t i = 0; i < font->n_faces; i++)
		if (font->faces[i].candidate == candidate)
			return true;
	return false;
}

/* A face that has the character, opened where it is a new one; NULL where no font has it. */
static const struct face *find_face(struct font *font, uint32_t c)
{
	for (size_t i = 0; i < font->n_faces; i++)
		if (face_glyph(font, &font->faces[i], c))
			return &font->faces[i];
	for (int i = 0; i < font->candidates->nfont && font->n_faces < MOST_FACES; i++) {
		FcCharSet *set;

		if (font->library->FcPatternGetCharSet(font->candidates->fonts[i], FC_CHARSET, 0, &set) ==
			    FcResultMatch &&
		    font->library->FcCharSetHasChar(set, c) && !candidate_is_open(font, i) &&
		    open_face(font, i) && face_glyph(font, &font->faces[font->n_faces - 1], c))
			return &font->faces[font->n_faces - 1];
	}
	return NULL;
}

static void draw_bitmap(const struct font *font, const struct pen *pen, const FT_GlyphSlot glyph)
{
	const FT_Bitmap *bitmap = &glyph->bitmap;
	int left = pen->x + glyph->bitmap_left, top = pen->y + font->ascent - glyph->bitmap_top;

	if (bitmap->pixel_mode != FT_PIXEL_MODE_GRAY || bitmap->pitch < 0)
		return;
	for (unsigned y = 0; y < bitmap->rows; y++)
		for (unsigned x = 0; x < bitmap->width; x++)
			blend(pen, left + (int)x, top + (int)y,
			      bitmap->buffer[(size_t)y * (size_t)bitmap->pitch + x]);
}

static int draw_letter(struct font *font, const struct pen *pen, uint32_t c)
{
	const struct face *face = find_face(font, c);
	FT_GlyphSlot glyph;

	if (!face)
		face = find_face(font, c = MISSING);
	if (!face)
		face = find_face(font, c = '?');
	if (!face || font->library->FT_Load_Glyph(face->face, face_glyph(font, face, c), FT_LOAD_RENDER) != 0)
		return 0;
	glyph = face->face->glyph;
	if (pen->image)
		draw_bitmap(font, pen, glyph);
	return (int)(glyph->advance.x >> 6);
}

/* Joiners and variation selectors choose between forms of their neighbours, which are not chosen here. */
static bool is_invisible(uint32_t c)
{
	return c < 0x20 || c == 0x7f || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

/* Draw the first characters that fit in `room`; *n is their bytes. Returns their pixels. */
static int walk(struct font *font, struct pen pen, const char *text, size_t length, int room, size_t *n)
{
	int begin = pen.x;

	for (*n = 0; *n < length;) {
		uint32_t c;
		size_t bytes = utf8_decode(text + *n, length - *n, &c);
		int advance = 0;

		if (font->library && !is_invisible(c))
			advance = draw_letter(font, &pen, c);
		else if (!font->library)
			advance = draw_digit(font, &pen, c);
		if (advance > room - (pen.x - begin))
			break;
		pen.x += advance;
		*n += bytes ? bytes : 1;
	}
	return pen.x - begin;
}

/* ---- making one ---- */

/* The system's fonts, best first. False where there is none to draw a digit with. */
static bool find_fonts(struct font *font)
{
	const struct font_library *library = font->library;
	FcPattern *pattern = library->FcNameParse((const FcChar8 *)FAMILY);
	FcResult result;

	if (!pattern)
		return false;
	library->FcConfigSubstitute(NULL, pattern, FcMatchPattern);
	library->FcDefaultSubstitute(pattern);
	font->candidates = library->FcFontSort(NULL, pattern, FcTrue, NULL, &result);
	library->FcPatternDestroy(pattern);
	return font->candidates && find_face(font, '0');
}

static void close_fonts(struct font *font)
{
	for (size_t i = 0; i < font->n_faces; i++)
		font->library->FT_Done_Face(font->faces[i].face);
	if (font->candidates)
		font->library->FcFontSetDestroy(font->candidates);
	if (font->freetype)
		font->library->FT_Done_FreeType(font->freetype);
	font->n_faces = 0;
	font->candidates = NULL;
	font->freetype = NULL;
	font->library = NULL;
}

struct font *font_new_digits(int pixels, struct err *err)
{
	struct font *font = calloc(1, sizeof(*font));

	if (!font) {
		err_set_memory(err);
		return NULL;
	}
	font->pixels = pixels < 4 ? 4 : pixels > 400 ? 400 : pixels;
	return font;
}

struct font *font_new(int pixels, struct err *err)
{
	struct font *font = font_new_digits(pixels, err);

	if (!font)
		return NULL;
	font->library = font_library();
	if (!font->library)
		return font;
	if (font->library->FT_Init_FreeType(&font->freetype) != 0 || !find_fonts(font)) {
		close_fonts(font);
		return font;
	}
	/* Ascenders and descenders of the first face, in the middle of the line. */
	const FT_Size_Metrics *metrics = &font->faces[0].face->size->metrics;
	int ascent = (int)(metrics->ascender >> 6), descent = (int)(-metrics->descender >> 6);

	font->ascent = (font->pixels - ascent - descent) / 2 + ascent;
	return font;
}

void font_free(struct font *font)
{
	if (!font)
		return;
	if (font->library)
		close_fonts(font);
	free(font);
}

bool font_has_letters(const struct font *font)
{
	return font->library != NULL;
}

int font_height(const struct font *font)
{
	return font->pixels;
}

int font_width(struct font *font, const char *text, size_t length)
{
	size_t n;

	return walk(font, (struct pen){ NULL, 0, 0, NULL }, text, length, INT32_MAX, &n);
}

size_t font_fit(struct font *font, const char *text, size_t length, int room)
{
	size_t n;

	walk(font, (struct pen){ NULL, 0, 0, NULL }, text, length, room, &n);
	return n;
}

int font_draw(struct font *font, struct image *image, int x, int y, const char *text, size_t length,
	      const unsigned char rgb[3])
{
	size_t n;

	return walk(font, (struct pen){ image, x, y, rgb }, text, length, INT32_MAX, &n);
}
