/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is by its first bytes, whatever its name says. A scraped folder of tweets holds PNG
 * files called .jpg, error pages called .jpg and files of no bytes.
 */
#ifndef TAGSIGHT_IMAGE_SNIFF_H
#define TAGSIGHT_IMAGE_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

enum image_format {
	IMAGE_UNKNOWN, /* bytes that nobody here knows */
	IMAGE_JPEG,
	IMAGE_PNG,
	IMAGE_WEBP,
	IMAGE_GIF,
	IMAGE_BMP, /* from here on: pictures that are recognised and not read */
	IMAGE_TIFF,
	IMAGE_HEIF, /* HEIC and AVIF */
	IMAGE_HTML, /* from here on: no pictures */
	IMAGE_JSON,
	IMAGE_TEXT,
	IMAGE_ARCHIVE, /* zip, gzip */
	IMAGE_EMPTY
};

enum image_format image_sniff(const void *bytes, size_t length);

/* "JPEG", "an HTML page", "an empty file", "data of no known kind": the end of "this is ...". */
const char *image_format_name(enum image_format format);

/* True for JPEG up to HEIF: a picture, whether or not it can be read here. */
bool image_format_is_picture(enum image_format format);

/* What a file name's extension (without its dot, any case) promises; IMAGE_UNKNOWN for others. */
enum image_format image_format_from_extension(const char *extension);

/* The usual extension, "jpg"; "" for what is no picture. */
const char *image_format_extension(enum image_format format);

#endif
