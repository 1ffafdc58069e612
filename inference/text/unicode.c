/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/unicode.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define FIRST_DECOMPOSED 0xc0

/* Assigned in Unicode 15.0 to 18.0: first and last code point, rising. */
static const uint32_t assigned_later[][2] = {
	{ 0x558, 0x558 }, { 0x58b, 0x58c }, { 0x5c8, 0x5c9 }, { 0x88f, 0x88f }, { 0x897, 0x897 },
	{ 0xb53, 0xb54 }, { 0xc5c, 0xc5c }, { 0xcdc, 0xcdc }, { 0xcf3, 0xcf3 }, { 0xece, 0xece },
	{ 0x1acf, 0x1af0 }, { 0x1b4e, 0x1b4f }, { 0x1b7f, 0x1b7f }, { 0x1c89, 0x1c8a },
	{ 0x208f, 0x208f }, { 0x209d, 0x209f }, { 0x20c1, 0x20c4 }, { 0x2427, 0x2429 },
	{ 0x2b96, 0x2b96 }, { 0x2e60, 0x2e63 }, { 0x2ffc, 0x2fff }, { 0x31e4, 0x31e5 },
	{ 0x31ef, 0x31ef }, { 0xa7cb, 0xa7cf }, { 0xa7d2, 0xa7d2 }, { 0xa7d4, 0xa7d4 },
	{ 0xa7da, 0xa7dd }, { 0xa7e2, 0xa7e2 }, { 0xa7f1, 0xa7f1 }, { 0xab6c, 0xab6d },
	{ 0xfbc3, 0xfbd2 }, { 0xfd90, 0xfd91 }, { 0xfdc8, 0xfdce }, { 0x105c0, 0x105f3 },
	{ 0x107bb, 0x107bf }, { 0x10940, 0x10959 }, { 0x10d40, 0x10d65 }, { 0x10d69, 0x10d85 },
	{ 0x10d8e, 0x10d8f }, { 0x10ec2, 0x10ec7 }, { 0x10ec9, 0x10eee }, { 0x10ef0, 0x10eff },
	{ 0x1123f, 0x11241 }, { 0x11380, 0x11389 }, { 0x1138b, 0x1138b }, { 0x1138e, 0x1138e },
	{ 0x11390, 0x113b5 }, { 0x113b7, 0x113c0 }, { 0x113c2, 0x113c2 }, { 0x113c5, 0x113c5 },
	{ 0x113c7, 0x113ca }, { 0x113cc, 0x113d5 }, { 0x113d7, 0x113d8 }, { 0x113e1, 0x113e2 },
	{ 0x116d0, 0x116e3 }, { 0x11b00, 0x11b0a }, { 0x11b60, 0x11b67 }, { 0x11bc0, 0x11be1 },
	{ 0x11bf0, 0x11bf9 }, { 0x11db0, 0x11ddb }, { 0x11de0, 0x11de9 }, { 0x11df0, 0x11df1 },
	{ 0x11f00, 0x11f10 }, { 0x11f12, 0x11f3a }, { 0x11f3e, 0x11f5a }, { 0x1246f, 0x1246f },
	{ 0x12475, 0x1247f }, { 0x12550, 0x12686 }, { 0x1342f, 0x1342f }, { 0x13439, 0x13455 },
	{ 0x13460, 0x143fa }, { 0x16100, 0x16139 }, { 0x16d40, 0x16d79 }, { 0x16ea0, 0x16eb8 },
	{ 0x16ebb, 0x16ed3 }, { 0x16ff2, 0x16ff6 }, { 0x187f8, 0x187ff }, { 0x18cd6, 0x18cda },
	{ 0x18cff, 0x18cff }, { 0x18d09, 0x18d20 }, { 0x18d80, 0x18df2 }, { 0x18e00, 0x19191 },
	{ 0x191a0, 0x191d2 }, { 0x1b123, 0x1b128 }, { 0x1b132, 0x1b132 }, { 0x1b155, 0x1b155 },
	{ 0x1b168, 0x1b168 }, { 0x1cc00, 0x1ccfc }, { 0x1cd00, 0x1ceb3 }, { 0x1ceba, 0x1ced0 },
	{ 0x1ced2, 0x1ced4 }, { 0x1cedd, 0x1cefd }, { 0x1d127, 0x1d128 }, { 0x1d1eb, 0x1d1ff },
	{ 0x1d250, 0x1d281 }, { 0x1d2c0, 0x1d2d3 }, { 0x1d6a6, 0x1d6a6 }, { 0x1db00, 0x1db1c },
	{ 0x1df1f, 0x1df81 }, { 0x1df90, 0x1df96 }, { 0x1dfcd, 0x1dfff }, { 0x1e030, 0x1e06d },
	{ 0x1e08f, 0x1e08f }, { 0x1e4d0, 0x1e4f9 }, { 0x1e5d0, 0x1e5fa }, { 0x1e5ff, 0x1e5ff },
	{ 0x1e6c0, 0x1e6de }, { 0x1e6e0, 0x1e6f5 }, { 0x1e6fe, 0x1e6ff }, { 0x1f1ae, 0x1f1ae },
	{ 0x1f6d8, 0x1f6d9 }, { 0x1f6dc, 0x1f6dc }, { 0x1f774, 0x1f77f }, { 0x1f7d9, 0x1f7db },
	{ 0x1f7f1, 0x1f7ff }, { 0x1f8b2, 0x1f8bb }, { 0x1f8c0, 0x1f8c1 }, { 0x1f8d0, 0x1f8d8 },
	{ 0x1fa54, 0x1fa57 }, { 0x1fa75, 0x1fa77 }, { 0x1fa87, 0x1fa8f }, { 0x1faad, 0x1faaf },
	{ 0x1fabb, 0x1fabf }, { 0x1fac6, 0x1fac6 }, { 0x1fac8, 0x1fac8 }, { 0x1facc, 0x1facf },
	{ 0x1fada, 0x1fadd }, { 0x1fadf, 0x1fadf }, { 0x1fae8, 0x1faeb }, { 0x1faef, 0x1faef },
	{ 0x1faf7, 0x1fafa }, { 0x1fbcb, 0x1fbef }, { 0x1fbfa, 0x1fbfa }, { 0x2b739, 0x2b73f },
	{ 0x2b81e, 0x2b81e }, { 0x2cea2, 0x2cead }, { 0x2ebf0, 0x2ee5d }, { 0x31350, 0x33479 },
	{ 0x3d000, 0x3fc3f },
};

