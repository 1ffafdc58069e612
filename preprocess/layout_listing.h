/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files among which a layout is looked for: walked on disk, or named one by one from an
 * archive's table of contents. It keeps the texts with their kind, the folders that hold pictures,
 * and (for an archive) every name, to answer whether a place exists.
 *
 *	layout_listing_init(&listing);
 *	layout_listing_add(&listing, "a/train.txt", layout_sniff(head, n), &err);    for each file
 *	layout_recognise_listing(&dataset, &listing, "archive", NULL, &err);
 *	layout_listing_release(&listing);
 */
#ifndef TAGSIGHT_PREPROCESS_LAYOUT_LISTING_H
#define TAGSIGHT_PREPROCESS_LAYOUT_LISTING_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str_table.h"
#include "preprocess/layout_text.h"

#include <stdbool.h>

struct layout_text_file {
	const char *path; /* of the listing's arena */
	enum layout_text kind;
};

struct layout_listing {
	struct arena arena;
	struct layout_text_file *texts;
	size_t n_texts, texts_capacity;
	struct str_table names;    /* every file and folder; unused on disk */
	struct str_table pictures; /* folders with pictures directly in them, "" is the top */
	struct str_table tweets;   /* folders of UMGF's files */
	bool on_disk;
};

void layout_listing_init(struct layout_listing *listing);
void layout_listing_release(struct layout_listing *listing);

/* Whether what a file of this name holds would be looked at. */
bool layout_listing_wants_kind(const char *path);

/* Name a file by its path with single slashes, none at either end. */
int layout_listing_add(struct layout_listing *listing, const char *path, enum layout_text kind,
		       struct err *err);

/* Walk a folder on disk; folders of pictures, hidden ones and tagsight's own are not entered. */
int layout_listing_walk(struct layout_listing *listing, const char *folder, struct err *err);

/* What a file on disk is; one that cannot be read counts as empty. */
enum layout_text layout_sniff_file(const char *path);

/* Whether a file or folder exists. */
bool layout_listing_has(const struct layout_listing *listing, const char *path);

#endif
