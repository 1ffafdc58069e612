/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a view is: something that fills the screen above the status line and takes actions. Views
 * are stacked: the list is at the bottom, a tweet above it, the help above either.
 */
#ifndef TAGSIGHT_TUI_VIEW_H
#define TAGSIGHT_TUI_VIEW_H

#include "tui/actions.h"
#include "tui/mouse.h"

#include <stdbool.h>

struct app;

struct view_ops {
	const char *name;
	unsigned bit;      /* one of enum action_views */
	const char *hints; /* the status line when there is nothing to say, for keymap_expand() */
	const char *adjudicating; /* the same while annotators are adjudicated; NULL: no other */
	/* Fill `rows` lines from the top of a cleared screen. */
	void (*draw)(struct app *app, int rows, int columns);
	/* Do an action that is about this view; false hands it to the rest of the program. `nth` is
	 * the place of the key that stood for it among the keys of the action, from 0. */
	bool (*act)(struct app *app, enum action action, int nth);
	/* The selected record is another one, or its tags have changed. May be NULL. */
	void (*record_changed)(struct app *app);
	/* The mouse at a place on the screen; the wheel has its meaning already. May be NULL. */
	void (*mouse)(struct app *app, const struct mouse_event *event);
	/* Do a slice (some milliseconds) of what goes on while no key is pressed; true while there is
	 * more of it. May be NULL. */
	bool (*work)(struct app *app);
};

extern const struct view_ops view_list, view_sentence, view_relation, view_picture, view_scores, view_help;

/* Give the selected relation line another relation. */
void relation_view_choose(struct app *app, const char *name);

/* Show the picture of the selected tweet, with the box of the word at the cursor selected. */
void picture_view_open(struct app *app);

#endif
