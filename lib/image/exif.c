/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/exif.h"

#include "lib/image/jpeg_segments.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define TAG_ORIENTATION 0x0112
#define ENTRY_BYTES 12 /* tag 2, type 2, count 4, value or offset 4 */

enum tiff_type { TIFF_BYTE = 1, TIFF_SHORT = 3, TIFF_LONG = 4 };

/* Numbers of a block of bytes; those past its end read as 0. */
struct block {
	const unsigned char *bytes;
	size_t length;
	bool big_endian;
};

static uint32_t number(const struct block *block, size_t at, size_t width)
{
	uint32_t value = 0;

	if (at > block->length || width > block->length - at)
		return 0;
	for (size_t i = 0; i < width; i++)
		value = value << 8 | block->bytes[at + (block->big_endian ? i : width - 1 - i)];
	return value;
}

static size_t type_width(uint32_t type)
{
	return type == TIFF_BYTE ? 1 : type == TIFF_SHORT ? 2 : type == TIFF_LONG ? 4 : 0;
}

/* Where the value stands in the first directory of a TIFF block; 0 when it has none. */
static size_t find_in_tiff(struct block *block, size_t *width)
{
	size_t directory, entries;

	if (block->length < 8 || (memcmp(block->bytes, "II*\0", 4) && memcmp(block->bytes, "MM\0*", 4)))
		return 0;
	block->big_endian = block->bytes[0] == 'M';
	directory = number(block, 4, 4);
	entries = number(block, directory, 2);
	for (size_t i = 0; i < entries; i++) {
		size_t entry = directory + 2 + i * ENTRY_BYTES;

		if (entry > block->length || block->length - entry < ENTRY_BYTES)
			return 0;
		*width = type_width(number(block, entry + 2, 2));
		if (number(block, entry, 2) == TAG_ORIENTATION && *width && number(block, entry + 4, 4) == 1)
			return entry + 8;
	}
	return 0;
}

/* Step over the name that JPEG wants before the TIFF block, and some put before others'. */
static struct block without_name(const unsigned char *bytes, size_t length)
{
	if (length >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0)
		return (struct block){ bytes + 6, length - 6, false };
	return (struct block){ bytes, length, false };
}

static struct block find_in_jpeg(const unsigned char *bytes, size_t length)
{
	struct jpeg_segment segment;
	size_t at = 2;

	while (jpeg_next_segment(bytes, length, &at, &segment)) {
		if (segment.marker == JPEG_SCAN || segment.marker == JPEG_END)
			break;
		if (segment.marker == JPEG_APP1 && segment.length >= 6 &&
		    memcmp(segment.body, "Exif\0\0", 6) == 0)
			return without_name(segment.body, segment.length);
	}
	return (struct block){ NULL, 0, false };
}

/* A chunk of PNG (length, name, body, checksum) or of RIFF (name, length, body, evened out). */
static struct block find_chunk(const unsigned char *bytes, size_t length, size_t at, bool riff,
			       const char *name)
{
	struct block file = { bytes, length, !riff };

	while (at < length && length - at >= 8) {
		size_t size = number(&file, at + (riff ? 4 : 0), 4), body = at + 8;

		if (size > length - body)
			break;
		if (memcmp(bytes + at + (riff ? 0 : 4), name, 4) == 0)
			return without_name(bytes + body, size);
		at = body + size + (riff ? size % 2 : 4);
	}
	return (struct block){ NULL, 0, false };
}

size_t exif_orientation_place(const void *bytes, size_t length, enum image_format format,
			      int *width, int *big_endian)
{
	struct block block = { NULL, 0, false };
	size_t at, n = 0;

	if (format == IMAGE_JPEG)
		block = find_in_jpeg(bytes, length);
	else if (format == IMAGE_PNG)
		block = find_chunk(bytes, length, 8, false, "eXIf");
	else if (format == IMAGE_WEBP)
		block = find_chunk(bytes, length, 12, true, "EXIF");
	at = block.bytes ? find_in_tiff(&block, &n) : 0;
	if (at == 0)
		return 0;
	*width = (int)n;
	*big_endian = block.big_endian;
	return (size_t)(block.bytes - (const unsigned char *)bytes) + at;
}

int exif_orientation(const void *bytes, size_t length, enum image_format format)
{
	int width, big_endian;
	size_t at = exif_orientation_place(bytes, length, format, &width, &big_endian);
	struct block block = { bytes, length, false };
	uint32_t value;

	if (at == 0)
		return 1;
	block.big_endian = big_endian;
	value = number(&block, at, (size_t)width);
	return value >= 1 && value <= 8 ? (int)value : 1;
}
