/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to look for in a tweet's picture: its names, by predicted or gold tags, or the head and the
 * tail of a relation, then its noun phrases. On disk it is JSON Lines that a user may edit before
 * grounding, one line a record; begin and end are there for people and for other tools:
 *	{"id":"8","phrases":[{"text":"Big Ben","kind":"location","begin":3,"end":5}]}
 */
#ifndef TAGSIGHT_PREPROCESS_PHRASES_H
#define TAGSIGHT_PREPROCESS_PHRASES_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/grounding.h"
#include "preprocess/records.h"

#include <stddef.h>
#include <stdio.h>

struct found_phrase {
	const char *text; /* words joined by blanks */
	enum phrase_kind kind;
	size_t begin, end; /* words, end exclusive; both 0 for what is not in the text */
};

/* Where phrases come from. */
enum phrase_source {
	PHRASES_ENTITIES,     /* a tweet's names; the head and the tail of a relation */
	PHRASES_NOUN_PHRASES, /* those that no phrase before them covers */
	PHRASES_HVPNET,       /* every noun phrase, and its head noun alone */
	PHRASES_UMGF,         /* location, organization, person, miscellaneous */
	PHRASES_MNRE,         /* the head and the tail of a relation, nothing for a tweet */
	PHRASES_FILE,         /* what a file lists */
	PHRASE_SOURCES
};
#define PHRASE_SOURCE_NAMES "entities, noun-phrases, hvpnet, umgf, mnre and file"

struct phrase_file;

struct phrases_choice {
	enum phrase_source sources[PHRASE_SOURCES]; /* [n], each once; a span is taken from the first */
	size_t n;
	const char *predictions; /* JSON Lines of `tagsight predict` that give the names; NULL: gold tags */
	const struct phrase_file *file; /* of PHRASES_FILE */
};

#define PHRASES_CHOICE_INIT { { PHRASES_ENTITIES, PHRASES_NOUN_PHRASES }, 2, NULL, NULL }

/* Take the sources from their names, joined by commas. */
int phrases_choice_parse(struct phrases_choice *choice, const char *names, struct err *err);

/* The phrases of a record. `tags` [n_words] give the names of a tweet; NULL: its gold tags. A
 * relation's names are its head and tail, whose types the text does not tell. *out belongs to the
 * arena. */
int phrases_of_record(const struct record *record, const struct phrases_choice *choice,
		      const char *const *tags, struct found_phrase **out, size_t *n,
		      struct arena *arena, struct err *err);

/* The phrases of a whole split to `out`, one line a record. Records that cannot be read are noted and
 * have no line. */
struct phrases_report {
	size_t records, phrases, skipped;
};
int phrases_make(const struct split *split, const struct phrases_choice *choice, FILE *out,
		 struct progress *progress, struct phrases_report *report, struct err *err);

/* The same to the dataset's own phrases.jsonl, by rename. */
int phrases_choice_file(const struct dataset *dataset, const struct split *split,
			const struct phrases_choice *choice, struct progress *progress,
			struct phrases_report *report, struct err *err);

/* And with the sources that are the default. `predictions` as in the choice. */
int phrases_split_file(const struct dataset *dataset, const struct split *split,
		       const char *predictions, struct progress *progress,
		       struct phrases_report *report, struct err *err);

/* Read one line: its id, and its phrases as a grounder wants them; strings are of the arena. */
int phrases_read(const json_t *object, const char **id, struct phrase **out, size_t *n,
		 struct arena *arena, struct err *err);

/* The id of a record's line: the tweet's, or the number of the line. */
const char *phrases_id(const struct record *record);

#endif
