/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unicode as the Python tokenizers of the published systems see it: version 14.0, Python 3.11's.
 * utf8proc knows another version on each machine; a character that came later is unassigned here,
 * so that the pieces of a word do not depend on the library that is installed.
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_UNICODE_H
#define TAGSIGHT_INFERENCE_TEXT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The general category: the enum values of utf8proc_category_t. */
int unicode_category(uint32_t c);

bool unicode_is_letter(uint32_t c);      /* L* */
bool unicode_is_capital(uint32_t c);     /* Lu, Lt */
bool unicode_is_other(uint32_t c);       /* C*: control, format, unassigned, private, surrogate */
bool unicode_is_punctuation(uint32_t c); /* P* */
bool unicode_is_space(uint32_t c);       /* Zs */
bool unicode_is_mark(uint32_t c);        /* Mn */
bool unicode_is_cased(uint32_t c);       /* Lu, Ll, Lt */
bool unicode_is_modifier(uint32_t c);    /* Lm, Sk */

/* A character that Hugging Face's fast tokenizers take for a letter, whatever it is: their tables know
 * nothing that came after Unicode 8.0, and nothing of what is not assigned. */
bool unicode_is_new(uint32_t c);

/* The lower-case form; U+0130, whose form is two characters, gives the first of them, 'i'. */
uint32_t unicode_lower(uint32_t c);

/* Code points that grow. Set to zero to begin with; `items` is on the heap. */
struct code_points {
	uint32_t *items;
	size_t n, capacity;
};

void code_points_release(struct code_points *text);

/* Append; 0, or -1 when memory is out. */
int code_points_add(struct code_points *text, uint32_t c);

/* Lower-case as Python's str.lower(): a capital sigma at the end of a word becomes a final one, U+0130 two
 * characters. 0, or -1 when memory is out. */
int code_points_lower(struct code_points *text);

/* Replace by the canonical decomposition in canonical order (NFD). 0, or -1 when memory is out. */
int code_points_decompose(struct code_points *text);

#endif
