/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/keys.h"

#include "tui/keymap.h"

static const struct {
	wint_t code;
	int key;
} special_keys[] = {
	{ KEY_UP, NAMED_UP }, { KEY_DOWN, NAMED_DOWN }, { KEY_LEFT, NAMED_LEFT },
	{ KEY_RIGHT, NAMED_RIGHT }, { KEY_SLEFT, NAMED_SHIFT_LEFT },
	{ KEY_SRIGHT, NAMED_SHIFT_RIGHT }, { KEY_SR, NAMED_SHIFT_UP }, { KEY_SF, NAMED_SHIFT_DOWN },
	{ KEY_BTAB, NAMED_SHIFT_TAB },
	{ KEY_PPAGE, NAMED_PAGE_UP }, { KEY_NPAGE, NAMED_PAGE_DOWN }, { KEY_HOME, NAMED_HOME },
	{ KEY_END, NAMED_END }, { KEY_IC, NAMED_INSERT }, { KEY_DC, NAMED_DELETE },
	{ KEY_ENTER, '\r' }, { KEY_BACKSPACE, 0x7f },
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
	/* Not every description of a terminal has them. */
	define_key("\033[1;2A", KEY_SR);
	define_key("\033[1;2B", KEY_SF);
	define_key("\033[1;2C", KEY_SRIGHT);
	define_key("\033[1;2D", KEY_SLEFT);
}

int keys_translate(wint_t key, bool special)
{
	if (!special)
		return key == '\n' ? '\r' : key == 8 ? 0x7f : (int)key;
	for (size_t i = 0; i < sizeof(special_keys) / sizeof(special_keys[0]); i++)
		if (special_keys[i].code == key)
			return special_keys[i].key;
	if (key >= KEY_F(1) && key <= KEY_F(12))
		return NAMED_F1 + (int)(key - KEY_F(1));
	return 0;
}
