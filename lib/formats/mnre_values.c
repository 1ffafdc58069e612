/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a line's values, for who writes a line anew with another one.
 */
#include "lib/formats/mnre.h"

#include "lib/formats/literal.h"

#include <string.h>

static struct mnre_value *value_of(struct mnre_values *values, const char *key)
{
	if (strcmp(key, "h") == 0)
		return &values->head;
	if (strcmp(key, "t") == 0)
		return &values->tail;
	return strcmp(key, "relation") == 0 ? &values->relation : NULL;
}

/* A value without the blanks around it. */
static int find_value(struct literal *in, struct mnre_value *value, struct err *err)
{
	literal_peek(in);
	value->begin = in->at;
	if (literal_skip(in, err) < 0)
		return -1;
	value->end = in->at;
	while (value->end > value->begin && strchr(" \t\f", in->text[value->end - 1]))
		value->end--;
	return 0;
}

static int find_items(struct literal *in, struct mnre_values *values, struct err *err)
{
	int more = 1;

	if (!literal_accept(in, '{'))
		return literal_expected(in, in->at, "'{'", err);
	if (literal_accept(in, '}'))
		more = 0;
	while (more > 0) {
		struct mnre_value other, *value;
		const char *key = literal_string(in, err);

		if (!key)
			return -1;
		if (!literal_accept(in, ':'))
			return literal_expected(in, in->at, "':'", err);
		value = value_of(values, key);
		if (find_value(in, value ? value : &other, err) < 0)
			return -1;
		more = literal_more(in, '}', err);
	}
	return more < 0 ? -1 : literal_end(in, err);
}

int mnre_find_values(const char *line, size_t length, struct mnre_values *values, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct literal in;
	int rc;

	memset(values, 0, sizeof(*values));
	literal_init(&in, line, length, &arena);
	rc = find_items(&in, values, err);
	arena_release(&arena);
	return rc;
}

void mnre_write_text(struct buf *out, const char *old, size_t length, const char *text)
{
	size_t quote = 0;

	while (quote < length && old[quote] != '\'' && old[quote] != '"')
		quote++;
	buf_add_char(out, quote < length ? old[quote] : '"');
	for (; *text; text++) {
		if (*text == '\\' || (quote < length && *text == old[quote]))
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_char(out, quote < length ? old[quote] : '"');
}
