/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/print_clean.h"

#include "lib/base/utf8.h"

#include <string.h>

static size_t plain_prefix(const char *text)
{
	size_t n = 0;

	while (text[n] >= 0x20 && text[n] < 0x7f)
		n++;
	return n;
}

void print_clean(FILE *out, const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		size_t n = plain_prefix(text + at);
		uint32_t c;

		fwrite(text + at, 1, n, out);
		at += n;
		if (at == length)
			break;
		n = utf8_decode(text + at, length - at, &c);
		if (n == 0)
			fprintf(out, "\\x%02x", (unsigned char)text[at]);
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			fprintf(out, "\\x%02x", (unsigned)c);
		else
			fwrite(text + at, 1, n, out);
		at += n ? n : 1;
	}
}