/* Where marks, punctuation and controls came with Unicode 9.0 to 14.0; nothing older of these kinds is
 * between them. */
static const uint32_t assigned_after_8[][2] = {
	{ 0x61d, 0x61d }, { 0x7fd, 0x7fd }, { 0x890, 0x8e2 }, { 0x9fd, 0x9fe }, { 0xa76, 0xa76 },
	{ 0xafa, 0xaff }, { 0xb55, 0xb55 }, { 0xc04, 0xc3c }, { 0xc77, 0xc77 }, { 0xc84, 0xc84 },
	{ 0xd00, 0xd00 }, { 0xd3b, 0xd3c }, { 0xd81, 0xd81 }, { 0xeba, 0xeba }, { 0x180f, 0x1886 },
	{ 0x1abf, 0x1ace }, { 0x1b7d, 0x1b7e }, { 0x1df6, 0x1dfb }, { 0x2e43, 0x2e5d },
	{ 0xa82c, 0xa82c }, { 0xa8c5, 0xa8c5 }, { 0xa8ff, 0xa8ff }, { 0xa9bd, 0xa9bd },
	{ 0x10d24, 0x10f89 }, { 0x11070, 0x11074 }, { 0x110c2, 0x110cd }, { 0x111cf, 0x111cf },
	{ 0x1123e, 0x1123e }, { 0x1133b, 0x1133b }, { 0x11438, 0x1145e }, { 0x11660, 0x1166c },
	{ 0x116b9, 0x116b9 }, { 0x1182f, 0x11fff }, { 0x12ff1, 0x13438 }, { 0x16e97, 0x16f4f },
	{ 0x16fe2, 0x16fe4 }, { 0x1cf00, 0x1cf46 }, { 0x1e000, 0x1e2ef }, { 0x1e944, 0x1e95f },
};

#define IN_RANGES(c, ranges) in_ranges(c, ranges, sizeof(ranges) / sizeof(*(ranges)))

static bool in_ranges(uint32_t c, const uint32_t (*ranges)[2], size_t n)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c > ranges[middle][1])
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && c >= ranges[low][0];
}

int unicode_category(uint32_t c)
{
	if (c >= assigned_later[0][0] && IN_RANGES(c, assigned_later))
		return UTF8PROC_CATEGORY_CN;
	/* The only mark whose category changed after 14.0. */
	if (c == 0x1171e)
		return UTF8PROC_CATEGORY_MN;
	return (int)utf8proc_category((utf8proc_int32_t)c);
}

