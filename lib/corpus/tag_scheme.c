/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/tag_scheme.h"

#include "lib/base/utf8.h"

#include <string.h>

static bool one_of(const char *prefixes, char prefix)
{
	while (*prefixes && *prefixes != prefix)
		prefixes++;
	return *prefixes;
}

static char known_prefix(const char *text, size_t length)
{
	return length == 1 && one_of("OBIES.[]", *text) ? *text : '?';
}

/* Perl takes the text "0" for false, and the script then for no type. */
static const char *perl_type(const char *type)
{
	return strcmp(type, "0") == 0 ? "" : type;
}

static struct tag read_conlleval(const char *text)
{
	const char *hyphen;

	if (text[0] == 'O' && text[1] == '\0')
		return (struct tag){ 'O', "" };
	hyphen = strchr(text, '-');
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

static bool conlleval_ends(char before, char now)
{
	switch (before) {
	case 'B':
	case 'I':
		return now == 'B' || now == 'O';
	case 'E':
		return now == 'E' || now == 'I' || now == 'O';
	default:
		return before == '[' || before == ']';
	}
}

static bool conlleval_starts(char before, char now)
{
	switch (now) {
	case 'B':
		return before == 'B' || before == 'I' || before == 'O';
	case 'I':
	case 'E':
		return before == 'E' || before == 'O';
	default:
		return now == '[' || now == ']';
	}
}

bool tag_ends(enum tag_rule rule, char before, char now, bool same_type)
{
	if (before != 'O' && before != '.' && !same_type)
		return true;
	if (rule != TAG_SEQEVAL)
		return conlleval_ends(before, now);
	return before == 'E' || before == 'S' || (one_of("BI", before) && one_of("BSO", now));
}

bool tag_starts(enum tag_rule rule, char before, char now, bool same_type)
{
	if (now != 'O' && now != '.' && !same_type)
		return true;
	if (rule != TAG_SEQEVAL)
		return conlleval_starts(before, now);
	return now == 'B' || now == 'S' || (one_of("ESO", before) && one_of("EI", now));
}

bool tag_parse(const char *text, struct tag *tag)
{
	switch (text[0]) {
	case 'O':
		*tag = (struct tag){ 'O', "" };
		return text[1] == '\0';
	case 'B':
	case 'I':
	case 'E':
	case 'S':
	case 'L':
	case 'U':
		*tag = (struct tag){ text[0], text + 2 };
		return text[1] == '-' && text[2];
	default:
		return false;
	}
}
