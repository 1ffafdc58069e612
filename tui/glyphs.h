/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of any kind on a screen of cells. What one cell pair can hold is drawn; what terminals
 * disagree about (joined emoji, skin tones, variation selectors, flags) is reduced to its first
 * part, so that columns stay true; what is invisible is spelt as U+200B.
 */
#ifndef TAGSIGHT_TUI_GLYPHS_H
#define TAGSIGHT_TUI_GLYPHS_H

#include <stddef.h>

/* Columns of the whole text. */
int glyphs_columns(const char *text);

/* Draw at (y, x) in at most `columns`, with a mark at the end when the text is longer. Returns the
 * columns drawn. */
int glyphs_draw(int y, int x, int columns, const char *text);

/* Draw `text` folded at blanks into lines of `columns`, from row y, at most `rows` of them. Returns
 * the rows drawn. */
int glyphs_draw_folded(int y, int x, int rows, int columns, const char *text);

#endif
