/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a journal, shared by the two halves of the journal module.
 */
#ifndef TAGSIGHT_REVIEW_JOURNAL_PRIV_H
#define TAGSIGHT_REVIEW_JOURNAL_PRIV_H

#include "lib/review/journal.h"

#include <jansson.h>

/* Append the first line of a journal at `path`; -1 when memory is out. */
int journal_line_header(struct buf *out, const char *path, const struct journal_head *head);

/* The way from the folder of one file to another file, both of which exist or could; on the heap. NULL
 * when it is not known. */
char *journal_way(const char *from, const char *to);

/* Whether the bytes may be what is left of a first line: its beginning, or zeros that a file system
 * left after a power cut. Anything else is somebody's file and is not to be cut. */
bool journal_line_is_torn_header(const char *text, size_t length);

/* Append one decision with the present time; -1 when memory is out. */
int journal_line_write(struct buf *out, const struct journal_entry *entry);

/* Set "box" of a line; -1 when memory is out. Read it, with strings of the object and no edit above
 * `limit`; -1 when it is none. */
int journal_box_write(json_t *line, const struct box_decision *box);
int journal_box_read(const json_t *object, struct box_decision *box, size_t limit);

#endif
