/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/jpeg_segments.h"

#include <string.h>

/* The start of the file, restarts and TEM stand alone; so does the end. */
static bool has_body(int marker)
{
	return marker != 0x01 && !(marker >= 0xd0 && marker <= 0xd9);
}

static bool names_frame(int marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Step behind the marker at or after *at; 0 when there is none. */
static int next_marker(const unsigned char *bytes, size_t length, size_t *at)
{
	while (*at < length) {
		const unsigned char *found = memchr(bytes + *at, 0xff, length - *at);

		*at = found ? (size_t)(found - bytes) + 1 : length;
		if (*at < length && bytes[*at] != 0 && bytes[*at] != 0xff)
			return bytes[(*at)++];
	}
	return 0;
}

bool jpeg_next_segment(const unsigned char *bytes, size_t length, size_t *at,
		       struct jpeg_segment *segment)
{
	int marker = next_marker(bytes, length, at);
	size_t body = *at, size;

	if (marker == 0)
		return false;
	*segment = (struct jpeg_segment){ .marker = marker, .is_frame = names_frame(marker) };
	if (!has_body(marker))
		return true;
	if (length - body < 2)
		return false;
	size = (size_t)bytes[body] << 8 | bytes[body + 1];
	if (size < 2 || size > length - body)
		return false;
	segment->body = bytes + body + 2;
	segment->length = size - 2;
	*at = body + size;
	return true;
}
