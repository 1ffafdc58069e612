/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/draw.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_ROOM 16 /* bytes of "12 " */
#define MOST_LETTERS 48 /* widths of a digit that a text may take */
#define ELLIPSIS "\xe2\x80\xa6"

const unsigned char draw_colors[DRAW_COLORS][3] = {
	{ 0xe6, 0x9f, 0x00 }, { 0x56, 0xb4, 0xe9 }, { 0x00, 0x9e, 0x73 }, { 0xf0, 0xe4, 0x42 },
	{ 0x00, 0x72, 0xb2 }, { 0xd5, 0x5e, 0x00 }, { 0xcc, 0x79, 0xa7 },
};
const unsigned char draw_grey[3] = { 0xb4, 0xb4, 0xb4 };

static const unsigned char black[3] = { 0, 0, 0 }, white[3] = { 255, 255, 255 };

const unsigned char *draw_contrast(const unsigned char rgb[3])
{
	return rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114 > 120000 ? black : white;
}

void draw_fill(struct image *image, struct image_rect rect, const unsigned char rgb[3])
{
	int x0 = rect.x0 > 0 ? rect.x0 : 0, x1 = rect.x1 < image->width ? rect.x1 : image->width;
	int y0 = rect.y0 > 0 ? rect.y0 : 0, y1 = rect.y1 < image->height ? rect.y1 : image->height;

	for (int y = y0; y < y1 && x0 < x1; y++) {
		unsigned char *pixel = image->rgb + ((size_t)y * (size_t)image->width + (size_t)x0) * 3;

		for (int x = x0; x < x1; x++, pixel += 3)
			memcpy(pixel, rgb, 3);
	}
}

/* The ring between two rectangles, the inner one `line` pixels in. */
static void draw_ring(struct image *image, struct image_rect rect, int line, const unsigned char rgb[3])
{
	int x0 = rect.x0, y0 = rect.y0, x1 = rect.x1, y1 = rect.y1;

	draw_fill(image, (struct image_rect){ x0, y0, x1, y0 + line < y1 ? y0 + line : y1 }, rgb);
	draw_fill(image, (struct image_rect){ x0, y1 - line > y0 ? y1 - line : y0, x1, y1 }, rgb);
	draw_fill(image, (struct image_rect){ x0, y0, x0 + line < x1 ? x0 + line : x1, y1 }, rgb);
	draw_fill(image, (struct image_rect){ x1 - line > x0 ? x1 - line : x0, y0, x1, y1 }, rgb);
}

void draw_frame(struct image *image, struct image_rect rect, int line, const unsigned char rgb[3])
{
	struct image_rect inner = { rect.x0 + line, rect.y0 + line, rect.x1 - line, rect.y1 - line };

	if (inner.x0 < inner.x1 && inner.y0 < inner.y1)
		draw_ring(image, inner, 1, draw_contrast(rgb));
	draw_ring(image, rect, line, rgb);
}

static bool is_empty(struct image_rect rect)
{
	return rect.x0 >= rect.x1 || rect.y0 >= rect.y1;
}

