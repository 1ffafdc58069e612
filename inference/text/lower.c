/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/unicode.h"

#define CAPITAL_SIGMA 0x3a3
#define FINAL_SIGMA 0x3c2
#define DOTTED_CAPITAL_I 0x130
#define DOT_ABOVE 0x307

static bool is_case_ignorable(uint32_t c)
{
	static const uint32_t marks[] = { '\'', '.', ':', 0xb7, 0x387, 0x2018, 0x2019, 0x2024, 0x2027,
					  0xff07, 0xff0e, 0xff1a };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (c == marks[i])
			return true;
	return unicode_is_mark(c) || unicode_is_modifier(c);
}

/* Unicode's Final_Sigma: a cased letter before it and none behind, past what has no case to speak of. */
static bool is_final_sigma(const struct code_points *token, size_t at)
{
	size_t before = at, behind = at + 1;

	while (before > 0 && is_case_ignorable(token->items[before - 1]))
		before--;
	while (behind < token->n && is_case_ignorable(token->items[behind]))
		behind++;
	return before > 0 && unicode_is_cased(token->items[before - 1]) &&
	       (behind == token->n || !unicode_is_cased(token->items[behind]));
}

/* The dot that lower-casing leaves behind each dotted capital I. */
static int add_dots(struct code_points *text)
{
	size_t from = text->n, to;

	for (size_t i = 0; i < from; i++)
		if (text->items[i] == DOTTED_CAPITAL_I && code_points_add(text, DOT_ABOVE) < 0)
			return -1;
	for (to = text->n; to > from; text->items[--to] = text->items[from])
		if (text->items[--from] == DOTTED_CAPITAL_I)
			text->items[--to] = DOT_ABOVE;
	return 0;
}

int code_points_lower(struct code_points *text)
{
	for (size_t i = 0; i < text->n; i++)
		if (text->items[i] == CAPITAL_SIGMA && is_final_sigma(text, i))
			text->items[i] = FINAL_SIGMA;
	if (add_dots(text) < 0)
		return -1;
	for (size_t i = 0; i < text->n; i++)
		text->items[i] = unicode_lower(text->items[i]);
	return 0;
}
