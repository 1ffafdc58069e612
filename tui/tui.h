/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal UI of the review. The first sheet is opened before the screen is taken, so that what
 * is wrong with the data is said as every other command says it.
 */
#ifndef TAGSIGHT_TUI_TUI_H
#define TAGSIGHT_TUI_TUI_H

#include "tui/sheet.h"

/* How pictures are drawn. */
#define PICTURES_NAMES "auto|kitty|sixel|iterm|symbols|none"

struct keymap;

struct tui_options {
	struct sheet_options sheets;
	const struct keymap *keys;
	bool color;           /* allowed by the user */
	const char *pictures; /* one of PICTURES_NAMES */
};

/* Review the splits of a dataset, beginning with `first`, until the user leaves. `note` gets what
 * is to be said afterwards: where the edits are. */
int tui_run(const struct dataset *dataset, size_t first, const struct tui_options *options,
	    struct buf *note, struct err *err);

/* "ncurses 6.4.20221231, chafa 1.12.4"; static. */
const char *tui_libraries(void);

#endif
