/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/keymap.h"

#include "lib/base/file.h"
#include "lib/base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const struct action_spec action_specs[ACTIONS] = {
#define X(name, keys, views, help) [ACTION_##name] = { keys, views, help },
	REVIEW_ACTIONS(X)
#undef X
};

static const char *const table_names[ACTIONS] = {
#define X(name, keys, views, help) [ACTION_##name] = #name,
	REVIEW_ACTIONS(X)
#undef X
};

static const struct {
	const char *name;
	int key;
} names[] = {
	{ "Up", NAMED_UP }, { "Down", NAMED_DOWN }, { "Left", NAMED_LEFT },
	{ "Right", NAMED_RIGHT }, { "PgUp", NAMED_PAGE_UP }, { "PgDn", NAMED_PAGE_DOWN },
	{ "Home", NAMED_HOME }, { "End", NAMED_END }, { "Insert", NAMED_INSERT },
	{ "Delete", NAMED_DELETE }, { "S-Tab", NAMED_SHIFT_TAB }, { "S-Left", NAMED_SHIFT_LEFT },
	{ "S-Right", NAMED_SHIFT_RIGHT }, { "S-Up", NAMED_SHIFT_UP }, { "S-Down", NAMED_SHIFT_DOWN },
	{ "Enter", '\r' }, { "Space", ' ' }, { "Tab", '\t' },
	{ "Esc", 27 }, { "Backspace", 0x7f }, { "Hash", '#' },
};

#define NAMES (sizeof(names) / sizeof(names[0]))

const char *action_name(enum action action)
{
	static char all[ACTIONS][32];
	char *name = all[action];
	size_t length = name[0] ? 0 : strlen(table_names[action]);

	if (length >= sizeof(all[0]))
		BUG("an action has too long a name");
	for (size_t i = 0; i < length; i++) {
		char c = table_names[action][i];

		name[i] = c == '_' ? '-' : (char)tolower((unsigned char)c);
	}
	return name;
}

/* The key of a name that is not terminated; 0 when it names none. */
static int key_of_name(const char *name, size_t length)
{
	uint32_t character;

	if (length && utf8_decode(name, length, &character) == length)
		return character > ' ' && character != 0x7f ? (int)character : 0;
	if (length == 6 && strncasecmp(name, "Ctrl-", 5) == 0 && isalpha((unsigned char)name[5]))
		return name[5] & 0x1f;
	for (size_t i = 0; i < NAMES; i++)
		if (strlen(names[i].name) == length &&
		    strncasecmp(names[i].name, name, length) == 0)
			return names[i].key;
	for (int i = 1; i <= 12 && length <= 3; i++) {
		char function[8];

		snprintf(function, sizeof(function), "F%d", i);
		if (strlen(function) == length && strncasecmp(function, name, length) == 0)
			return NAMED_F1 + i - 1;
	}
	return 0;
}

/* Keys that send the same character are one key. */
static int same_key(int key)
{
	return key == '\n' ? '\r' : key == 8 ? 0x7f : key;
}

void key_add_name(struct buf *out, int key)
{
	char bytes[4];

	for (size_t i = 0; i < NAMES; i++)
		if (names[i].key == key) {
			buf_add_string(out, names[i].name);
			return;
		}
	if (key >= NAMED_F1)
		buf_add_format(out, "F%d", key - NAMED_F1 + 1);
	else if (key < ' ')
		buf_add_format(out, "Ctrl-%c", key + '@');
	else
		buf_add(out, bytes, utf8_encode((uint32_t)key, bytes));
}

void keymap_add_keys(struct buf *out, const struct keymap *map, enum action action)
{
	const int *keys = map->keys[action];

	for (int i = 0; i < KEYS_PER_ACTION && keys[i]; i++) {
		if (i)
			buf_add_char(out, ' ');
		key_add_name(out, keys[i]);
	}
}

void keymap_init(struct keymap *map)
{
	memset(map, 0, sizeof(*map));
	for (int action = 0; action < ACTIONS; action++) {
		const char *at = action_specs[action].keys;

		for (int n = 0; *at; n++) {
			size_t length = strcspn(at, " ");

			map->keys[action][n] = key_of_name(at, length);
			if (n == KEYS_PER_ACTION || !map->keys[action][n])
				BUG("a key of the action table has no name");
			at += length;
			at += strspn(at, " ");
		}
	}
}

