/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/html.h"

#include "lib/base/utf8.h"

#include <string.h>

static const char *escape_of(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	/* Controls, and what no document may hold. */
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
		return "\xef\xbf\xbd";
	return NULL;
}

void html_add_text(struct buf *out, const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t n = utf8_decode(text + at, length - at, &c);
		const char *escape = n ? escape_of(c) : "\xef\xbf\xbd";

		if (escape)
			buf_add_string(out, escape);
		else
			buf_add(out, text + at, n);
		at += n ? n : 1;
	}
}
