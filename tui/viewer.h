/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture in the user's own viewer: $TAGSIGHT_VIEWER, else xdg-open where there is a display. It runs on
 * its own: apart from the terminal, and beyond the end of the review.
 *
 *	if (viewer_open(path, &err) < 0) ...
 */
#ifndef TAGSIGHT_TUI_VIEWER_H
#define TAGSIGHT_TUI_VIEWER_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define VIEWER_WORDS 16 /* of a command, the end included */

/* Split a command at blanks, in place, and add the path, before which "./" is put where it could be taken
 * for an option (into `path_room`, of path_size bytes). No shell has a part in it. False when the command is
 * empty or too long. */
bool viewer_words(char *command, const char *path, char *path_room, size_t path_size,
		  char *words[VIEWER_WORDS]);

/* Start the viewer. Fails where there is none, or it cannot be started. */
int viewer_open(const char *path, struct err *err);

#endif
