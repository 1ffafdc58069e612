/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file of a dataset is, by its first bytes and by its name.
 */
#ifndef TAGSIGHT_PREPROCESS_LAYOUT_TEXT_H
#define TAGSIGHT_PREPROCESS_LAYOUT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define LAYOUT_HEAD ((size_t)8192) /* bytes that layout_sniff() wants to see */

enum layout_text {
	LAYOUT_TEXT_OTHER,
	LAYOUT_TEXT_EMPTY,    /* nothing but white space */
	LAYOUT_TEXT_TAGS,     /* CoNLL columns, or words below IMGID lines */
	LAYOUT_TEXT_RELATIONS /* MNRE lines */
};

/* Tell by the first `length` bytes of a file; LAYOUT_HEAD or more of them may end inside a line. */
enum layout_text layout_sniff(const char *head, size_t length);

/* "train", "valid" or "test" when the file's name (its last word before the extension) says so,
 * else NULL. "val" and "dev" are "valid". */
const char *layout_split_of_file(const char *path);

/* The same for a bare word; NULL when it names no split. */
const char *layout_split_of_word(const char *word, size_t length);

/* By extension: a picture; a file that may hold tags or relations. */
bool layout_is_picture(const char *path);
bool layout_may_be_text(const char *path);

/* One of UMGF's three files a tweet: N_s.txt, N_l.txt, N_p.txt. */
bool layout_is_umgf_file(const char *path);

/* A folder that holds a split's crops or whole pictures by every loader's custom, never a text. */
bool layout_is_picture_folder(const char *name);

#endif