enum action keymap_find(const struct keymap *map, int key, unsigned view, int *nth)
{
	for (int action = 0; key && action < ACTIONS; action++)
		for (int i = 0; i < KEYS_PER_ACTION && map->keys[action][i]; i++)
			if (map->keys[action][i] == key && (action_specs[action].views & view)) {
				*nth = i;
				return (enum action)action;
			}
	return ACTION_NONE;
}

char *keymap_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf path = BUF_INIT;

	/* The specification of these folders has relative ones passed over. */
	if (config && *config == '/')
		buf_add_format(&path, "%s/tagsight/keys", config);
	else if (home && *home)
		buf_add_format(&path, "%s/.config/tagsight/keys", home);
	if (path.length == 0 || path.failed) {
		buf_release(&path);
		return NULL;
	}
	return buf_detach(&path);
}

void keymap_print(struct buf *out, const struct keymap *map)
{
	buf_add_string(out, "# Keys of tagsight review. Put what you change into\n"
			    "# ~/.config/tagsight/keys; what is not there stays as it is.\n");
	for (int action = 0; action < ACTIONS; action++) {
		size_t begin = out->length;

		buf_add_format(out, "%s = ", action_name((enum action)action));
		keymap_add_keys(out, map, (enum action)action);
		while (out->length - begin < 40)
			buf_add_char(out, ' ');
		buf_add_format(out, " # %s\n", action_specs[action].help);
	}
}

/* Add one piece of a hint. Returns false when it names actions, and none of them has a key. */
static bool expand_piece(struct buf *out, const struct keymap *map, const char *piece,
			 size_t length)
{
	bool named = false, bound = false;
	const char *end = piece + length;

	while (piece < end) {
		const char *close = *piece == '{' ? memchr(piece, '}', (size_t)(end - piece))
						  : NULL;
		size_t name = close ? (size_t)(close - piece) - 1 : 0;
		int action = 0;

		while (close && action < ACTIONS &&
		       (strlen(action_name((enum action)action)) != name ||
			memcmp(action_name((enum action)action), piece + 1, name) != 0))
			action++;
		if (!close || action == ACTIONS) {
			buf_add_char(out, *piece++);
			continue;
		}
		named = true;
		piece = close + 1;
		if (map->keys[action][0]) {
			key_add_name(out, map->keys[action][0]);
			bound = true;
		} else if (*piece == ' ') {
			piece++;
		}
	}
	return bound || !named;
}

void keymap_expand(struct buf *out, const struct keymap *map, const char *hint)
{
	bool first = true;

	while (*hint) {
		const char *gap = strstr(hint, "  ");
		size_t length = gap ? (size_t)(gap - hint) : strlen(hint);
		struct buf piece = BUF_INIT;

		if (expand_piece(&piece, map, hint, length)) {
			buf_add_string(out, first ? "" : "  ");
			buf_add_string(out, piece.data);
			first = false;
		}
		buf_release(&piece);
		hint += length + (gap ? 2 : 0);
	}
}

/* A file of keys that is being read. */
struct reading {
	struct keymap *map;
	const char *file;
	size_t line;
	size_t lines[ACTIONS]; /* where each action was given its keys; 0: in the table */
};

static int complain(const struct reading *reading, size_t line, const char *text, struct err *err)
{
	err_set_at(err, reading->file, line, 0, "%s", text);
	err->kind = ERR_USAGE;
	return -1;
}

/* Complain of a word of the line: `format` has a %s for it. */
static int complain_of(const struct reading *reading, const char *format, const char *word,
		       size_t length, struct err *err)
{
	char shown[UTF8_SHOWN], text[512], *copy = strndup(word, length);

	if (!copy)
		return err_set_memory(err);
	snprintf(text, sizeof(text), format, utf8_show(copy, shown));
	free(copy);
	return complain(reading, reading->line, text, err);
}

static int find_action(const char *name, size_t length)
{
	int action = 0;

	while (action < ACTIONS && (strlen(action_name((enum action)action)) != length ||
				    memcmp(action_name((enum action)action), name, length) != 0))
		action++;
	return action;
}

/* Bind the keys of [at, end) to an action, instead of those that it had. */
static int bind(struct reading *reading, int action, const char *at, const char *end,
		struct err *err)
{
	int *keys = reading->map->keys[action], n = 0;

