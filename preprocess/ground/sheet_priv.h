/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a contact sheet: the card of a record, the frame of a page.
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_SHEET_PRIV_H
#define TAGSIGHT_PREPROCESS_GROUND_SHEET_PRIV_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "preprocess/ground/sheet.h"
#include "preprocess/ground/view.h"

#include <stdbool.h>

/* A record on its way into the page. */
struct sheet_card {
	struct viewed_record record; /* of the arena */
	struct arena arena;
	struct buf html;
	bool unreadable; /* filled in: its picture cannot be shown */
};

/* Decode and shrink the picture and write the whole card; card->html.failed when memory is out. */
void sheet_card_write(struct sheet_card *card, const struct split *split,
		      const struct ground_sheet_options *options);

/* The class of a phrase's colour: c0 to c6 in turn, "g" without a phrase. */
void sheet_add_color(struct buf *out, size_t phrase);

/* All of a page before its first section. `page` counts from 1. */
void sheet_page_begin(struct buf *out, const struct dataset *dataset, size_t page, const char *version);

/* The heading of a split, and the start of its cards. */
void sheet_section_begin(struct buf *out, const struct split *split, bool has_manifest);
void sheet_section_end(struct buf *out);

/* The rest; `more`: another page follows. */
void sheet_page_end(struct buf *out, const char *path, size_t page, bool more);

/* The path of a page, on the heap: PATH, then STEM-2.html; NULL when memory is out. */
char *sheet_page_path(const char *path, size_t page);

#endif
