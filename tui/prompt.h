/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line to type into, at the bottom of the screen: a search that moves while one types, or a
 * command, which Tab completes; Up and Down bring back those of before.
 */
#ifndef TAGSIGHT_TUI_PROMPT_H
#define TAGSIGHT_TUI_PROMPT_H

#include "lib/base/buf.h"
#include "lib/base/str_list.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

struct app;

enum prompt_kind { PROMPT_NONE, PROMPT_SEARCH, PROMPT_COMMAND };

struct prompt {
	enum prompt_kind kind;
	struct buf text;
	size_t origin;      /* record where a search began */
	size_t origin_word;
	struct str_list history; /* of commands, the last one last */
	size_t recalled;         /* the one on the screen; history.n: none */
};

/* Ask; `text` is there to begin with. */
void prompt_open(struct app *app, enum prompt_kind kind, const char *text);

void prompt_release(struct prompt *prompt);

/* Take a key as get_wch() gave it; `special` for codes such as KEY_LEFT. */
void prompt_key(struct app *app, wint_t key, bool special);

/* Draw it and leave the terminal's cursor at its end. */
void prompt_draw(struct app *app, int y, int columns);

/* Search on from the selected record. */
void prompt_search_again(struct app *app, bool forward);

#endif
