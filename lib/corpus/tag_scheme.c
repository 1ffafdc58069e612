/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/tag_scheme.h"

#include "lib/base/utf8.h"

#include <string.h>

static char known_prefix(const char *text, size_t length)
{
	return length == 1 && strchr("OBIES.[]", *text) ? *text : '?';
}

/* Perl takes the text "0" for false, and the script then for no type. */
static const char *perl_type(const char *type)
{
	return strcmp(type, "0") == 0 ? "" : type;
}

static struct tag read_conlleval(const char *text)
{
	const char *hyphen = strchr(text, '-');

	if (!hyphen)
		return (struct tag){ known_prefix(text, strlen(text)), "" };
	return (struct tag){ known_prefix(text, (size_t)(hyphen - text)), perl_type(hyphen + 1) };
}

static struct tag read_raw(const char *text)
{
	if (strcmp(text, "O") == 0)
		return (struct tag){ 'O', "" };
	return (struct tag){ 'B', perl_type(text) };
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
	switch (rule) {
	case TAG_SEQEVAL:
		return read_seqeval(text);
	case TAG_CONLLEVAL_RAW:
		return read_raw(text);
	case TAG_CONLLEVAL:
		break;
	}
	return read_conlleval(text);
}

bool tag_equal(enum tag_rule rule, const char *a, const char *b)
{
	size_t a_prefix = strcspn(a, "-"), b_prefix = strcspn(b, "-");

	if (rule == TAG_SEQEVAL || strcmp(a, b) == 0)
		return strcmp(a, b) == 0;
	if (rule == TAG_CONLLEVAL && (a_prefix != b_prefix || memcmp(a, b, a_prefix) != 0))
		return false;
	return strcmp(tag_read(rule, a).type, tag_read(rule, b).type) == 0 &&
	       tag_read(rule, a).prefix == tag_read(rule, b).prefix;
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
