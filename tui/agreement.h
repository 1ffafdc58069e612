/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the annotators of an adjudication agree, as a table on the screen.
 */
#ifndef TAGSIGHT_TUI_AGREEMENT_H
#define TAGSIGHT_TUI_AGREEMENT_H

struct app;

/* Draw it in the rows [y, y + rows). */
void agreement_draw(struct app *app, int y, int rows, int columns);

#endif
