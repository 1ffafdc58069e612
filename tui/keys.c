/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/keys.h"

#include <curses.h>
#include <string.h>

const struct action_spec action_specs[ACTIONS] = {
#define X(name, keys, views, help) [ACTION_##name] = { keys, views, help },
	REVIEW_ACTIONS(X)
#undef X
};

static const struct {
	const char *name;
	int code;
} names[] = {
	{ "Up", KEY_UP }, { "Down", KEY_DOWN }, { "Left", KEY_LEFT }, { "Right", KEY_RIGHT },
	{ "PgUp", KEY_PPAGE }, { "PgDn", KEY_NPAGE }, { "Home", KEY_HOME }, { "End", KEY_END },
	{ "Enter", '\n' }, { "Enter", '\r' }, { "Enter", KEY_ENTER }, { "Space", ' ' },
	{ "Tab", '\t' }, { "S-Tab", KEY_BTAB }, { "S-Left", KEY_SLEFT }, { "S-Right", KEY_SRIGHT },
	{ "Esc", 27 }, { "Delete", KEY_DC }, { "F1", KEY_F(1) },
};

void keys_init(void)
{
	static const struct {
		char final;
		int code;
	} cursor[] = {
		{ 'A', KEY_UP }, { 'B', KEY_DOWN }, { 'C', KEY_RIGHT },
		{ 'D', KEY_LEFT }, { 'H', KEY_HOME }, { 'F', KEY_END },
	};

	for (size_t i = 0; i < sizeof(cursor) / sizeof(cursor[0]); i++) {
		const char plain[] = { 27, '[', cursor[i].final, '\0' };
		const char application[] = { 27, 'O', cursor[i].final, '\0' };

		define_key(plain, cursor[i].code);
		define_key(application, cursor[i].code);
	}
}

/* Whether the key's name, which is not terminated, stands for the code. */
static bool key_is(const char *name, size_t length, int key)
{
	if (length == 1)
		return key == (unsigned char)*name;
	if (length == 6 && memcmp(name, "Ctrl-", 5) == 0)
		return key == (name[5] & 0x1f);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == key && strlen(names[i].name) == length &&
		    memcmp(names[i].name, name, length) == 0)
			return true;
	return false;
}

static bool any_is(const char *keys, int key)
{
	while (*keys) {
		size_t length = strcspn(keys, " ");

		if (key_is(keys, length, key))
			return true;
		keys += length;
		keys += strspn(keys, " ");
	}
	return false;
}

enum action key_action(int key, unsigned view)
{
	for (int action = 0; action < ACTIONS; action++)
		if ((action_specs[action].views & view) && any_is(action_specs[action].keys, key))
			return (enum action)action;
	return ACTION_NONE;
}
