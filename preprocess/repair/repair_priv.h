/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run over a text. Lines are held until their record is complete, mended one by one and then
 * together, and given to the sink. The first run over a text only looks at its tags.
 */
#ifndef TAGSIGHT_PREPROCESS_REPAIR_PRIV_H
#define TAGSIGHT_PREPROCESS_REPAIR_PRIV_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/str_table.h"
#include "lib/corpus/scheme.h"
#include "lib/formats/line_reader.h"
#include "preprocess/check/tags_seen.h"
#include "preprocess/repair/repair.h"

enum line_kind { LINE_BLANK, LINE_ID, LINE_TOKEN, LINE_DOCUMENT, LINE_RELATION };

struct held_line {
	const char *old; /* [old_length] as it stood, with a byte order mark and its end */
	size_t old_length;
	const char *source; /* [source_length] in `old`: without these */
	size_t source_length;
	const char *text; /* [length] as it is now, without its end */
	size_t length;
	const char *ending;
	size_t number;
	enum line_kind kind;
	bool removed;
};

struct repair {
	const struct repair_options *options;
	const struct split *split;
	struct repair_sink *sink; /* NULL: only looking */
	struct arena arena;       /* of the record in hand */
	struct held_line *lines;  /* [n_lines] of that record */
	size_t n_lines, capacity, bytes;
	bool overlong;            /* the record is past the reader's limits: its lines go out one by one */
	struct buf record;        /* "IMGID:8", empty without an id */
	struct tags_seen tags;    /* of the whole text, when only looking */
	enum scheme scheme;       /* that the tags are meant in */
	struct str_table seen;    /* records, for those that come twice */
	bool after_blank;         /* the last line given out was blank, or there was none */
	bool any;                 /* a line was given out; of the last one: */
	bool ended_blank, ended_line; /* it was empty; it had an end */
	size_t last_line;         /* number of the last line read */
	struct buf out;           /* the line that is given out */
	size_t changes;
	bool out_of_memory;
};

/* Whether a rule is to be mended in this run. */
bool repair_mends(const struct repair *repair, const char *rule);

/* Tell the sink of a change of a line; column 0 is the whole line. */
void repair_note(struct repair *repair, const struct held_line *line, const char *rule, size_t column,
		 const char *before, size_t before_length, const char *after, size_t after_length);

/* Take a line out. */
void repair_remove(struct repair *repair, struct held_line *line, const char *rule);

/* Mends of one line: its end, blanks, control characters. */
void repair_line(struct repair *repair, struct held_line *line);

/* What a line with this text is. */
enum line_kind repair_line_kind(const struct repair *repair, const char *text, size_t length);

/* What it is once it is mended. */
enum line_kind repair_mended_kind(struct repair *repair, const char *text, size_t length);

/* Mends of a complete record: tokens without a word, an id without words; tags. */
void repair_tokens(struct repair *repair);
void repair_tags(struct repair *repair);

/* The scheme that the tags of a file are meant in. */
enum scheme repair_scheme(const struct tags_seen *tags);

/* Add the tags of the record in hand to those of the text. */
void repair_see_tags(struct repair *repair);

/* Mends of a line of relations. */
void repair_relation(struct repair *repair, struct held_line *line);

/* How many tokens such a line has, and how many are empty; false when it cannot be read. */
bool repair_relation_tokens(struct repair *repair, const char *text, size_t length, size_t *n,
			    size_t *n_empty);

#endif