static bool overlap(struct image_rect a, struct image_rect b)
{
	return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

/* ---- one label's words ---- */

struct wording {
	char number[NUMBER_ROOM];
	size_t length;  /* bytes of the text */
	bool cut;       /* an ellipsis follows */
	bool alone;     /* the number and nothing else */
	int margin, width;
};

static int text_width(struct font *font, const char *text)
{
	return font_width(font, text, strlen(text));
}

/* The number alone. */
static struct wording word_number(const struct draw_label *label, struct font *font)
{
	struct wording wording = { .alone = true, .margin = font_height(font) / 5 + 1 };

	snprintf(wording.number, sizeof(wording.number), "%d", label->number);
	wording.width = text_width(font, wording.number) + 2 * wording.margin;
	return wording;
}

/* All of the label, its text cut to what the picture has room for. */
static struct wording word_label(const struct draw_label *label, struct font *font, int room)
{
	struct wording wording = { .margin = font_height(font) / 5 + 1 };
	int most = MOST_LETTERS * text_width(font, "0"), fixed, own;

	snprintf(wording.number, sizeof(wording.number), "%d ", label->number);
	fixed = text_width(font, wording.number) + text_width(font, label->tail) + 2 * wording.margin;
	own = text_width(font, label->text);
	most = most < room - fixed ? most : room - fixed;
	wording.length = strlen(label->text);
	wording.cut = own > most;
	if (wording.cut) {
		most -= text_width(font, ELLIPSIS);
		if (most <= 0)
			return word_number(label, font);
		wording.length = font_fit(font, label->text, wording.length, most);
		own = font_width(font, label->text, wording.length) + text_width(font, ELLIPSIS);
	}
	wording.width = fixed + own;
	return wording;
}

static void draw_words(struct image *image, const struct draw_label *label,
		       const struct wording *wording, struct font *font)
{
	const unsigned char *ink = draw_contrast(label->rgb);
	int x = label->place.x0 + wording->margin, y = label->place.y0;

	draw_fill(image, label->place, label->rgb);
	x += font_draw(font, image, x, y, wording->number, strlen(wording->number), ink);
	if (wording->alone)
		return;
	x += font_draw(font, image, x, y, label->text, wording->length, ink);
	if (wording->cut)
		x += font_draw(font, image, x, y, ELLIPSIS, strlen(ELLIPSIS), ink);
	font_draw(font, image, x, y, label->tail, strlen(label->tail), ink);
}

/* ---- its place ---- */

struct layout {
	const struct image *image;
	const struct draw_label *labels; /* [n] that have their places */
	size_t n;
	int width, height; /* of the label to place */
};

static int clamp(int value, int least, int most)
{
	return value > most ? (most > least ? most : least) : value < least ? least : value;
}

/* The label there, moved onto the picture; false where it would not fit or would cover another. */
static bool try_place(const struct layout *layout, int x, int y, struct image_rect *place)
{
	x = clamp(x, 0, layout->image->width - layout->width);
	y = clamp(y, 0, layout->image->height - layout->height);
	*place = (struct image_rect){ x, y, x + layout->width, y + layout->height };
	if (place->x1 > layout->image->width || place->y1 > layout->image->height)
		return false;
	for (size_t i = 0; i < layout->n; i++)
		if (!is_empty(layout->labels[i].place) && overlap(*place, layout->labels[i].place))
			return false;
	return true;
}

/* On top of the box, inside it, below it, each at its left and at its right; then down the picture. */
static bool find_place(const struct layout *layout, const struct image_rect *box,
		       struct image_rect *place)
{
	int columns[] = { box->x0, box->x1 - layout->width };
	int rows[] = { box->y0 - layout->height, box->y0, box->y1, box->y1 - layout->height };

	for (size_t row = 0; row < 4; row++)
		for (size_t column = 0; column < 2; column++)
			if (try_place(layout, columns[column], rows[row], place))
				return true;
	for (int y = clamp(box->y0, 0, layout->image->height); y < layout->image->height; y += layout->height)
		if (try_place(layout, box->x0, y, place))
			return true;
	for (int y = 0; y < layout->image->height; y += layout->height)
		for (int x = 0; x < layout->image->width; x += layout->width)
			if (try_place(layout, x, y, place))
				return true;
	return false;
}

void draw_labels(struct image *image, struct draw_label *labels, size_t n, struct font *font)
{
	for (size_t i = 0; i < n; i++) {
		struct wording wording = font_has_letters(font) ? word_label(&labels[i], font, image->width) :
								  word_number(&labels[i], font);
		struct layout layout = { image, labels, i, wording.width, font_height(font) };
		bool placed = find_place(&layout, &labels[i].box, &labels[i].place);

		if (!placed && !wording.alone) {
			wording = word_number(&labels[i], font);
			layout.width = wording.width;
			placed = find_place(&layout, &labels[i].box, &labels[i].place);
		}
		if (placed)
			draw_words(image, &labels[i], &wording, font);
		else
			labels[i].place = (struct image_rect){ 0, 0, 0, 0 };
	}
}

int draw_line_width(const struct image *image)
{
	int side = image->width < image->height ? image->width : image->height;

	return clamp(side / 160, 2, 12);
}

int draw_font_pixels(const struct image *image)
{
	int side = image->width < image->height ? image->width : image->height;

	return clamp(side / 24, 14, 80);
}
