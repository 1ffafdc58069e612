/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JPEG (libjpeg-turbo), PNG (libpng), WebP (libwebp) and the first frame of GIF (giflib) to 8-bit RGB,
 * chosen by content and never by name, with the pixels of Pillow's Image.open(f).convert('RGB'): alpha
 * is dropped and never blended, 16-bit grey clips at 255, CMYK is taken as inverted, gamma, colour
 * profiles and Exif orientation are not applied.
 *
 *	struct image image = IMAGE_INIT;
 *	if (image_decode_file(&image, path, NULL, NULL, &err) < 0) ...
 *	image_release(&image);
 */
#ifndef TAGSIGHT_IMAGE_DECODE_H
#define TAGSIGHT_IMAGE_DECODE_H

#include "lib/base/err.h"
#include "lib/image/image.h"
#include "lib/image/sniff.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Checked against the header before any pixel is allocated. */
struct decode_limits {
	int side;        /* largest width or height */
	uint64_t pixels; /* largest width * height */
	uint64_t bytes;  /* largest file */
	bool partial;    /* give what a truncated picture holds, and fault DECODE_TRUNCATED */
};

#define DECODE_LIMITS_INIT { 30000, 100000000, (uint64_t)1 << 30, false }

enum decode_fault {
	DECODE_OK,
	DECODE_NOT_IMAGE,   /* an HTML page, text, nothing at all */
	DECODE_UNSUPPORTED, /* a picture of a kind that is not read here */
	DECODE_TRUNCATED,   /* the file ends before its picture does; Pillow refuses it too */
	DECODE_UNREADABLE,  /* the library gave up on it */
	DECODE_TOO_LARGE,   /* past the limits */
	DECODE_SYSTEM       /* no such file, no memory: nothing about the picture */
};

/* What is known of a picture, filled as far as the decoder came, on failure too. */
struct image_info {
	enum image_format format;
	enum decode_fault fault;
	int width, height;  /* as the header says; 0 when unknown */
	int orientation;    /* 1 to 8 as Exif says; 1 (upright) where nothing is said */
	size_t n_warnings;  /* of the library, on a picture that could be read */
	char warning[200];  /* the first of them */
};

/* Decode a file or `length` bytes into an empty struct. `limits` NULL takes DECODE_LIMITS_INIT;
 * `info` may be NULL. On failure *image stays empty; a fault of the picture is ERR_DATA. The message
 * names no file; image_decode_file() puts its path in err->file. */
int image_decode_file(struct image *image, const char *path, const struct decode_limits *limits,
		      struct image_info *info, struct err *err);
int image_decode(struct image *image, const void *bytes, size_t length,
		 const struct decode_limits *limits, struct image_info *info, struct err *err);

/* As image_decode(), but the picture comes 8, 4 or 2 times smaller, as long as its shorter side keeps
 * SMALL_SIDE pixels: each has the mean brightness of a block, and its mean colour or, of a JPEG that
 * stores colour at half resolution, that of four blocks. Finds every fault that image_decode() finds, in
 * a fraction of its time where the file is JPEG. info->width and height are of the whole picture. */
#define SMALL_SIDE 32
int image_decode_small(struct image *image, const void *bytes, size_t length,
		       const struct decode_limits *limits, struct image_info *info,
		       struct err *err);

#endif
