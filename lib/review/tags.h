/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tags of one tweet as spans, and back: find the span at a word, put a type on a range, take a
 * span away, see where two taggings differ. Tags are "O", "B-X" and "I-X" (S-, E-, U- and L- are
 * read as well); a span also begins at an I-X that continues nothing, as conlleval reads it.
 *
 * Arrays of tags are [n], one a word; the strings are borrowed and never freed here.
 */
#ifndef TAGSIGHT_REVIEW_TAGS_H
#define TAGSIGHT_REVIEW_TAGS_H

#include "lib/base/str_table.h"

#include <stdbool.h>
#include <stddef.h>

struct tag_span {
	size_t begin;     /* first word */
	size_t end;       /* after the last word */
	const char *type; /* points into the tag of the first word */
};

/* "PER" of "B-PER"; NULL for "O" and for what is no tag. Points into `tag`. */
const char *tag_type(const char *tag);

/* Whether the tag can stand in a file: "O", or a letter, '-' and a type without blanks, control
 * characters or bytes that are no UTF-8, at most TAG_LIMIT bytes. */
#define TAG_LIMIT 64
bool tag_is_valid(const char *tag);

/* The first span that begins at `from` or after; false when there is none. */
bool tags_next_span(const char *const *tags, size_t n, size_t from, struct tag_span *span);

/* The span that holds the word `at`; false when it is outside all spans. */
bool tags_span_at(const char *const *tags, size_t n, size_t at, struct tag_span *span);

/* Whether exactly this span, with this type, is in `tags`. */
bool tags_have_span(const char *const *tags, size_t n, const struct tag_span *span);

/* Whether both hold the same spans (an orphan I-X equals a B-X). */
bool tags_same_spans(const char *const *a, const char *const *b, size_t n);

/* Whether each tag is the same string. */
bool tags_equal(const char *const *a, const char *const *b, size_t n);

/* Make the words [begin, end) outside, with every span that they touch. */
void tags_clear(const char **tags, size_t n, size_t begin, size_t end);

/* Make [begin, end) one span of `type`; spans that it touches go. The new tags are entries of
 * `names`, which must outlive them. 0, or -1 when memory is out (then nothing changed). */
int tags_set(const char **tags, size_t n, size_t begin, size_t end, const char *type,
	     struct str_table *names);

#endif
