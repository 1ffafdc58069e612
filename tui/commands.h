/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be typed after the colon: one table, from which the help, the completion and the message
 * about an unknown command are made.
 */
#ifndef TAGSIGHT_TUI_COMMANDS_H
#define TAGSIGHT_TUI_COMMANDS_H

#include "lib/base/buf.h"

#include <stddef.h>

struct app;

struct command_spec {
	const char *name;     /* NULL: the line is a number */
	const char *short_name; /* or NULL */
	const char *argument; /* "FILE", "[NAME]", "" */
	const char *help;
	void (*run)(struct app *app, const char *argument);
	/* The nth value that the argument can have; NULL after the last. May be NULL. */
	const char *(*value)(struct app *app, size_t nth);
};

extern const struct command_spec command_specs[];
extern const size_t n_command_specs;

/* Run a line; what is wrong with it is said in the status line. */
void commands_run(struct app *app, char *line);

/* Complete the line as far as it is certain; when several go on differently, say which. */
void commands_complete(struct app *app, struct buf *line);

#endif
