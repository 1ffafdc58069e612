/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the relation view: the words with head and tail, and the relations to choose from.
 */
#ifndef TAGSIGHT_TUI_RELATION_PRIV_H
#define TAGSIGHT_TUI_RELATION_PRIV_H

#include "lib/review/relations.h"
#include "tui/app.h"

/* Fold the words into `columns`. Returns the rows that they take with the marks of head and tail. */
int relation_place_words(struct app *app, int columns);

/* Draw them in the rows [y, y + rows): the head is marked above its words, the tail below. */
void relation_draw_words(struct app *app, int y, int rows, int columns);

/* A relation that the record can be given. */
struct relation_choice {
	const char *name;  /* of the record or the sheet: valid as long as both */
	float probability; /* below 0: the prediction does not name it */
};

/* All of them: those of the prediction by probability, then those of the relation map. In
 * app->relation.choices; the number of them is returned: 0 where the record cannot be read. */
size_t relation_make_choices(struct app *app);

#define REMARK_ROWS 2 /* for the note and the findings, where there are any */

/* Draw what holds, what the file and the prediction say, the choices and the findings. */
void relation_draw_panel(struct app *app, int y, int rows, int columns);

#endif
