/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search along the queue that goes on while the user does other things: it begins at once, and what is
 * not found by then is looked for when no key waits.
 */
#ifndef TAGSIGHT_TUI_SEARCH_H
#define TAGSIGHT_TUI_SEARCH_H

#include "lib/base/buf.h"
#include "lib/review/queue.h"

#include <stdbool.h>

struct app;

struct search {
	bool active;
	struct review_search walk;
	struct buf needle;
	size_t from;         /* position where it began */
	const char *nothing; /* what to say when nothing is found; NULL: that the needle is nowhere */
};

/* Look for what is next to a position; what is found is selected. */
void search_begin(struct app *app, enum review_goal goal, const char *needle, size_t from,
		  bool forward, const char *nothing);

/* The same for entities of the scores: the goal is borrowed. */
void search_begin_scored(struct app *app, const struct score_goal *goal, size_t from, bool forward);

/* Go on; false when there was nothing to do. */
bool search_work(struct app *app, double seconds);
void search_stop(struct app *app);

#endif
