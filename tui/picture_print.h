/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture among the lines of a terminal: by the pixels of kitty or sixel where the terminal is known to
 * have them, else by coloured half blocks.
 */
#ifndef TAGSIGHT_TUI_PICTURE_PRINT_H
#define TAGSIGHT_TUI_PICTURE_PRINT_H

#include "lib/image/image.h"

#include <stdio.h>

/* Print the picture in at most `columns` by `rows` cells, and a line end. */
void picture_print(FILE *out, const struct image *image, int columns, int rows);

/* The size of the terminal that `out` is; 80 by 24 where it does not tell. */
void picture_print_room(FILE *out, int *columns, int *rows);

#endif
