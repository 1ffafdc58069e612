/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scores view, and the way from a number of it to the entities that it counts: once a number was
 * opened, "next match" goes to the next of its entities, until something else is searched.
 */
#ifndef TAGSIGHT_TUI_SCORES_H
#define TAGSIGHT_TUI_SCORES_H

#include "lib/base/buf.h"
#include "lib/review/scores.h"

#include <stdbool.h>
#include <stddef.h>

struct app;

struct scores_state {
	size_t line, column; /* of the selected number: types, all, gold types, spurious */
	size_t top;          /* first row on the screen, headings counted */
	bool following;      /* the entities of a number */
	struct score_goal goal; /* of `type` and `guess` */
	struct buf type, guess;
	struct buf about; /* the number in words */
};

/* Show the scores of what the list shows. */
void scores_open(struct app *app);

/* Go to the first tweet of the queue with entities of a goal, which `about` puts in words. */
void scores_follow(struct app *app, const struct score_goal *goal, const char *about);

/* Go to the next entity of the number that was opened, or the one before; false when there is none. */
bool scores_search_again(struct app *app, bool forward);

/* A search for them has found its tweet, which is selected. */
void scores_found(struct app *app, bool forward, bool same);

/* The next match is again that of the text searched last. */
void scores_stop(struct app *app);
void scores_release(struct app *app);

#endif
