/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that curses gives, as keymap.h names them.
 */
#ifndef TAGSIGHT_TUI_KEYS_H
#define TAGSIGHT_TUI_KEYS_H

#include <curses.h>
#include <stdbool.h>

/* Know the cursor keys in both forms that terminals send, whatever terminfo says. After newterm(). */
void keys_init(void);

/* The key that get_wch() gave; `special` for codes such as KEY_LEFT. 0 for one that has no name. */
int keys_translate(wint_t key, bool special);

#endif
