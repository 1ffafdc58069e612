/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which keys do what: the bindings of the action table, changed by a file of the user. No curses
 * here, so that tests can read such files without a screen. A line of the file is
 *
 *	accept-prediction = A Y     # comment
 *
 * with the name of an action (that of the table in lower case, with dashes) and all its keys, apart
 * by blanks; none takes the action its keys. What the file does not name keeps its own. A character
 * stands for itself, Ctrl-A for a control character, S- for Shift with Tab and the arrows; Up, Down,
 * Left, Right, PgUp, PgDn, Home, End, Insert, Delete, Enter, Space, Tab, Esc, Backspace, F1 to F12
 * as on the keyboard, and Hash for '#'.
 *
 *	keymap_init(&keys);
 *	keymap_read(&keys, "keys", &err);
 *	keymap_find(&keys, 'A', IN_LIST, &nth)          ACTION_ACCEPT_PREDICTION
 */
#ifndef TAGSIGHT_TUI_KEYMAP_H
#define TAGSIGHT_TUI_KEYMAP_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "tui/actions.h"

/* A key is the code point of its character or one of these. */
enum named_key {
	NAMED_UP = 0x110000,
	NAMED_DOWN,
	NAMED_LEFT,
	NAMED_RIGHT,
	NAMED_SHIFT_LEFT,
	NAMED_SHIFT_RIGHT,
	NAMED_SHIFT_UP,
	NAMED_SHIFT_DOWN,
	NAMED_SHIFT_TAB,
	NAMED_PAGE_UP,
	NAMED_PAGE_DOWN,
	NAMED_HOME,
	NAMED_END,
	NAMED_INSERT,
	NAMED_DELETE,
	NAMED_F1,
	NAMED_F12 = NAMED_F1 + 11
};

#define KEYS_PER_ACTION 16

struct keymap {
	int keys[ACTIONS][KEYS_PER_ACTION]; /* the first 0 ends them */
};

/* The keys of the table. */
void keymap_init(struct keymap *map);

/* Change the map by a file; ERR_USAGE with file, line and what to do when it holds a mistake or
 * gives a key two meanings in one view. The map is of no use then. */
int keymap_read(struct keymap *map, const char *path, struct err *err);

/* The same of a text; `file` is its name in messages. */
int keymap_parse(struct keymap *map, const char *text, size_t length, const char *file,
		 struct err *err);

/* Where the user's file is, on the heap, whether or not there is one: tagsight/keys in
 * $XDG_CONFIG_HOME or ~/.config. NULL when neither is known, or memory is out. */
char *keymap_path(void);

/* What a key stands for in a view; ACTION_NONE for nothing. *nth is its place among the keys of the
 * action, from 0. */
enum action keymap_find(const struct keymap *map, int key, unsigned view, int *nth);

/* "accept-prediction"; static. */
const char *action_name(enum action action);

/* Add the name of a key, or the names of all keys of an action with blanks between. */
void key_add_name(struct buf *out, int key);
void keymap_add_keys(struct buf *out, const struct keymap *map, enum action action);

/* Add a hint: {accept-prediction} becomes the first key of that action. Pieces are apart by two
 * blanks; one that is about actions without keys only is left out. */
void keymap_expand(struct buf *out, const struct keymap *map, const char *hint);

/* Add the whole map in the form of the file. */
void keymap_print(struct buf *out, const struct keymap *map);

#endif
