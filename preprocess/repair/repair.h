/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mends what `check` finds in a text: line ends, a byte order mark, blanks in blank lines, control
 * characters, the final blank line, tags that go on with nothing; and, when it may do what is not
 * safe, records and tokens that loaders stop at or lose.
 *
 * Safe is what no reader of entities and words can tell from the original, except that it no longer
 * stumbles: conlleval finds the same entities before and after. Bytes that no mend touches stay as
 * they are, and mending what was mended changes nothing.
 *
 * The text is read twice (its tag scheme first, then its lines) and held one record at a time. What is
 * mended goes to a sink, piece after piece, and each change besides; nothing is written here.
 *
 *	struct repair_options options = REPAIR_OPTIONS_INIT;
 *	repair_text(&dataset.splits[0], &options, &sink, &n_changes, progress, &err);
 */
#ifndef TAGSIGHT_PREPROCESS_REPAIR_H
#define TAGSIGHT_PREPROCESS_REPAIR_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/base/str_list.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/scheme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What becomes of an I-Y that goes on with no entity, or with one of type X. */
enum repair_policy {
	REPAIR_BEGIN,    /* it begins an entity, as conlleval reads it */
	REPAIR_PREVIOUS, /* after an X it becomes I-X; else as above */
	REPAIR_OUTSIDE   /* it becomes O, and so does what goes on with it */
};

struct repair_options {
	const struct str_list *only, *except; /* rules, or groups ("tag-"); may be NULL */
	enum repair_policy policy;            /* other than REPAIR_BEGIN: not safe */
	bool unsafe;
	bool rename_pictures; /* rather than write them anew in the format of their name */
};

#define REPAIR_OPTIONS_INIT { NULL, NULL, REPAIR_BEGIN, false, false }

/* One change, in the order of the lines; all strings are valid during the call only. */
struct repair_change {
	const char *rule;
	const char *file;
	size_t line;        /* of the original, from 1; 0 where it means nothing */
	size_t column;      /* in characters of the original's line, from 1; 0: the whole line */
	const char *record; /* "IMGID:8"; NULL where it means nothing */
	const char *before; /* [before_length]; NULL: nothing was there */
	size_t before_length;
	const char *after;  /* [after_length]; NULL: nothing is left */
	size_t after_length;
};

struct repair_sink {
	void (*change)(struct repair_sink *sink, const struct repair_change *change);
	/* The next bytes of the original and what stands in their place; a byte order mark, a line and
	 * its end are given as one. */
	void (*piece)(struct repair_sink *sink, const char *before, size_t before_length,
		      const char *after, size_t after_length);
};

/* Mend one text. -1 when it cannot be read or has a line past the reader's limit (ERR_DATA), memory is
 * out or the user stopped: what the sink got is then to be dropped. */
int repair_text(const struct split *split, const struct repair_options *options,
		struct repair_sink *sink, size_t *n_changes, struct progress *progress,
		struct err *err);

/* The scheme that the tags of a text are meant in, which is read once for it. */
int repair_text_scheme(const struct split *split, enum scheme *scheme, struct err *err);

/* The tags [n] of one sentence as a rule about tags mends them, safe or not: the same strings where it
 * changes nothing, else strings of the arena. */
int repair_sentence_tags(enum scheme scheme, const char *rule, const char *const *tags, size_t n,
			 const char **mended, struct arena *arena, struct err *err);

/* Whether the tag of a word breaks tag-orphan-inside, tag-type-change or tag-unclosed in a scheme that
 * has the rule; no other rule is broken. */
bool repair_breaks(const char *rule, const char *const *tags, size_t n, size_t word);

/* What is mended: number `index`; false past the last. */
struct repair_info {
	const char *rule;
	bool safe;
	const char *summary;
};
bool repair_rule(size_t index, struct repair_info *info);

/* ERR_USAGE when `names` has one that is no rule and no group of rules that are mended. */
int repair_check_names(const struct str_list *names, struct err *err);

/* Whether the options have this rule mended. */
bool repair_wants(const struct repair_options *options, const char *rule);

/* One line of JSON: {"rule","file","line","column","record","before","after"}; line, column and record
 * only where they mean something, null where there is nothing before or after. 0, or -1 when it cannot
 * be written. */
int repair_change_write(FILE *stream, const struct repair_change *change);

#endif
