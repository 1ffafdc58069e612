/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three lines for who sees the review for the first time. That it was seen is remembered by an empty
 * file, tagsight/review-was-seen in $XDG_STATE_HOME or ~/.local/state.
 */
#ifndef TAGSIGHT_TUI_NEWCOMER_H
#define TAGSIGHT_TUI_NEWCOMER_H

#include <stdbool.h>

struct app;

/* Whether nobody has seen the review here before; from now on somebody has. */
bool newcomer_comes(void);

/* Rows that the lines take of a screen: none when they were seen, or would not fit. */
int newcomer_rows(const struct app *app, int rows, int columns);

/* Draw the lines from row y on. */
void newcomer_draw(struct app *app, int y, int columns);

#endif
