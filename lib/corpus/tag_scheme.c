/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/tag_scheme.h"

#include "lib/base/utf8.h"

#include <string.h>

static char known_prefix(const char *text, size_t length)
{
	return length == 1 && strchr("OBIES.[]", *text) ? *text : '?';
}

static struct tag read_conlleval(const char *text)
{
	const char *hyphen = strchr(text, '-');
	struct tag tag = { '?', "" };

	if (!hyphen) {
		tag.prefix = known_prefix(text, strlen(text));
		return tag;
	}
	tag.prefix = known_prefix(text, (size_t)(hyphen - text));
	/* Perl takes the text "0" for false, and the script then for no type. */
	if (strcmp(hyphen + 1, "0") != 0)
		tag.type = hyphen + 1;
	return tag;
}

static struct tag read_seqeval(const char *text)
{
	size_t length = strlen(text), first = 0;
	struct tag tag = { '?', "_" };
	const char *hyphen, *type;
	uint32_t code_point;

	if (length)
		first = utf8_decode(text, length, &code_point);
	if (length && first == 0)
		first = 1;
	tag.prefix = known_prefix(text, first);
	hyphen = strchr(text + first, '-');
	type = hyphen ? hyphen + 1 : text + first;
	if (*type)
		tag.type = type;
	return tag;
}

struct tag tag_read(enum tag_rule rule, const char *text)
{
	return rule == TAG_SEQEVAL ? read_seqeval(text) : read_conlleval(text);
}

/* True when the pair "before now" is among the pairs of `list`, apart by blanks. */
static bool among(const char *list, char before, char now)
{
	for (; *list; list += list[2] ? 3 : 2)
		if (list[0] == before && list[1] == now)
			return true;
	return false;
}

bool tag_ends(enum tag_rule rule, char before, char now, bool same_type)
{
	if (before != 'O' && before != '.' && !same_type)
		return true;
	if (rule == TAG_SEQEVAL)
		return before == 'E' || before == 'S' || among("BB BS BO IB IS IO", before, now);
	return before == '[' || before == ']' || among("BB BO IB IO EE EI EO", before, now);
}

bool tag_starts(enum tag_rule rule, char before, char now, bool same_type)
{
	if (now != 'O' && now != '.' && !same_type)
		return true;
	if (rule == TAG_SEQEVAL)
		return now == 'B' || now == 'S' || among("EE EI SE SI OE OI", before, now);
	return now == '[' || now == ']' || among("BB IB OB OI EE EI OE", before, now);
}

bool tag_parse(const char *text, struct tag *tag)
{
	if (strcmp(text, "O") == 0) {
		*tag = (struct tag){ 'O', "" };
		return true;
	}
	if (!text[0] || !strchr("BIESLU", text[0]) || text[1] != '-' || !text[2])
		return false;
	*tag = (struct tag){ text[0], text + 2 };
	return true;
}
