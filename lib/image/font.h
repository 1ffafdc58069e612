/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short texts on pictures, in one line from left to right. Letters come from the system's fonts by
 * FreeType, each from the first that has it, in the order in which fontconfig prefers them; both libraries
 * are loaded when the first font is made, so that nothing else waits for them. Without them, or without
 * any font, what is left is a built-in set of digits.
 *
 *	struct font *font = font_new(16, &err);
 *	font_draw(font, &image, 10, 10, "Big Ben", 7, white);
 *	font_free(font);
 *
 * Not shared between threads.
 */
#ifndef TAGSIGHT_IMAGE_FONT_H
#define TAGSIGHT_IMAGE_FONT_H

#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stdbool.h>
#include <stddef.h>

struct font;

/* A font of `pixels` (4 to 400) from one line to the next. NULL only when memory is out. */
struct font *font_new(int pixels, struct err *err);

/* The built-in digits alone. */
struct font *font_new_digits(int pixels, struct err *err);
void font_free(struct font *font);

/* False where only digits can be drawn: every other character is a gap. */
bool font_has_letters(const struct font *font);

/* Pixels of a line. */
int font_height(const struct font *font);

/* Pixels that `length` bytes of text take; invalid UTF-8 is drawn as U+FFFD. */
int font_width(struct font *font, const char *text, size_t length);

/* How many bytes of the text, in whole characters, take at most `room` pixels. */
size_t font_fit(struct font *font, const char *text, size_t length, int room);

/* Draw with (x, y) as the upper left corner; what lies beyond the picture is left out. Returns the
 * pixels taken. */
int font_draw(struct font *font, struct image *image, int x, int y, const char *text, size_t length,
	      const unsigned char rgb[3]);

#endif