	memset(keys, 0, sizeof(reading->map->keys[action]));
	for (;; n++) {
		size_t length = 0;
		int key;

		while (at < end && isspace((unsigned char)*at))
			at++;
		if (at == end)
			return 0;
		while (at + length < end && !isspace((unsigned char)at[length]))
			length++;
		key = same_key(key_of_name(at, length));
		if (!key)
			return complain_of(reading,
					   "'%s' is no key: give a character, Ctrl-A, or a name "
					   "such as PgDn, as 'tagsight review --keys' shows them",
					   at, length, err);
		if (key < ' ' && strchr("CZSQ", key + '@'))
			return complain_of(reading,
					   "'%s' is kept by the terminal; choose another key", at,
					   length, err);
		if (n == KEYS_PER_ACTION)
			return complain(reading, reading->line,
					"an action can have 16 keys; take some away", err);
		keys[n] = key;
		at += length;
	}
}

static int read_line(struct reading *reading, const char *line, size_t length, struct err *err)
{
	const char *comment = memchr(line, '#', length), *end = comment ? comment : line + length;
	const char *equals, *name_end;
	int action;

	while (line < end && isspace((unsigned char)*line))
		line++;
	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	if (line == end)
		return 0;
	equals = name_end = memchr(line, '=', (size_t)(end - line));
	if (!equals)
		return complain_of(reading, "'%s' has no '='; a line is 'undo = u'", line,
				   (size_t)(end - line), err);
	while (name_end > line && isspace((unsigned char)name_end[-1]))
		name_end--;
	action = find_action(line, (size_t)(name_end - line));
	if (action == ACTIONS)
		return complain_of(reading,
				   "'%s' is no action; 'tagsight review --keys' lists them", line,
				   (size_t)(name_end - line), err);
	if (reading->lines[action])
		return complain_of(reading, "'%s' was given its keys before; keep one line of it",
				   line, (size_t)(name_end - line), err);
	reading->lines[action] = reading->line;
	return bind(reading, action, equals + 1, end, err);
}

/* Complain of a key that two actions of one view have. */
static int complain_of_two(const struct reading *reading, int a, int b, int key, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t line = reading->lines[a] > reading->lines[b] ? reading->lines[a]
							    : reading->lines[b];
	int other = line == reading->lines[a] ? b : a;

	buf_add_string(&text, "'");
	key_add_name(&text, key);
	buf_add_format(&text, "' is also a key of '%s'", action_name((enum action)other));
	if (reading->lines[other])
		buf_add_format(&text, " (line %zu)", reading->lines[other]);
	buf_add_format(&text, ", which works in the same view; give that one other keys: '%s = ...'",
		       action_name((enum action)other));
	complain(reading, line, text.data, err);
	buf_release(&text);
	return -1;
}

static int check_twice(const struct reading *reading, int a, int b, struct err *err)
{
	const int *keys = reading->map->keys[a];
	int nth;

	for (int i = 0; i < KEYS_PER_ACTION && keys[i]; i++)
		for (nth = 0; nth < KEYS_PER_ACTION && reading->map->keys[b][nth]; nth++)
			if (reading->map->keys[b][nth] == keys[i])
				return complain_of_two(reading, a, b, keys[i], err);
	return 0;
}

int keymap_parse(struct keymap *map, const char *text, size_t length, const char *file,
		 struct err *err)
{
	struct reading reading = { .map = map, .file = file };
	const char *end = text + length;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t of_line = (size_t)((newline ? newline : end) - text);

		reading.line++;
		if (read_line(&reading, text, of_line, err) < 0)
			return -1;
		text += newline ? of_line + 1 : of_line;
	}
	for (int a = 0; a < ACTIONS; a++)
		for (int b = a + 1; b < ACTIONS; b++)
			if ((action_specs[a].views & action_specs[b].views) &&
			    (reading.lines[a] || reading.lines[b]) &&
			    check_twice(&reading, a, b, err) < 0)
				return -1;
	return 0;
}

#define FILE_LIMIT ((size_t)64 << 10)

int keymap_read(struct keymap *map, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = file_read_all(path, &text, FILE_LIMIT, err);

	if (rc == 0)
		rc = keymap_parse(map, text.data, text.length, path, err);
	buf_release(&text);
	return rc;
}
