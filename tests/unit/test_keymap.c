/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/test.h"

#include "tui/keymap.h"

#include <string.h>

static enum action find(const struct keymap *map, int key, unsigned view)
{
	int nth;

	return keymap_find(map, key, view, &nth);
}

static int parse(struct keymap *map, const char *text, struct err *err)
{
	keymap_init(map);
	return keymap_parse(map, text, strlen(text), "keys", err);
}

static void test_table(void **state)
{
	struct keymap map;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	int nth = -1;

	(void)state;
	keymap_init(&map);
	assert_int_equal(find(&map, 'u', IN_LIST), ACTION_UNDO);
	assert_int_equal(find(&map, ' ', IN_LIST), ACTION_PAGE_DOWN);
	assert_int_equal(find(&map, ' ', IN_SENTENCE), ACTION_NEXT_RECORD);
	assert_int_equal(find(&map, NAMED_UP, IN_HELP), ACTION_UP);
	assert_int_equal(find(&map, 0, IN_LIST), ACTION_NONE);
	assert_int_equal(find(&map, 'p', IN_LIST), ACTION_NONE);
	assert_int_equal(keymap_find(&map, '7', IN_SENTENCE, &nth), ACTION_TAG_FURTHER);
	assert_int_equal(nth, 6);
	assert_string_equal(action_name(ACTION_ACCEPT_PREDICTION), "accept-prediction");
	/* No key of the table has two meanings: the print, where every line counts, is taken. */
	keymap_print(&text, &map);
	assert_int_equal(keymap_parse(&map, text.data, text.length, "print", &err), 0);
	buf_release(&text);
}

static void test_bind(void **state)
{
	struct keymap map;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(parse(&map,
			       "# mine\n\n accept-prediction = A Y # both\r\nquit=\n"
			       "undo = \xd0\xbf Ctrl-u ctrl-h F12 Hash =\nclear=pgdn\n"
			       "next-record = ]\nzoom-in=+",
			       &err),
			 0);
	assert_int_equal(find(&map, 'Y', IN_LIST), ACTION_ACCEPT_PREDICTION);
	assert_int_equal(find(&map, 'A', IN_LIST), ACTION_ACCEPT_PREDICTION);
	assert_int_equal(find(&map, 'Q', IN_LIST), ACTION_NONE);
	assert_int_equal(find(&map, 'u', IN_LIST), ACTION_NONE);
	assert_int_equal(find(&map, 0x43f, IN_LIST), ACTION_UNDO);
	assert_int_equal(find(&map, 21, IN_LIST), ACTION_UNDO);
	assert_int_equal(find(&map, 0x7f, IN_LIST), ACTION_UNDO);
	assert_int_equal(find(&map, NAMED_F12, IN_LIST), ACTION_UNDO);
	assert_int_equal(find(&map, '#', IN_LIST), ACTION_UNDO);
	assert_int_equal(find(&map, '=', IN_LIST), ACTION_UNDO);
	assert_int_equal(find(&map, NAMED_PAGE_DOWN, IN_SENTENCE), ACTION_CLEAR);
	assert_int_equal(find(&map, NAMED_PAGE_DOWN, IN_LIST), ACTION_PAGE_DOWN);
}

static void complains(const char *text, size_t line, const char *message)
{
	struct keymap map;
	struct err err = ERR_INIT;

	assert_int_equal(parse(&map, text, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(err.line, line);
	assert_string_equal(err.file, "keys");
	assert_string_equal(err.text, message);
}

static void test_mistakes(void **state)
{
	(void)state;
	complains("\nundo u\n", 2, "'undo u' has no '='; a line is 'undo = u'");
	complains("acept-gold = y", 1,
		  "'acept-gold' is no action; 'tagsight review --keys' lists them");
	complains("= y", 1, "'' is no action; 'tagsight review --keys' lists them");
	complains("undo = u PageUp", 1,
		  "'PageUp' is no key: give a character, Ctrl-A, or a name such as PgDn, as "
		  "'tagsight review --keys' shows them");
	complains("undo = u\nundo = Y\n", 2,
		  "'undo' was given its keys before; keep one line of it");
	complains("undo = Ctrl-C\n", 1, "'Ctrl-C' is kept by the terminal; choose another key");
	complains("undo = u\nclear = x u\n", 2,
		  "'u' is also a key of 'undo' (line 1), which works in the same view; give that "
		  "one other keys: 'undo = ...'");
	complains("# the table\nredo = u\n", 2,
		  "'u' is also a key of 'undo', which works in the same view; give that one other "
		  "keys: 'undo = ...'");
	complains("undo = a b c d e f g h i j k l m n o p q\n", 1,
		  "an action can have 16 keys; take some away");
}

/* Enter is one key by three names; what the terminal cannot tell apart must not be two. */
static void test_same_keys(void **state)
{
	struct keymap map;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(parse(&map, "open = Ctrl-J\n", &err), 0);
	assert_int_equal(find(&map, '\r', IN_LIST), ACTION_OPEN);
	assert_int_equal(parse(&map, "undo = Ctrl-M\n", &err), -1);
	assert_int_equal(parse(&map, "clear = Ctrl-I\n", &err), -1);
}

static void test_hints(void **state)
{
	struct keymap map;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;

	(void)state;
	assert_int_equal(parse(&map, "undo = F2 u\nclear =\ntag-misc =\n", &err), 0);
	keymap_expand(&text, &map, "{undo} undo  {clear} clear  {tag-misc} {tag-person} tag  plain");
	assert_string_equal(text.data, "F2 undo  p tag  plain");
	buf_clear(&text);
	keymap_expand(&text, &map, "{no-action} {");
	assert_string_equal(text.data, "{no-action} {");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	  cmocka_unit_test(test_bind),
		cmocka_unit_test(test_mistakes),  cmocka_unit_test(test_same_keys),
		cmocka_unit_test(test_hints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
