/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/utf8.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

/* Length by the first byte, and the least code point that needs it. */
static size_t sequence_length(unsigned char first, uint32_t *least, uint32_t *bits)
{
	if (first < 0x80)
		return *least = 0, *bits = first, 1;
	if (first >= 0xc2 && first < 0xe0)
		return *least = 0x80, *bits = first & 0x1f, 2;
	if (first >= 0xe0 && first < 0xf0)
		return *least = 0x800, *bits = first & 0x0f, 3;
	if (first >= 0xf0 && first < 0xf5)
		return *least = 0x10000, *bits = first & 0x07, 4;
	return 0;
}

size_t utf8_decode(const char *text, size_t length, uint32_t *code_point)
{
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t least = 0, value = 0;
	size_t n = sequence_length(bytes[0], &least, &value);

	*code_point = 0xfffd;
	if (n == 0 || n > length)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*code_point = value;
	return n;
}

size_t utf8_encode(uint32_t code_point, char *out)
{
	if (!utf8proc_codepoint_valid((utf8proc_int32_t)code_point))
		return 0;
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)code_point,
					    (utf8proc_uint8_t *)out);
}

size_t utf8_valid_prefix(const char *text, size_t length)
{
	size_t at = 0;
	uint32_t code_point;

	while (at < length) {
		uint64_t eight;
		size_t n;

		if (length - at >= sizeof(eight)) {
			memcpy(&eight, text + at, sizeof(eight));
			if (!(eight & 0x8080808080808080u)) {
				at += sizeof(eight);
				continue;
			}
		}
		n = utf8_decode(text + at, length - at, &code_point);
		if (n == 0)
			break;
		at += n;
	}
	return at;
}

size_t utf8_count(const char *text, size_t length)
{
	size_t count = 0;
	uint32_t code_point;

	for (size_t at = 0; at < length; count++) {
		size_t n = utf8_decode(text + at, length - at, &code_point);

		at += n ? n : 1;
	}
	return count;
}

size_t utf8_width(const char *text, size_t length)
{
	size_t width = 0;
	uint32_t code_point;

	for (size_t at = 0; at < length;) {
		size_t n = utf8_decode(text + at, length - at, &code_point);
		int columns = utf8proc_charwidth((utf8proc_int32_t)code_point);

		width += columns > 0 ? (size_t)columns : 0;
		at += n ? n : 1;
	}
	return width;
}

/* Marks and joiners can be seen behind another character. */
static bool invisible(uint32_t code_point, bool first)
{
	switch (utf8proc_category((utf8proc_int32_t)code_point)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	case UTF8PROC_CATEGORY_CF:
		return first || code_point != 0x200d;
	case UTF8PROC_CATEGORY_MN:
		return first;
	case UTF8PROC_CATEGORY_ZS:
		return code_point != ' ';
	default:
		return false;
	}
}

const char *utf8_show(const char *text, char out[UTF8_SHOWN])
{
	size_t length = strlen(text), used = 0;

	for (size_t at = 0; at < length;) {
		uint32_t code_point;
		size_t n = utf8_decode(text + at, length - at, &code_point);

		if (used + 16 > UTF8_SHOWN) {
			snprintf(out + used, UTF8_SHOWN - used, "...");
			return out;
		}
		if (n == 0)
			used += (size_t)snprintf(out + used, UTF8_SHOWN - used, "\\x%02x",
						 (unsigned char)text[at]);
		else if (invisible(code_point, at == 0))
			used += (size_t)snprintf(out + used, UTF8_SHOWN - used, "U+%04X",
						 (unsigned)code_point);
		else
			used += (size_t)snprintf(out + used, UTF8_SHOWN - used, "%.*s", (int)n,
						 text + at);
		at += n ? n : 1;
	}
	out[used] = '\0';
	return out;
}