bool unicode_is_letter(uint32_t c)
{
	int category = unicode_category(c);

	return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool unicode_is_capital(uint32_t c)
{
	int category = unicode_category(c);

	return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
}

bool unicode_is_other(uint32_t c)
{
	int category = unicode_category(c);

	return category == UTF8PROC_CATEGORY_CN ||
	       (category >= UTF8PROC_CATEGORY_CC && category <= UTF8PROC_CATEGORY_CO);
}

bool unicode_is_punctuation(uint32_t c)
{
	int category = unicode_category(c);

	return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool unicode_is_space(uint32_t c)
{
	return unicode_category(c) == UTF8PROC_CATEGORY_ZS;
}

bool unicode_is_mark(uint32_t c)
{
	return unicode_category(c) == UTF8PROC_CATEGORY_MN;
}

bool unicode_is_cased(uint32_t c)
{
	return unicode_is_capital(c) || unicode_category(c) == UTF8PROC_CATEGORY_LL;
}

bool unicode_is_modifier(uint32_t c)
{
	int category = unicode_category(c);

	return category == UTF8PROC_CATEGORY_LM || category == UTF8PROC_CATEGORY_SK;
}

bool unicode_is_new(uint32_t c)
{
	return unicode_category(c) == UTF8PROC_CATEGORY_CN || IN_RANGES(c, assigned_after_8);
}

uint32_t unicode_lower(uint32_t c)
{
	return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

void code_points_release(struct code_points *text)
{
	free(text->items);
	memset(text, 0, sizeof(*text));
}

int code_points_add(struct code_points *text, uint32_t c)
{
	if (GROW(text->items, text->n, text->capacity) < 0)
		return -1;
	text->items[text->n++] = c;
	return 0;
}

static unsigned combining_class(uint32_t c)
{
	return (unsigned)utf8proc_get_property((utf8proc_int32_t)c)->combining_class & 255;
}

/* Sort a run of marks by combining class, equal ones in their order; `spare` has room for `n`.
 * Counting, as a hostile run may be as long as the text. */
static void order_marks(uint32_t *marks, size_t n, uint32_t *spare)
{
	size_t start[257] = { 0 };

	for (size_t i = 0; i < n; i++)
		start[combining_class(marks[i]) + 1]++;
	for (size_t class = 1; class < 257; class++)
		start[class] += start[class - 1];
	memcpy(spare, marks, n * sizeof(*marks));
	for (size_t i = 0; i < n; i++)
		marks[start[combining_class(spare[i])]++] = spare[i];
}

static void order_all_marks(struct code_points *text, uint32_t *spare)
{
	size_t begin = 0, end;

	while (begin < text->n) {
		if (combining_class(text->items[begin]) == 0) {
			begin++;
			continue;
		}
		for (end = begin + 1; end < text->n && combining_class(text->items[end]) != 0;)
			end++;
		if (end - begin > 1)
			order_marks(text->items + begin, end - begin, spare);
		begin = end;
	}
}

int code_points_decompose(struct code_points *text)
{
	struct code_points out = { NULL, 0, 0 };
	utf8proc_int32_t parts[32];
	size_t plain = 0;
	int rc = -1;

	while (plain < text->n && text->items[plain] < FIRST_DECOMPOSED)
		plain++;
	if (plain == text->n)
		return 0;
	for (size_t i = 0; i < text->n; i++) {
		uint32_t c = text->items[i];
		int boundary = 0;
		utf8proc_ssize_t n = 0;

		if (c >= FIRST_DECOMPOSED)
			n = utf8proc_decompose_char((utf8proc_int32_t)c, parts, 32, UTF8PROC_DECOMPOSE,
						    &boundary);
		if (n < 1 || n > 32) {
			parts[0] = (utf8proc_int32_t)c;
			n = 1;
		}
		for (utf8proc_ssize_t j = 0; j < n; j++)
			if (code_points_add(&out, (uint32_t)parts[j]) < 0)
				goto out;
	}
	/* The old items are done with and no more than the new ones: they make the spare room. */
	if (text->capacity < out.n) {
		uint32_t *spare = checked_realloc(text->items, out.n, sizeof(*spare));

		if (!spare)
			goto out;
		text->items = spare;
		text->capacity = out.n;
	}
	order_all_marks(&out, text->items);
	memcpy(text->items, out.items, out.n * sizeof(*out.items));
	text->n = out.n;
	rc = 0;
out:
	code_points_release(&out);
	return rc;
}
