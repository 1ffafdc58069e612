/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys by name: a character stands for itself, Ctrl-X for a control character, S- for Shift with
 * Tab, Left and Right; Up, Down, Left, Right, PgUp, PgDn, Home, End, Enter, Space, Tab, Esc, Delete
 * and F1 as on the keyboard.
 */
#ifndef TAGSIGHT_TUI_KEYS_H
#define TAGSIGHT_TUI_KEYS_H

#include "tui/actions.h"

/* Know the cursor keys in both forms that terminals send, whatever terminfo says. After newterm(). */
void keys_init(void);

/* What a key code of curses stands for in a view, by the action table; ACTION_NONE for nothing. */
enum action key_action(int key, unsigned view);

#endif
