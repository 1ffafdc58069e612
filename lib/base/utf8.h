/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8, one code point at a time. Overlong forms, surrogates and code points past U+10FFFF are
 * invalid. Categories, normal forms and display width come from utf8proc.
 */
#ifndef TAGSIGHT_BASE_UTF8_H
#define TAGSIGHT_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decode the code point at `text`. Returns its length in bytes, 1 to 4, or 0 when the bytes are
 * invalid (then *code_point is U+FFFD and the caller skips one byte). `length` must be above 0. */
size_t utf8_decode(const char *text, size_t length, uint32_t *code_point);

/* Encode into `out` (4 bytes of room); returns the length, 0 for no code point. */
size_t utf8_encode(uint32_t code_point, char *out);

/* Offset of the first invalid byte, or `length` when all is valid. */
size_t utf8_valid_prefix(const char *text, size_t length);

/* Number of code points; an invalid byte counts as one. */
size_t utf8_count(const char *text, size_t length);

/* Columns on a terminal; control characters count 0. */
size_t utf8_width(const char *text, size_t length);

/* A text for a message: what cannot be seen is written as U+200D or \\xff, and a long text is cut. */
#define UTF8_SHOWN 96
const char *utf8_show(const char *text, char out[UTF8_SHOWN]);

#endif
