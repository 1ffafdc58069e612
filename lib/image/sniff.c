/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/sniff.h"

#include "lib/base/utf8.h"

#include <string.h>
#include <strings.h>

#define SNIFF_BYTES 512 /* how far text is looked at */

static const struct {
	const char *name, *extension;
} formats[] = {
	[IMAGE_UNKNOWN] = { "data of no known kind", "" },
	[IMAGE_JPEG] = { "JPEG", "jpg" },
	[IMAGE_PNG] = { "PNG", "png" },
	[IMAGE_WEBP] = { "WebP", "webp" },
	[IMAGE_GIF] = { "GIF", "gif" },
	[IMAGE_BMP] = { "BMP", "bmp" },
	[IMAGE_TIFF] = { "TIFF", "tif" },
	[IMAGE_HEIF] = { "HEIF or AVIF", "heic" },
	[IMAGE_HTML] = { "an HTML page", "" },
	[IMAGE_JSON] = { "JSON", "" },
	[IMAGE_TEXT] = { "text", "" },
	[IMAGE_ARCHIVE] = { "an archive", "" },
	[IMAGE_EMPTY] = { "an empty file", "" },
};

static const struct {
	size_t offset, length;
	const char *bytes;
	enum image_format format;
} magics[] = {
	{ 0, 3, "\xff\xd8\xff", IMAGE_JPEG },
	{ 0, 8, "\x89PNG\r\n\x1a\n", IMAGE_PNG },
	{ 0, 6, "GIF87a", IMAGE_GIF },
	{ 0, 6, "GIF89a", IMAGE_GIF },
	{ 0, 4, "II*\0", IMAGE_TIFF },
	{ 0, 4, "MM\0*", IMAGE_TIFF },
	{ 4, 8, "ftypheic", IMAGE_HEIF },
	{ 4, 8, "ftypheix", IMAGE_HEIF },
	{ 4, 8, "ftypmif1", IMAGE_HEIF },
	{ 4, 8, "ftypavif", IMAGE_HEIF },
	{ 0, 4, "PK\x03\x04", IMAGE_ARCHIVE },
	{ 0, 3, "\x1f\x8b\x08", IMAGE_ARCHIVE },
};

static const struct {
	const char *extension;
	enum image_format format;
} extensions[] = {
	{ "jpg", IMAGE_JPEG }, { "jpeg", IMAGE_JPEG }, { "jpe", IMAGE_JPEG },  { "jfif", IMAGE_JPEG },
	{ "png", IMAGE_PNG },  { "webp", IMAGE_WEBP }, { "gif", IMAGE_GIF },   { "bmp", IMAGE_BMP },
	{ "tif", IMAGE_TIFF }, { "tiff", IMAGE_TIFF }, { "heic", IMAGE_HEIF }, { "avif", IMAGE_HEIF },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool starts_with_fold(const unsigned char *text, size_t length, const char *prefix)
{
	size_t n = strlen(prefix);

	return length >= n && strncasecmp((const char *)text, prefix, n) == 0;
}

/* A text that was cut after SNIFF_BYTES may end inside a character. */
static bool looks_like_text(const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] < 0x20 && !strchr("\t\n\r\f\x1b", bytes[i]))
			return false;
	return utf8_valid_prefix((const char *)bytes, length) + 4 > length;
}

static enum image_format sniff_text(const unsigned char *bytes, size_t length)
{
	if (length > SNIFF_BYTES)
		length = SNIFF_BYTES;
	if (length == 0 || memchr(bytes, 0, length) || !looks_like_text(bytes, length))
		return IMAGE_UNKNOWN;
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	while (length && strchr(" \t\r\n", *bytes)) {
		bytes++;
		length--;
	}
	if (starts_with_fold(bytes, length, "<!doctype html") ||
	    starts_with_fold(bytes, length, "<html") || starts_with_fold(bytes, length, "<head") ||
	    starts_with_fold(bytes, length, "<body"))
		return IMAGE_HTML;
	if (length && (*bytes == '{' || *bytes == '['))
		return IMAGE_JSON;
	return IMAGE_TEXT;
}

enum image_format image_sniff(const void *bytes, size_t length)
{
	const char *data = bytes;

	if (length == 0)
		return IMAGE_EMPTY;
	for (size_t i = 0; i < COUNT(magics); i++)
		if (length >= magics[i].offset + magics[i].length &&
		    memcmp(data + magics[i].offset, magics[i].bytes, magics[i].length) == 0)
			return magics[i].format;
	if (length >= 12 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0)
		return IMAGE_WEBP;
	/* Two letters alone would take a text that begins with BM. */
	if (length >= 14 && memcmp(data, "BM", 2) == 0 && memcmp(data + 6, "\0\0\0\0", 4) == 0)
		return IMAGE_BMP;
	return sniff_text(bytes, length);
}

const char *image_format_name(enum image_format format)
{
	return formats[format].name;
}

bool image_format_is_picture(enum image_format format)
{
	return format >= IMAGE_JPEG && format <= IMAGE_HEIF;
}

enum image_format image_format_from_extension(const char *extension)
{
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (strcasecmp(extension, extensions[i].extension) == 0)
			return extensions[i].format;
	return IMAGE_UNKNOWN;
}

const char *image_format_extension(enum image_format format)
{
	return formats[format].extension;
}
